// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import javax.annotation.Nullable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Savepoints of SQL jobs pass between {@code kafka} and {@code tiered-kafka}. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TableSavepointTest {

    private static final String TABLES = "connectors.tables.default_catalog.default_database.";
    private static final TopicPartition INPUT = new TopicPartition("savepoint-of-sql", 0);
    private static final TopicPartition OUTPUT = new TopicPartition("savepoint-of-sql-out", 0);

    @TempDir Path archive;
    @TempDir Path savepoints;

    @Test
    void statementGoesOnWhenOneWordOfItsTablesChanges(KafkaBroker broker) throws Exception {
        // given a job on kafka that has read a part
        Uuid topicId = broker.createTopic(INPUT.topic(), 1);
        broker.createTopic(OUTPUT.topic(), 1);
        broker.produce(INPUT, 0, 100);
        String savepoint = runTo(broker, "kafka", null, 100);

        // when it goes on as tiered-kafka, and Kafka has forgotten what came in the meantime
        broker.produce(INPUT, 100, 200);
        broker.archive(archive, INPUT, topicId, 0, 200);
        broker.deleteBefore(INPUT, 180);
        savepoint = runTo(broker, "tiered-kafka", savepoint, 200);
        broker.produce(INPUT, 200, 300);
        savepoint = runTo(broker, "tiered-kafka", savepoint, 300);

        // and as kafka again
        broker.produce(INPUT, 300, 400);
        runTo(broker, "kafka", savepoint, 400);

        // then
        assertThat(output(broker)).isEqualTo(rows(400));
    }

    /**
     * Runs a job from a savepoint until its output has a number of rows, and returns its savepoint.
     */
    private String runTo(KafkaBroker broker, String connector, @Nullable String savepoint, int rows)
            throws Exception {
        TableEnvironment environment =
                TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        environment.getConfig().set("table.exec.resource.default-parallelism", "2");
        environment
                .getConfig()
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200))
                .set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (savepoint != null) {
            environment.getConfig().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        environment.getConfig().set(TABLES + "input.archive.path", archive.toUri().toString());
        String with =
                String.format(
                        "'connector' = '%s', 'properties.bootstrap.servers' = '%s', 'format' ="
                                + " 'csv', ",
                        connector, broker.address());
        environment.executeSql(
                "CREATE TABLE input (v BIGINT, o BIGINT METADATA FROM 'offset' VIRTUAL,"
                        + " ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, WATERMARK FOR ts"
                        + " AS ts) WITH ("
                        + with
                        + "'topic' = '"
                        + INPUT.topic()
                        + "', 'scan.startup.mode' = 'earliest-offset')");
        environment.executeSql(
                "CREATE TABLE output (v BIGINT, o BIGINT) WITH ("
                        + with
                        + "'topic' = '"
                        + OUTPUT.topic()
                        + "', 'sink.delivery-guarantee' = 'exactly-once',"
                        + " 'sink.transactional-id-prefix' = 'sql',"
                        + " 'sink.transaction-naming-strategy' = 'pooling')");
        JobClient job =
                environment
                        .executeSql("INSERT INTO output SELECT v, o FROM input")
                        .getJobClient()
                        .orElseThrow();
        while (output(broker).size() < rows) {
            assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
        }
        return job.stopWithSavepoint(
                        false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    /** Returns what is committed in the output. */
    private static List<String> output(KafkaBroker broker) throws Exception {
        long end =
                broker.admin()
                        .listOffsets(
                                Map.of(OUTPUT, OffsetSpec.latest()),
                                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .partitionResult(OUTPUT)
                        .get()
                        .offset();
        List<String> rows = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.address(),
                                "isolation.level",
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(Set.of(OUTPUT));
            consumer.seek(OUTPUT, 0);
            while (consumer.position(OUTPUT) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(
                                record ->
                                        rows.add(
                                                new String(
                                                        record.value(), StandardCharsets.UTF_8)));
            }
        }
        return rows;
    }

    private static List<String> rows(long end) {
        return LongStream.range(0, end).mapToObj(value -> value + "," + value).toList();
    }
}
