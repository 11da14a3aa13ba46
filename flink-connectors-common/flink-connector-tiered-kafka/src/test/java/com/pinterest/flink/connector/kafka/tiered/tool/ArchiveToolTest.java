// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSource;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import com.pinterest.flink.connector.kafka.tiered.archive.Segments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on real archives, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ArchiveToolTest {

    @TempDir Path archive;
    @TempDir Path savepoints;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) {
        broker = kafka;
        topic = "tool-" + test.getTestMethod().orElseThrow().getName();
        partition = new TopicPartition(topic, 0);
    }

    @Test
    void listsWhatBothTiersHave() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 100);
        broker.archive(archive, partition, id, 50, 120);
        broker.archive(archive, partition, id, 150, 250);
        broker.deleteBefore(partition, 200);

        Result text = run("ls", "--archive", uri(), "--bootstrap-servers", broker.address());
        Result json =
                run("ls", "--archive=" + uri(), "--bootstrap-servers", broker.address(), "--json");

        assertThat(text.exitCode).isZero();
        assertThat(text.out)
                .contains(topic + "  topic id " + id, "[200, 300)", "[0, 120) [150, 250)");
        JsonNode listed = json.document().at("/partitions/0");
        assertThat(listed.at("/topicId").asText()).isEqualTo(id.toString());
        assertThat(listed.at("/segments").asInt()).isEqualTo(3);
        assertThat(listed.at("/gaps").toString()).isEqualTo("[{\"start\":120,\"end\":150}]");
        assertThat(listed.at("/overlaps").toString()).isEqualTo("[{\"start\":50,\"end\":100}]");
        assertThat(listed.at("/kafka/start").asInt()).isEqualTo(200);
        assertThat(listed.at("/maxTimestamp").asLong()).isEqualTo(timestamp(249));
    }

    @Test
    void checkFindsGapsAndDamage() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 100);
        broker.archive(archive, partition, id, 120, 200);
        broker.archive(archive, partition, id, 200, 240);
        broker.deleteBefore(partition, 260);
        String[] check = {"check", "--archive", uri(), "--bootstrap-servers", broker.address()};

        Result shallow = run(check);
        flipBit(120);
        Result deep = run("check", "--archive", uri(), "--deep", "--json");

        assertThat(shallow.exitCode).isEqualTo(1);
        assertThat(shallow.out)
                .contains(
                        "gap " + partition + " of topic id " + id + " [100, 120): no segment",
                        "hand-over " + partition + " of topic id " + id + " [240, 260)",
                        "3 segments",
                        "2 problems");
        assertThat(deep.exitCode).isEqualTo(1);
        assertThat(deep.document().at("/ok").asBoolean()).isFalse();
        assertThat(deep.document().at("/problems").findValuesAsText("kind"))
                .containsExactly("gap", "corrupt");
        assertThat(deep.document().at("/problems/1/start").asInt()).isEqualTo(120);
    }

    @Test
    void checkOfASoundArchiveSaysSo() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 250);

        Result result =
                run("check", "--archive", uri(), "--bootstrap-servers", broker.address(), "--deep");

        assertThat(result.exitCode).as(result.out).isZero();
        assertThat(result.out).contains("1 segments", "read: ok");
    }

    @Test
    void repairTakesFromKafkaWhatIsMissingOrDamaged() throws Exception {
        // given a gap, damage that Kafka can replace, damage that another segment covers
        Uuid id = topicOf(300);
        List<String> expected = values(broker.read(partition, 0, 300));
        broker.archive(archive, partition, id, 0, 60);
        broker.archive(archive, partition, id, 50, 55);
        broker.archive(archive, partition, id, 60, 100);
        broker.archive(archive, partition, id, 120, 200);
        broker.archive(archive, partition, id, 200, 300);
        flipBit(50);
        flipBit(120);
        broker.deleteBefore(partition, 55);
        String[] repair = {"repair", "--archive", uri(), "--bootstrap-servers", broker.address()};

        Result plan = run(append(repair, "--dry-run"));
        List<String> before = files();
        Result done = run(repair);
        Result again = run(repair);

        assertThat(plan.exitCode).isZero();
        assertThat(plan.out).contains("4 steps to do, 0 problems");
        assertThat(before).hasSize(5).noneMatch(name -> name.endsWith(".corrupt"));
        assertThat(done.out).contains("4 steps done, 0 problems");
        assertThat(again.out).contains("0 steps done, 0 problems");
        assertThat(files()).filteredOn(name -> name.endsWith(".corrupt")).hasSize(2);
        assertThat(run("check", "--archive", uri(), "--deep").exitCode).isZero();
        assertThat(archived(id)).isEqualTo(expected);
    }

    @Test
    void whatARepairHasWrittenCanBeRepaired() throws Exception {
        Uuid id = topicOf(100);
        List<String> expected = values(broker.read(partition, 0, 100));
        broker.archive(archive, partition, id, 0, 100);
        String[] repair = {"repair", "--archive", uri(), "--bootstrap-servers", broker.address()};

        for (int damaged = 1; damaged <= 3; damaged++) {
            flipBit(0);

            Result result = run(repair);

            assertThat(result.out).as(damaged + ". time").contains("2 steps done, 0 problems");
            assertThat(archived(id)).isEqualTo(expected);
        }
    }

    @Test
    void repairLeavesWhatIsLost() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 100);
        broker.archive(archive, partition, id, 120, 200);
        flipBit(0);
        broker.deleteBefore(partition, 150);
        List<String> before = files();

        Result result = run("repair", "--archive", uri(), "--bootstrap-servers", broker.address());

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.out)
                .contains("[0, 100)", "Kafka does not have all of it", "[100, 120)", "2 problems");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void seeksInBothTiers() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 100);
        broker.archive(archive, partition, id, 100, 250);
        broker.deleteBefore(partition, 200);
        String[] seek = {
            "seek", "--archive", uri(), "--topic", topic, "--bootstrap-servers", broker.address()
        };

        Result archived = run(append(seek, "--json", "--timestamp", "" + (timestamp(120) - 1)));
        Result both =
                run(append(seek, "--timestamp", Instant.ofEpochMilli(timestamp(220)).toString()));
        Result inKafka = run(append(seek, "--timestamp", "" + timestamp(270)));
        Result offset = run(append(seek, "--offset", "99"));
        Result later = run(append(seek, "--timestamp", "" + timestamp(300)));

        JsonNode found = archived.document().at("/partitions/0");
        assertThat(found.at("/tier").asText()).isEqualTo("archive");
        assertThat(found.at("/offset").asInt()).isEqualTo(120);
        assertThat(found.at("/segment").asText()).contains("00000000000000000100_");
        assertThat(both.out).contains("offset 220 in Kafka and in ");
        assertThat(inKafka.out).contains("offset 270 in Kafka");
        assertThat(offset.out).contains("offset 99 in ", "00000000000000000000_");
        assertThat(later.exitCode).isEqualTo(1);
        assertThat(later.out).contains("in neither tier");
    }

    @Test
    void mergeKeepsTheRecordsAndCanBeRepeated() throws Exception {
        // given small segments with an overlap and a gap
        Uuid id = topicOf(300);
        for (int start = 0; start < 200; start += 20) {
            broker.archive(archive, partition, id, start, start + 25);
        }
        broker.archive(archive, partition, id, 240, 260);
        broker.archive(archive, partition, id, 260, 300);
        List<OffsetRange> coverage = listing(id).coverage();
        List<String> expected = archived(id);
        String[] merge = {"merge", "--archive", uri(), "--topic", topic};

        Result plan = run(append(merge, "--dry-run"));
        int planned = files().size();
        Result merged = run(merge);
        int files = files().size();
        Result young = run(merge);
        Result old = run(append(merge, "--grace", "0s"));
        Result again = run(append(merge, "--grace", "0s"));

        assertThat(plan.out).contains("2 steps to do");
        assertThat(planned).isEqualTo(12);
        assertThat(merged.out).contains("[0, 205): 10 segments", "[240, 300): 2 segments");
        assertThat(files).isEqualTo(14);
        assertThat(young.out).contains("0 steps done");
        assertThat(old.out).contains("12 steps done");
        assertThat(again.out).contains("0 steps done");
        assertThat(listing(id).coverage()).isEqualTo(coverage);
        assertThat(listing(id).segments()).hasSize(2);
        assertThat(run("check", "--archive", uri(), "--deep").out).contains("1 problems");
        assertThat(archived(id)).isEqualTo(expected);
    }

    @Test
    void mergeReadsOfALargeSegmentOnlyWhatItsSegmentsCover() throws Exception {
        // given small segments, the second of which a large one overlaps within a block
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 85);
        broker.archive(archive, partition, id, 60, 105);
        broker.archive(archive, partition, id, 80, 300);
        long large = listing(id).segments().get(2).length();
        List<String> expected = archived(id);

        Result merged = run("merge", "--archive", uri(), "--below", large + "b");

        assertThat(merged.out).contains("[0, 105): 2 segments", "1 steps done, 0 problems");
        assertThat(listing(id).segments().get(0).coverage()).isEqualTo(new OffsetRange(0, 105));
        assertThat(expected).hasSize(300);
        assertThat(archived(id)).isEqualTo(expected);
    }

    @Test
    void mergeStopsAtTheTargetSizeAndAtLargeSegments() throws Exception {
        Uuid id = topicOf(300);
        for (int start = 0; start < 300; start += 50) {
            broker.archive(archive, partition, id, start, start + 50);
        }
        long size = listing(id).segments().get(0).length();

        Result pairs =
                run("merge", "--archive", uri(), "--target-size", size + 1 + "b", "--dry-run");
        Result none = run("merge", "--archive", uri(), "--below", "10b", "--dry-run");

        assertThat(pairs.out).contains("[0, 100)", "[100, 200)", "[200, 300)", "3 steps to do");
        assertThat(none.out).contains("0 steps to do");
    }

    @Test
    void expireDeletesFromTheStartOnly() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 100);
        broker.archive(archive, partition, id, 100, 200);
        broker.archive(archive, partition, id, 200, 300);
        long age = System.currentTimeMillis() - timestamp(150);
        String[] expire = {"expire", "--archive", uri(), "--older-than", age + "ms"};

        Result plan = run(append(expire, "--dry-run", "--json"));
        int planned = files().size();
        Result done = run(expire);

        assertThat(plan.document().at("/steps").findValuesAsText("end")).containsExactly("100");
        assertThat(planned).isEqualTo(3);
        assertThat(done.exitCode).isZero();
        assertThat(listing(id).coverage()).containsExactly(new OffsetRange(100, 300));
        assertThat(run(expire).out).contains("0 steps done");
    }

    @Test
    void expireKeepsWhatIsBehindAYoungSegment() throws Exception {
        // given an old segment, a young one, and one with a late record
        Uuid id = Uuid.randomUuid();
        long now = System.currentTimeMillis();
        segment(id, 0, now - 7_200_000);
        segment(id, 1, now);
        segment(id, 2, now - 7_200_000);

        Result done = run("expire", "--archive", uri(), "--older-than", "1h");

        assertThat(done.exitCode).isZero();
        assertThat(done.out).contains("1 steps done");
        assertThat(listing(id).coverage()).containsExactly(new OffsetRange(1, 3));
    }

    /** Writes a segment of one record. */
    private void segment(Uuid id, long offset, long timestamp) throws IOException {
        Segments.write(
                archive,
                partition,
                id,
                new OffsetRange(offset, offset + 1),
                "test",
                Codec.ZSTD,
                4_000,
                List.of(Segments.record(partition, offset, timestamp, new byte[1])));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void savepointIsRefusedWhereKafkaSourceWouldSkip(boolean tiered) throws Exception {
        topic += tiered;
        partition = new TopicPartition(topic, 0);
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 300);
        String savepoint = savepoint(tiered ? tieredSource() : kafkaSource(), 300);
        String[] check = {
            "check", "--savepoint", savepoint, "--bootstrap-servers", broker.address()
        };

        Result inKafka = run(check);
        broker.produce(partition, 300, 320);
        broker.archive(archive, partition, id, 300, 320);
        broker.deleteBefore(partition, 301);
        Result deleted = run(append(check, "--archive", uri(), "--uid", "my-source"));
        Result json = run(append(check, "--json"));
        Result other = run(append(check, "--uid", "other"));

        assertThat(inKafka.exitCode).as(inKafka.toString()).isZero();
        assertThat(inKafka.out).contains("my-source " + partition + " at offset 300: in Kafka");
        assertThat(deleted.exitCode).isEqualTo(1);
        assertThat(deleted.out)
                .contains(
                        "at offset 300: below Kafka's retention, which starts at offset 301; the"
                                + " archive has it",
                        "refused");
        assertThat(json.exitCode).isEqualTo(1);
        assertThat(json.document().at("/positions/0/kafkaSource").asBoolean(true)).isFalse();
        assertThat(other.exitCode).isEqualTo(2);
        assertThat(other.err).contains("no Kafka source called other", "my-source");
    }

    @Test
    void savepointOfATopicThatWasCreatedAnewIsRefused() throws Exception {
        Uuid id = topicOf(300);
        broker.archive(archive, partition, id, 0, 300);
        String savepoint = savepoint(tieredSource(), 300);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        Uuid anew = topicOf(400);

        Result result =
                run("check", "--savepoint", savepoint, "--bootstrap-servers", broker.address());

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.out).contains("created again, its id was " + id + " and is " + anew);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lists",
                "ls",
                "ls --archive",
                "ls --archive a --archive b",
                "ls --archive /nowhere --topic t",
                "ls --archive a --deep",
                "seek --archive a --topic t",
                "seek --archive a --topic t --timestamp yesterday",
                "expire --archive a",
                "expire --archive a --older-than long",
                "merge --archive a --below big",
                "merge --archive a --codec gzip",
                "repair --archive a",
                "check --savepoint /nowhere --bootstrap-servers localhost:1",
            })
    void wrongArgumentsAreAnError(String line) {
        Result result = run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(result.exitCode).isEqualTo(2);
        assertThat(result.out).isEmpty();
        assertThat(result.err).containsIgnoringCase("flink-archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "check", "seek", "repair", "merge", "expire"})
    void helpOfAVerb(String verb) {
        Result result = run(verb, "--archive", "x", "--help");

        assertThat(result.exitCode).isZero();
        assertThat(result.out).startsWith("Usage: flink-archive " + verb);
        assertThat(result.err).isEmpty();
    }

    private Uuid topicOf(int records) throws Exception {
        Uuid id = broker.createTopic(topic, 1);
        broker.produce(partition, 0, records);
        return id;
    }

    private static long timestamp(long offset) {
        return KafkaBroker.FIRST_TIMESTAMP + 1_000 * offset;
    }

    private String uri() {
        return archive.toUri().toString();
    }

    private PartitionCatalogue listing(Uuid id) throws IOException {
        return new ArchiveCatalogue(new org.apache.flink.core.fs.Path(uri()))
                .partition(partition, id);
    }

    /** Returns what a reader gets from the archive: each offset once. */
    private List<String> archived(Uuid id) throws IOException {
        List<String> values = new ArrayList<>();
        PartitionCatalogue listing = listing(id);
        for (OffsetRange range : listing.coverage()) {
            long next = range.start();
            while (next < range.end()) {
                SegmentFile file = listing.segmentFor(next).orElseThrow();
                try (SegmentReader reader = SegmentReader.open(file)) {
                    reader.seek(next);
                    List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
                    while (block != null) {
                        values.addAll(values(block));
                        block = reader.readBlock();
                    }
                }
                next = file.coverage().end();
            }
        }
        return values;
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        List<String> values = new ArrayList<>();
        records.forEach(
                record ->
                        values.add(
                                record.offset()
                                        + "="
                                        + new String(record.value(), StandardCharsets.UTF_8)
                                        + "@"
                                        + record.timestamp()));
        return values;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(archive)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".kseg") && !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** Damages a block of the segment that starts at an offset. */
    private void flipBit(long start) throws IOException {
        try (Stream<Path> files = Files.walk(archive)) {
            Path file =
                    files.filter(each -> each.toString().endsWith(".kseg"))
                            .filter(
                                    each ->
                                            each.getFileName()
                                                    .toString()
                                                    .startsWith(String.format("%020d_", start)))
                            .findFirst()
                            .orElseThrow();
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 3] ^= 1;
            Files.write(file, bytes);
        }
    }

    private Source<String, ?, ?> tieredSource() {
        return TieredKafkaSource.<String>builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setArchive(uri())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    private Source<String, ?, ?> kafkaSource() {
        return KafkaSource.<String>builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    private static final Map<String, AtomicLong> READ = new ConcurrentHashMap<>();

    /** Runs a job until it has read records, and returns its savepoint. */
    private String savepoint(Source<String, ?, ?> source, long records) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        String name = topic;
        READ.put(name, new AtomicLong());
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .uid("my-source")
                .map(value -> READ.get(name).incrementAndGet())
                .sinkTo(new DiscardingSink<>());
        JobClient job = env.executeAsync();
        while (READ.get(name).get() < records) {
            assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
            Thread.sleep(50);
        }
        return job.stopWithSavepoint(
                        false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    private static String[] append(String[] arguments, String... more) {
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return all;
    }

    private static Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode =
                ArchiveTool.run(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        arguments);
        return new Result(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    private record Result(int exitCode, String out, String err) {

        JsonNode document() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }
}
