// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How a reader changes between the tiers, fetch by fetch, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TieredSplitReaderTest {

    /** As old state has it; the constant is deprecated. */
    private static final long LATEST = -1;

    @TempDir Path archive;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;
    private Uuid topicId;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) throws Exception {
        broker = kafka;
        topic = "reader-" + test.getTestMethod().orElseThrow().getName();
        partition = new TopicPartition(topic, 0);
        topicId = broker.createTopic(topic, 2);
    }

    @Test
    void goesBackIntoTheArchiveWhenKafkaHasDeletedWhatItReadsNext() throws Exception {
        broker.produce(partition, 0, 2_000);
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            // given a reader that has begun in Kafka, with little fetched in advance
            add(reader, new KafkaPartitionSplit(partition, 0, 2_000));
            List<Long> offsets = new ArrayList<>();
            while (offsets.size() < 100) {
                fetch(reader, offsets);
            }

            // when
            broker.archive(archive, partition, topicId, 0, 1_500);
            broker.deleteBefore(partition, 1_200);
            while (offsets.size() < 2_000) {
                fetch(reader, offsets);
            }

            // then
            assertThat(offsets).isEqualTo(offsets(0, 2_000));
        }
    }

    @Test
    void positionBehindTheEndOfKafkaIsReported() throws Exception {
        broker.produce(partition, 0, 10);
        try (TieredSplitReader reader = reader(GapPolicy.SKIP)) {
            add(reader, new KafkaPartitionSplit(partition, 100));

            assertThatThrownBy(
                            () -> {
                                // A fetch waits for up to 10 s.
                                for (int i = 0; i < 10; i++) {
                                    reader.fetch();
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Offset 100 of " + partition);
        }
    }

    @Test
    void gapBetweenTheTiersIsReported() throws Exception {
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.deleteBefore(partition, 200);
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(reader, new KafkaPartitionSplit(partition, 0));

            List<Long> offsets = new ArrayList<>();
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 20; i++) {
                                    fetch(reader, offsets);
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nor Kafka has offsets 100 to 199 of " + partition);
            assertThat(offsets).isEqualTo(offsets(0, 100));
        }
    }

    @Test
    void splitsEndBeforeTheirStoppingOffsetInEitherTier() throws Exception {
        broker.produce(partition, 0, 100);
        broker.archive(archive, partition, topicId, 0, 50);

        assertThat(read(0, 30)).isEqualTo(offsets(0, 30));
        assertThat(read(60, 80)).isEqualTo(offsets(60, 80));
    }

    /** Reads a split of the partition to its end. */
    private List<Long> read(long start, long end) throws Exception {
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(reader, new KafkaPartitionSplit(partition, start, end));
            List<Long> offsets = new ArrayList<>();
            fetchToTheEnd(reader, offsets);
            return offsets;
        }
    }

    @Test
    void pausedPartitionsRestInEitherTierAndUnassignedOnesDoNotMatter() throws Exception {
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 100);
        broker.produce(other, 0, 100);
        broker.archive(archive, partition, topicId, 0, 50);
        KafkaPartitionSplit archived = new KafkaPartitionSplit(partition, 0, 100);
        KafkaPartitionSplit live = new KafkaPartitionSplit(other, 0, 100);
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(reader, archived);
            add(reader, live);
            reader.pauseOrResumeSplits(
                    List.of(
                            archived,
                            new KafkaPartitionSplit(new TopicPartition("unassigned", 0), 0)),
                    List.of());

            // when
            List<Long> offsets = new ArrayList<>();
            while (offsets.size() < 100) {
                assertThat(fetch(reader, offsets)).doesNotContain(partition.toString());
            }
            reader.pauseOrResumeSplits(List.of(), List.of(archived, live));
            List<Long> resumed = new ArrayList<>();
            while (resumed.size() < 100) {
                fetch(reader, resumed);
            }

            // then
            assertThat(offsets).isEqualTo(offsets(0, 100));
            assertThat(resumed).isEqualTo(offsets(0, 100));
        }
    }

    @Test
    void markersInStateOfKafkaSourceAreResolvedOverBothTiers() throws Exception {
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 100);
        broker.produce(other, 0, 100);
        broker.archive(archive, partition, topicId, 0, 80);
        broker.archive(archive, other, topicId, 0, 80);
        broker.deleteBefore(partition, 50);
        broker.deleteBefore(other, 50);
        broker.admin()
                .alterConsumerGroupOffsets(topic, Map.of(other, new OffsetAndMetadata(30)))
                .all()
                .get();
        List<Long> fromEarliest = new ArrayList<>();
        List<Long> fromCommitted = new ArrayList<>();

        // when
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(
                    reader,
                    new KafkaPartitionSplit(
                            partition, KafkaPartitionSplit.EARLIEST_OFFSET, LATEST));
            fetchToTheEnd(reader, fromEarliest);
            add(reader, new KafkaPartitionSplit(other, KafkaPartitionSplit.COMMITTED_OFFSET, 100));
            fetchToTheEnd(reader, fromCommitted);
        }

        // then
        assertThat(fromEarliest).isEqualTo(offsets(0, 100));
        assertThat(fromCommitted).isEqualTo(offsets(30, 100));
    }

    @Test
    void wakeUpEndsAFetchThatHasNothingToRead() throws Exception {
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            CompletableFuture<Void> fetches =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    reader.fetch();
                                    add(reader, new KafkaPartitionSplit(partition, 0));
                                    for (int i = 0; i < 10; i++) {
                                        reader.fetch();
                                    }
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            long start = System.nanoTime();
            while (!fetches.isDone()) {
                reader.wakeUp();
                Thread.sleep(10);
            }

            fetches.get();
            // One of these eleven fetches alone would take 10 seconds.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(90));
        }
    }

    @Test
    void archivedTransactionsHaveHolesThatAreNoGaps() throws Exception {
        // given a committed and an aborted transaction, each with a marker
        try (KafkaProducer<byte[], byte[]> producer =
                broker.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            for (boolean commit : new boolean[] {true, false, true}) {
                producer.beginTransaction();
                for (int i = 0; i < 10; i++) {
                    producer.send(KafkaBroker.record(partition, i)).get();
                }
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        broker.archive(archive, partition, topicId, 0, 11);
        broker.archive(archive, partition, topicId, 11, 33);
        broker.deleteBefore(partition, 33);

        // when
        List<Long> offsets = new ArrayList<>();
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(reader, new KafkaPartitionSplit(partition, 0, 33));
            boolean finished = false;
            while (!finished) {
                finished = fetchFinished(reader, offsets);
            }
        }

        // then
        List<Long> expected = offsets(0, 10);
        expected.addAll(offsets(22, 32));
        assertThat(offsets).isEqualTo(expected);
    }

    @Test
    void segmentsMayBeReplacedWhileTheyAreRead() throws Exception {
        // given a reader in the first of several segments
        broker.produce(partition, 0, 400);
        List<Path> parts = new ArrayList<>();
        for (int start = 0; start < 300; start += 100) {
            broker.archive(archive, partition, topicId, start, start + 100);
        }
        try (Stream<Path> files = Files.walk(archive)) {
            files.filter(file -> file.toString().endsWith(".kseg")).forEach(parts::add);
        }
        broker.deleteBefore(partition, 300);
        try (TieredSplitReader reader = reader(GapPolicy.FAIL)) {
            add(reader, new KafkaPartitionSplit(partition, 0, 400));
            List<Long> offsets = new ArrayList<>();
            while (offsets.isEmpty()) {
                fetch(reader, offsets);
            }
            assertThat(offsets).hasSizeLessThan(200);

            // when
            ArchiveMaintenance maintenance =
                    new ArchiveMaintenance(
                            new org.apache.flink.core.fs.Path(archive.toUri()),
                            Codec.LZ4,
                            1 << 20,
                            archive);
            maintenance.copyFromArchive(
                    partition,
                    topicId,
                    new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive.toUri()))
                            .partition(partition, topicId),
                    new OffsetRange(0, 300),
                    "merge");
            for (Path part : parts) {
                Files.delete(part);
            }
            while (offsets.size() < 400) {
                fetch(reader, offsets);
            }

            // then
            assertThat(offsets).isEqualTo(offsets(0, 400));
        }
    }

    @Test
    void positionInATopicThatWasDeletedIsRefused() throws Exception {
        // given a new topic of the same name, which is archived already
        KafkaPartitionSplit position =
                TieredSplit.of(new KafkaPartitionSplit(partition, 5), topicId);
        broker.produce(partition, 0, 10);
        broker.archive(archive, partition, topicId, 0, 10);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        Uuid anew = broker.createTopic(topic, 2);
        broker.produce(partition, 0, 10);
        broker.archive(archive, partition, anew, 0, 10);

        try (TieredSplitReader reader = reader(GapPolicy.SKIP)) {
            add(reader, position);

            assertThatThrownBy(reader::fetch)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("deleted and created again")
                    .hasMessageContaining(topicId.toString())
                    .hasMessageContaining(anew.toString());
        }
    }

    @Test
    void readerKnowsWhetherItIsInTheArchive() throws Exception {
        broker.produce(partition, 0, 2_000);
        broker.archive(archive, partition, topicId, 0, 1_500);
        ReadingProgress progress = new ReadingProgress();
        try (TieredSplitReader reader = reader(GapPolicy.FAIL, progress)) {
            add(reader, new KafkaPartitionSplit(partition, 0, 2_000));
            List<Long> offsets = new ArrayList<>();
            List<Boolean> inArchive = new ArrayList<>();
            while (offsets.size() < 2_000) {
                fetch(reader, offsets);
                inArchive.add(progress.isInArchive());
            }

            assertThat(inArchive).startsWith(true).endsWith(false);
        }
        assertThat(progress.withTopicId(new KafkaPartitionSplit(partition, 7)))
                .isEqualTo(TieredSplit.of(new KafkaPartitionSplit(partition, 7), topicId));
    }

    @Test
    void partitionsOfAReplayAreReadInTheOrderOfTime() throws Exception {
        // given records of the same times, of which Kafka gives 50 of one partition at once
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 2_000);
        broker.produce(other, 0, 2_500);
        broker.archive(archive, partition, topicId, 0, 1_500);
        int span = 20;

        // when
        List<List<Long>> offsets = List.of(new ArrayList<>(), new ArrayList<>());
        Set<String> finished = new HashSet<>();
        try (TieredSplitReader reader =
                reader(
                        GapPolicy.FAIL,
                        new ReadingProgress(),
                        new ReplayOrder(span * 1_000L, Duration.ofMinutes(1)))) {
            add(reader, new KafkaPartitionSplit(partition, 0, 2_000));
            add(reader, new KafkaPartitionSplit(other, 0, 2_500));
            while (finished.size() < 2) {
                assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
                RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> records = reader.fetch();
                while (records.nextSplit() != null) {
                    ConsumerRecord<byte[], byte[]> record = records.nextRecordFromSplit();
                    for (; record != null; record = records.nextRecordFromSplit()) {
                        offsets.get(record.partition()).add(record.offset());
                        int ahead = offsets.get(1).size() - offsets.get(0).size();
                        assertThat(ahead)
                                .isBetween(-1 - span, record.offset() < 2_000 ? 1 + span : 500);
                    }
                }
                finished.addAll(records.finishedSplits());
            }
        }

        // then
        assertThat(offsets).containsExactly(offsets(0, 2_000), offsets(0, 2_500));
    }

    private TieredSplitReader reader(GapPolicy policy) {
        return reader(policy, new ReadingProgress());
    }

    private TieredSplitReader reader(GapPolicy policy, ReadingProgress progress) {
        return reader(policy, progress, null);
    }

    private TieredSplitReader reader(
            GapPolicy policy, ReadingProgress progress, ReplayOrder order) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.address());
        properties.setProperty("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("client.id.prefix", topic);
        properties.setProperty("group.id", topic);
        properties.setProperty("max.poll.records", "50");
        properties.setProperty("max.partition.fetch.bytes", "1000");
        ReaderContext context = new ReaderContext();
        return new TieredSplitReader(
                properties,
                new ArchiveSettings(
                        SourceTier.AUTO,
                        new org.apache.flink.core.fs.Path(archive.toUri()),
                        policy,
                        Duration.ofMinutes(1)),
                context,
                new KafkaSourceReaderMetrics(context.metricGroup()),
                progress,
                null,
                order);
    }

    private static void add(TieredSplitReader reader, KafkaPartitionSplit split) {
        reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
    }

    /** Fetches once and returns the splits that had records. */
    private static Set<String> fetch(TieredSplitReader reader, List<Long> offsets)
            throws IOException {
        // A reader does not end at an interrupt, by which a test does that takes too long.
        assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
        return drain(reader.fetch(), offsets);
    }

    /** Fetches until a split has ended. */
    private static void fetchToTheEnd(TieredSplitReader reader, List<Long> offsets)
            throws IOException {
        boolean finished = false;
        while (!finished) {
            finished = fetchFinished(reader, offsets);
        }
    }

    private static boolean fetchFinished(TieredSplitReader reader, List<Long> offsets)
            throws IOException {
        assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
        RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> records = reader.fetch();
        drain(records, offsets);
        return !records.finishedSplits().isEmpty();
    }

    private static Set<String> drain(
            RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> records, List<Long> offsets) {
        Set<String> splits = new HashSet<>();
        String split = records.nextSplit();
        while (split != null) {
            ConsumerRecord<byte[], byte[]> record = records.nextRecordFromSplit();
            while (record != null) {
                splits.add(split);
                offsets.add(record.offset());
                record = records.nextRecordFromSplit();
            }
            split = records.nextSplit();
        }
        return splits;
    }

    private static List<Long> offsets(long start, long end) {
        return LongStream.range(start, end)
                .boxed()
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
