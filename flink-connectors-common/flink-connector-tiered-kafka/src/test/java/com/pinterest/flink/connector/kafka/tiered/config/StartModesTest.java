// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.ScanStartupMode;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each start means the same in SQL and in DataStream jobs, bounded or not, in each tier that knows
 * it; the others refuse it. With a real broker.
 */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@SuppressWarnings("try") // close() may be interrupted.
class StartModesTest {

    // Kafka has [40, 100), and the archive [0, 60).
    private static final long ARCHIVE_END = 60;
    private static final long KAFKA_START = 40;
    private static final long END = 100;
    private static final List<String> TIERS = List.of("kafka", "archive", "auto");

    @TempDir Path directory;
    private KafkaBroker broker;
    private TopicPartition partition;

    @ParameterizedTest
    @EnumSource(ScanStartupMode.class)
    void startMeansTheSameEverywhere(ScanStartupMode mode, KafkaBroker kafka) throws Exception {
        // given
        broker = kafka;
        partition = new TopicPartition("start-" + mode, 0);
        Uuid topicId = broker.createTopic(partition.topic(), 1);
        broker.produce(partition, 0, END);
        broker.archive(directory.resolve("log"), partition, topicId, 0, ARCHIVE_END);
        broker.deleteBefore(partition, KAFKA_START);
        broker.admin()
                .alterConsumerGroupOffsets("start", Map.of(partition, new OffsetAndMetadata(55)))
                .all()
                .get();
        Files.createDirectories(directory.resolve("files"));
        for (long start = 0; start < END; start += 50) {
            Files.write(
                    directory.resolve("files").resolve("part-" + start), lines(start, start + 50));
        }
        List<String> tiers = new ArrayList<>(TIERS);
        if (mode == ScanStartupMode.EARLIEST_OFFSET) {
            tiers.add("files");
        } else {
            assertFilesRefuse(mode);
        }

        // when, then
        for (boolean bounded : List.of(true, false)) {
            try (CloseableIterator<String> records = table(tiers, mode, bounded)) {
                check(records, tiers, mode, bounded);
            }
            try (CloseableIterator<String> records = stream(tiers, mode, bounded)) {
                check(records, tiers, mode, bounded);
            }
        }
    }

    private void check(
            CloseableIterator<String> records,
            List<String> tiers,
            ScanStartupMode mode,
            boolean bounded)
            throws Exception {
        if (mode == ScanStartupMode.LATEST_OFFSET && !bounded) {
            checkNewRecords(records);
            return;
        }
        Map<String, List<Long>> expected = new TreeMap<>();
        tiers.forEach(tier -> expected.put(tier, expected(tier, mode)));
        int left =
                bounded ? Integer.MAX_VALUE : expected.values().stream().mapToInt(List::size).sum();
        Map<String, List<Long>> read = new TreeMap<>();
        tiers.forEach(tier -> read.put(tier, new ArrayList<>()));
        while (left > 0 && records.hasNext()) {
            String[] fields = records.next().split(" ", -1);
            read.get(fields[0]).add(Long.valueOf(fields[1]));
            left--;
        }
        read.values().forEach(numbers -> numbers.sort(null));
        assertThat(read).as("%s, bounded %s", mode, bounded).isEqualTo(expected);
    }

