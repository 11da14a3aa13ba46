// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import com.pinterest.flink.connector.kafka.tiered.config.UnknownOptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

/** Tables of the two connectors, beside those of Kafka's, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TieredKafkaTableTest {

    private static final String METADATA =
            """
            t STRING METADATA FROM 'topic' VIRTUAL,
            p INT METADATA FROM 'partition' VIRTUAL,
            h MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
            o BIGINT METADATA FROM 'offset' VIRTUAL,
            ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
            tt STRING METADATA FROM 'timestamp-type' VIRTUAL
            """;

    private static final String EARLIEST_CSV =
            "'scan.startup.mode' = 'earliest-offset', 'format' = 'csv'";

    private static final String TABLE = "connectors.tables.default_catalog.default_database.";

    @TempDir Path archive;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;

    private final TableEnvironment environment =
            TableEnvironment.create(EnvironmentSettings.inStreamingMode());

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) {
        broker = kafka;
        topic = test.getTestMethod().orElseThrow().getName() + test.getDisplayName().hashCode();
        partition = new TopicPartition(topic, 0);
        environment.getConfig().set("table.exec.resource.default-parallelism", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'scan.startup.mode' = 'earliest-offset', 'value.format' = 'csv'",
                "'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1700000010000', 'format' = 'csv'",
                "'scan.startup.mode' = 'specific-offsets', 'scan.startup.specific-offsets' = 'partition:0,offset:7;partition:1,offset:3', 'format' = 'csv'",
                "'properties.auto.offset.reset' = 'earliest', 'properties.group.id' = 'g', 'format' = 'csv'",
                "'scan.startup.mode' = 'earliest-offset', 'key.format' = 'raw', 'key.fields' = 'k', 'value.fields-include' = 'EXCEPT_KEY', 'value.format' = 'csv'",
                "'scan.startup.mode' = 'earliest-offset', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true', 'scan.parallelism' = '3'",
            })
    void sameOptionsReadTheSameAsKafka(String options) throws Exception {
        // given
        broker.createTopic(topic, 2);
        create("v BIGINT, k STRING", "kafka_table", "kafka", options);
        create("v BIGINT, k STRING", "tiered", "tiered-kafka", options);
        environment
                .executeSql("INSERT INTO tiered (v, k) VALUES " + String.join(", ", rowsOfTen()))
                .await();

        // when
        List<String> fromKafka = rows("kafka_table");

        // then
        assertThat(fromKafka).isNotEmpty();
        assertThat(rows("tiered")).isEqualTo(fromKafka);
    }

    /** Kafka's source leaves columns out after the format, metadata columns before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT k FROM %s",
                "SELECT r.b, o FROM %s WHERE r.a > 3",
                "SELECT tt, v, t FROM %s",
                "SELECT COUNT(*) FROM %s",
                "SELECT p, MAX(ts) FROM %s GROUP BY p",
                "SELECT twice FROM %s",
            })
    void sameProjectionAsKafka(String statement) throws Exception {
        // given
        broker.createTopic(topic, 1);
        String columns = "v BIGINT, k STRING, r ROW<a BIGINT, b STRING>, twice AS v + v";
        create(columns, "kafka_table", "kafka", EARLIEST_CSV);
        create(columns, "tiered", "tiered-kafka", EARLIEST_CSV);
        environment
                .executeSql(
                        "INSERT INTO tiered (v, k, r) VALUES (1, 'a', (2, 'b')), (3, 'c', (4, 'd'))")
                .await();
        String ofKafka = String.format(statement, "kafka_table");
        String ofTiered = String.format(statement, "tiered");

        // when, then
        assertThat(environment.explainSql(ofTiered).replace("tiered", "kafka_table"))
                .contains("TableSourceScan")
                .isEqualTo(environment.explainSql(ofKafka));
        assertThat(query(ofTiered)).isNotEmpty().isEqualTo(query(ofKafka));
    }

    @Test
    void idlenessIsConfiguration() throws Exception {
        // given a partition without records, which holds the watermark back
        broker.createTopic(topic, 2);
        broker.produce(partition, 0, 100);
        environment.executeSql(
                String.format(
                        "CREATE TABLE t (v BIGINT, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'"
                                + " VIRTUAL, WATERMARK FOR ts AS ts) WITH ('connector' ="
                                + " 'tiered-kafka', 'topic' = '%s', 'properties.bootstrap.servers'"
                                + " = '%s', %s)",
                        topic, broker.address(), EARLIEST_CSV));

        // when
        configure("t", "scan.watermark.idle-timeout", "50ms");

        // then a window ends, though the input does not
        TableResult windows =
                environment.executeSql(
                        "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts),"
                                + " INTERVAL '10' SECOND)) GROUP BY window_start, window_end");
        assertThat(windows.collect().next()).isEqualTo(Row.of(10L));
        windows.getJobClient().orElseThrow().cancel().get();
    }

    @Test
    void watermarkOptionsWithoutAnEffectAreRefused() {
        create("v BIGINT", "t", "tiered-kafka", EARLIEST_CSV);
        configure("t", "scan.watermark.alignment.group", "g");
        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM t"))
                .hasStackTraceContaining("scan.watermark.alignment.max-drift");

        configure("t", "scan.watermark.alignment.max-drift", "1min");
        assertThat(environment.explainSql("SELECT * FROM t")).contains("TableSourceScan");

        configure("t", "scan.watermark.emit.strategy", "on-event");
        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM t"))
                .hasRootCauseMessage(
                        "'scan.watermark.emit.strategy' (configuration) has no effect in the"
                                + " configuration: Flink's planner reads it from the options of"
                                + " the statement.");
    }

    @Test
    void archiveIsReadByConfigurationAlone() throws Exception {
        // given a topic whose start is only in the archive
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 250);
        broker.deleteBefore(partition, 200);
        create("v BIGINT", "t", "tiered-kafka", EARLIEST_CSV);
        assertThat(offsets("t")).first().isEqualTo(200L);

        // when
        environment.getConfig().set(TABLE + "t.archive.path", archive.toUri().toString());

        // then
        assertThat(offsets("t")).hasSize(300).isSorted().doesNotHaveDuplicates();

        // when
        environment.getConfig().set(TABLE + "t.scan.tier", "archive");

        // then
        assertThat(offsets("t")).hasSize(250).isSorted().doesNotHaveDuplicates();

        // when
        environment.getConfig().set(TABLE + "t.scan.startup.mode", "timestamp");
        environment
                .getConfig()
                .set(
                        TABLE + "t.scan.startup.timestamp-millis",
                        Long.toString(KafkaBroker.FIRST_TIMESTAMP + 100_000));

        // then
        assertThat(offsets("t")).hasSize(150).first().isEqualTo(100L);
    }

    @Test
    void configurationReplacesTheFileAndTheFileReplacesTheStatement(@TempDir Path directory)
            throws Exception {
        // given
        broker.createTopic(topic, 1);
        broker.produce(partition, 0, 10);
        Path file =
                Files.writeString(
                        directory.resolve("connectors.yaml"),
                        """
                        connectors:
                          tables:
                            default_catalog.default_database.t:
                              topic: %s
                              scan.bounded.mode: specific-offsets
                              scan.bounded.specific-offsets: "partition:0,offset:5"
                        """
                                .formatted(topic));
        String wanted = topic;
        topic = "no-such-topic";
        create("v BIGINT", "t", "tiered-kafka", EARLIEST_CSV);

        // when
        environment.getConfig().set("connectors.config", file.toUri().toString());

        // then
        assertThat(offsets("t")).containsExactly(0L, 1L, 2L, 3L, 4L);

        // when
        environment
                .getConfig()
                .set(TABLE + "t.scan.bounded.specific-offsets", "partition:0,offset:2");

        // then
        assertThat(offsets("t")).containsExactly(0L, 1L);
        assertThat(wanted).isNotEqualTo(topic);
    }

    @Test
    void upsertTableReadsTheArchive() throws Exception {
        // given
        Uuid topicId = broker.createTopic(topic, 1);
        String with =
                "'key.format' = 'raw', 'value.format' = 'csv', 'properties.bootstrap.servers' = '"
                        + broker.address()
                        + "', 'topic' = '"
                        + topic
                        + "', 'scan.bounded.mode' = 'latest-offset'";
        environment.executeSql(
                "CREATE TABLE up (k STRING PRIMARY KEY NOT ENFORCED, v BIGINT) WITH"
                        + " ('connector' = 'upsert-tiered-kafka', "
                        + with
                        + ")");
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
            for (String each : List.of("a,1", "b,2", "a,3", "c,4")) {
                byte[] value = each.getBytes(StandardCharsets.UTF_8);
                byte[] key = each.substring(0, 1).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, key, value)).get();
            }
        }
        broker.archive(archive, partition, topicId, 0, 3);
        broker.deleteBefore(partition, 2);
        environment.getConfig().set(TABLE + "up.archive.path", archive.toUri().toString());

        // when
        List<Row> sums = query("SELECT SUM(v), COUNT(*) FROM up");

        // then
        assertThat(sums).last().hasToString("+U[9, 3]");
    }

    @Test
    void tiersOfSinkAndSourceAreConfigurationAlone() throws Exception {
        // given
        broker.createTopic(topic, 2);
        createPlain("t", "tiered-kafka", topic, "'format' = 'csv'");
        createPlain("a", "tiered-kafka", topic + "-archived", "'value.format' = 'csv'");
        String insert = "INSERT INTO %s (v, k) VALUES " + String.join(", ", rowsOfTen());
        String files = archive.resolve("files").toUri().toString();
        environment.executeSql(String.format(insert, "t")).await();
        List<String> fromKafka = rows("t");

        // when, then
        configure("t", "files.path", files);
        configure("t", "sink.tier", "files");
        environment.executeSql(String.format(insert, "t")).await();
        configure("t", "scan.tier", "files");
        assertThat(rows("t")).hasSize(10).isEqualTo(fromKafka);

        configure("a", "sink.tier", "archive");
        configure("a", "archive.path", archive.resolve("log").toUri().toString());
        configure("a", "archive.partitions", "2");
        environment.executeSql(String.format(insert, "a")).await();
        configure("a", "scan.tier", "archive");
        assertThat(rows("a")).isEqualTo(fromKafka);

        configure("a", "sink.tier", "discard");
        environment.executeSql(String.format(insert, "a")).await();
        assertThat(rows("a")).isEqualTo(fromKafka);
    }

    @Test
    void rowsThatCannotBeWrittenArePutAside() throws Exception {
        // given a row with a timestamp that Kafka does not take
        broker.createTopic(topic, 1);
        environment.executeSql(
                String.format(
                        "CREATE TABLE t (v BIGINT, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp')"
                                + " WITH ('connector' = 'tiered-kafka', 'topic' = '%s',"
                                + " 'properties.bootstrap.servers' = '%s', 'scan.bounded.mode' ="
                                + " 'latest-offset', %s)",
                        topic, broker.address(), EARLIEST_CSV));
        String insert =
                "INSERT INTO t VALUES (1, TO_TIMESTAMP_LTZ(5, 3)), (2, TO_TIMESTAMP_LTZ(-5, 3))";
        assertThatThrownBy(() -> environment.executeSql(insert).await())
                .hasStackTraceContaining("Invalid timestamp: -5");

        // when
        configure("t", "sink.ser-failure.handler", "dead-letter");
        configure("t", "sink.ser-failure.path", archive.resolve("bad").toUri().toString());
        environment.executeSql(insert).await();

        // then
        assertThat(query("SELECT v FROM t WHERE v = 2")).isEmpty();
        try (Stream<Path> files = Files.list(archive.resolve("bad"))) {
            Path letter =
                    files.filter(file -> file.toString().endsWith(".jsonl"))
                            .findFirst()
                            .orElseThrow();
            assertThat(letter)
                    .content()
                    .contains("Invalid timestamp: -5")
                    .contains(
                            Base64.getEncoder()
                                    .encodeToString(
                                            "+I[2, 1969-12-31T23:59:59.995Z]"
                                                    .getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void badRecordsOfASinkNeedAPlace() {
        createPlain(
                "t",
                "tiered-kafka",
                topic,
                "'format' = 'csv', 'sink.ser-failure.handler' = 'dead-letter'");

        assertThatThrownBy(() -> environment.explainSql("INSERT INTO t VALUES (1, 'a')"))
                .hasRootCauseMessage(
                        "'sink.ser-failure.handler' = 'dead-letter' takes one of"
                                + " 'sink.ser-failure.topic' and 'sink.ser-failure.path', and no"
                                + " other value takes any.");
    }

    @Test
    void whatFilesCannotHoldIsRefused() {
        String path = "'files.path' = '" + archive.toUri() + "'";
        create("v BIGINT", "m", "tiered-kafka", "'format' = 'csv', 'scan.tier' = 'files', " + path);
        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM m"))
                .hasStackTraceContaining("metadata");

        createPlain(
                "k",
                "tiered-kafka",
                topic,
                "'key.format' = 'csv', 'key.fields' = 'k', 'value.fields-include' = 'EXCEPT_KEY',"
                        + " 'value.format' = 'csv', 'sink.tier' = 'files', "
                        + path);
        assertThatThrownBy(() -> environment.explainSql("INSERT INTO k VALUES (1, 'a')"))
                .hasRootCauseMessage(
                        "Files have values without keys, so 'value.fields-include' has to be"
                                + " 'ALL'.");

        createPlain(
                "o",
                "tiered-kafka",
                topic,
                "'format' = 'csv', 'scan.tier' = 'files', 'scan.typo' = 'x', " + path);
        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM o"))
                .hasStackTraceContaining("Unsupported options");
    }

    private void createPlain(String table, String connector, String ofTopic, String options) {
        environment.executeSql(
                String.format(
                        "CREATE TABLE %s (v BIGINT, k STRING) WITH ('connector' = '%s', 'topic' ="
                                + " '%s', 'properties.bootstrap.servers' = '%s',"
                                + " 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' ="
                                + " 'latest-offset', %s)",
                        table, connector, ofTopic, broker.address(), options));
    }

    private void configure(String table, String option, String value) {
        environment.getConfig().set(TABLE + table + "." + option, value);
    }

    @Test
    void optionThatThereIsNotNamesTheNearest() throws Exception {
        create("v BIGINT", "t", "tiered-kafka", "'format' = 'csv'");
        environment.getConfig().set(TABLE + "t.scan.startup.mod", "timestamp");

        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM t"))
                .hasRootCauseInstanceOf(UnknownOptionException.class)
                .hasRootCauseMessage(
                        "Unknown option "
                                + TABLE
                                + "t.scan.startup.mod (configuration). Did you mean "
                                + TABLE
                                + "t.scan.startup.mode?");
    }

    @Test
    void archiveWithoutAPathIsRefused() {
        create("v BIGINT", "t", "tiered-kafka", "'format' = 'csv', 'scan.tier' = 'archive'");

        assertThatThrownBy(() -> environment.explainSql("SELECT * FROM t"))
                .hasRootCauseInstanceOf(ValidationException.class)
                .hasRootCauseMessage(
                        "'scan.tier' = 'archive' reads the archive, but 'archive.path' is not set.");
    }

    private void create(String columns, String table, String connector, String options) {
        environment.executeSql(
                "CREATE TABLE "
                        + table
                        + " ("
                        + columns
                        + ", "
                        + METADATA
                        + ") WITH ('connector' = '"
                        + connector
                        + "', 'topic' = '"
                        + topic
                        + "', 'properties.bootstrap.servers' = '"
                        + broker.address()
                        + "', 'scan.bounded.mode' = 'latest-offset', "
                        + options
                        + ")");
    }

    private static List<String> rowsOfTen() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add("(" + i + ", 'k" + i + "')");
        }
        return rows;
    }

    private List<String> rows(String table) {
        return query("SELECT * FROM " + table).stream().map(Row::toString).sorted().toList();
    }

    private List<Long> offsets(String table) {
        return query("SELECT o FROM " + table).stream()
                .map(row -> row.<Long>getFieldAs(0))
                .toList();
    }

    private List<Row> query(String statement) {
        return CollectionUtil.iteratorToList(environment.executeSql(statement).collect());
    }
}