    /** Produces until what reads Kafka has got something, which has to be new. */
    private void checkNewRecords(CloseableIterator<String> records) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        Thread producer =
                new Thread(
                        () -> {
                            try {
                                while (!enough.get()) {
                                    broker.produce(partition, 1_000, 1_001);
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        producer.start();
        try {
            Set<String> heard = new HashSet<>();
            while (heard.size() < 2) {
                String record = records.next();
                assertThat(record).isIn("kafka 1000", "auto 1000");
                heard.add(record);
            }
        } finally {
            enough.set(true);
            producer.join();
        }
    }

    private static List<Long> expected(String tier, ScanStartupMode mode) {
        long start = start(mode);
        if (tier.equals("kafka")) {
            start = Math.max(start, KAFKA_START);
        }
        long end = tier.equals("archive") ? ARCHIVE_END : END;
        return LongStream.range(start, end).boxed().collect(Collectors.toList());
    }

    private static long start(ScanStartupMode mode) {
        return switch (mode) {
            case EARLIEST_OFFSET -> 0;
            case LATEST_OFFSET -> END;
            case TIMESTAMP -> 50;
            case SPECIFIC_OFFSETS -> 45;
            case GROUP_OFFSETS -> 55;
        };
    }

    private Map<String, String> options(String tier, ScanStartupMode mode, boolean bounded) {
        Map<String, String> options = new HashMap<>();
        options.put("topic", partition.topic());
        options.put("properties.bootstrap.servers", broker.address());
        options.put("properties.group.id", "start");
        options.put("scan.tier", tier);
        options.put("archive.path", directory.resolve("log").toUri().toString());
        options.put("files.path", directory.resolve("files").toUri().toString());
        options.put("scan.startup.mode", mode.toString());
        if (mode == ScanStartupMode.TIMESTAMP) {
            options.put(
                    "scan.startup.timestamp-millis",
                    Long.toString(KafkaBroker.FIRST_TIMESTAMP + 1_000 * start(mode)));
        }
        if (mode == ScanStartupMode.SPECIFIC_OFFSETS) {
            options.put("scan.startup.specific-offsets", "partition:0,offset:" + start(mode));
        }
        options.put("scan.bounded.mode", bounded ? "latest-offset" : "unbounded");
        return options;
    }

    private CloseableIterator<String> stream(
            List<String> tiers, ScanStartupMode mode, boolean bounded) throws Exception {
        Configuration configuration = new Configuration();
        for (String tier : tiers) {
            options(tier, mode, bounded)
                    .forEach(
                            (option, value) ->
                                    configuration.setString(
                                            "connectors.sources." + tier + "." + option, value));
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        DataStream<String> all = null;
        for (String tier : tiers) {
            DataStream<String> records =
                    Connectors.from(environment)
                            .source(tier, new SimpleStringSchema())
                            .add()
                            .map(value -> tier + " " + value)
                            .returns(Types.STRING);
            all = all == null ? records : all.union(records);
        }
        return all.executeAndCollect();
    }

    private CloseableIterator<String> table(
            List<String> tiers, ScanStartupMode mode, boolean bounded) {
        TableEnvironment environment =
                TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        environment.getConfig().set("table.exec.resource.default-parallelism", "1");
        List<String> queries = new ArrayList<>();
        for (String tier : tiers) {
            Map<String, String> options = options(tier, mode, bounded);
            options.put("connector", "tiered-kafka");
            options.put("format", "csv");
            environment.executeSql(
                    options.entrySet().stream()
                            .map(each -> "'" + each.getKey() + "' = '" + each.getValue() + "'")
                            .collect(
                                    Collectors.joining(
                                            ", ",
                                            "CREATE TABLE `" + tier + "` (v BIGINT) WITH (",
                                            ")")));
            queries.add("SELECT '" + tier + "', v FROM `" + tier + "`");
        }
        CloseableIterator<Row> rows =
                environment.executeSql(String.join(" UNION ALL ", queries)).collect();
        return new CloseableIterator<>() {

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public String next() {
                Row row = rows.next();
                return row.getField(0) + " " + row.getField(1);
            }

            @Override
            public void close() throws Exception {
                rows.close();
            }
        };
    }

    private void assertFilesRefuse(ScanStartupMode mode) {
        String message = "'scan.startup.mode' = '" + mode + "' has no meaning";
        assertThatThrownBy(() -> stream(List.of("files"), mode, true))
                .hasStackTraceContaining(message);
        assertThatThrownBy(() -> table(List.of("files"), mode, true))
                .hasStackTraceContaining(message);
    }

    private static List<String> lines(long start, long end) {
        return LongStream.range(start, end).mapToObj(Long::toString).collect(Collectors.toList());
    }
}
