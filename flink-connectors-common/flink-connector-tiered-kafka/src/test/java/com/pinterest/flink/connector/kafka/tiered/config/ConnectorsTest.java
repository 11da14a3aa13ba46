// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

/** Sources that configuration decides about, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConnectorsTest {

    @TempDir Path directory;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;
    private DeserializationSchema<String> deserializer = new SimpleStringSchema();
    private final Configuration configuration = new Configuration();

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) {
        broker = kafka;
        topic = test.getTestMethod().orElseThrow().getName();
        partition = new TopicPartition(topic, 0);
        set("topic", topic);
        set("properties.bootstrap.servers", broker.address());
        set("scan.startup.mode", "earliest-offset");
        set("scan.bounded.mode", "latest-offset");
    }

    @Test
    void tierAndStartAreConfiguration() throws Exception {
        // given
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 100);
        broker.archive(directory, partition, topicId, 0, 70);
        broker.deleteBefore(partition, 50);
        assertThat(read()).isEqualTo(numbers(50, 100));

        set("archive.path", directory.toUri().toString());
        assertThat(read()).isEqualTo(numbers(0, 100));

        set("scan.tier", "archive");
        assertThat(read()).isEqualTo(numbers(0, 70));

        set("scan.startup.mode", "specific-offsets");
        set("scan.startup.specific-offsets", "partition:0,offset:42");
        assertThat(read()).isEqualTo(numbers(42, 70));

        set("scan.tier", "kafka");
        set("scan.startup.mode", "timestamp");
        set("scan.startup.timestamp-millis", Long.toString(KafkaBroker.FIRST_TIMESTAMP + 90_000));
        assertThat(read()).isEqualTo(numbers(90, 100));
    }

    @Test
    void whatASinkWritesToEachTierIsReadFromIt() throws Exception {
        // given
        broker.createTopic(topic, 2);
        String archive = directory.resolve("archive").toUri().toString();
        String files = directory.resolve("files").toUri().toString();
        setSink("properties.bootstrap.servers", broker.address());
        setSink("archive.path", archive);
        setSink("archive.partitions", "2");
        setSink("files.path", files);

        // when
        setSink("topic", topic);
        write();
        setSink("sink.tier", "discard");
        write();
        setSink("sink.tier", "files");
        write();
        setSink("sink.tier", "archive");
        setSink("topic", topic + "-archived");
        write();

        // then
        assertThat(read()).containsExactlyInAnyOrderElementsOf(numbers(0, 100));
        set("scan.tier", "files");
        set("files.path", files);
        assertThat(read()).containsExactlyInAnyOrderElementsOf(numbers(0, 100));
        set("scan.tier", "archive");
        set("archive.path", archive);
        set("topic", topic + "-archived");
        assertThat(read()).containsExactlyInAnyOrderElementsOf(numbers(0, 100));
    }

    private void write() throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(2);
        Connectors.from(environment)
                .sink("out", new SimpleStringSchema())
                .withDefault("sink.parallelism", "1")
                .addTo(
                        environment
                                .fromSequence(0, 99)
                                .map(number -> Long.toString(number))
                                .returns(Types.STRING));
        environment.execute();
    }

    private void setSink(String option, String value) {
        configuration.setString("connectors.sinks.out." + option, value);
    }

    @Test
    @SuppressWarnings("try") // close() may be interrupted.
    void unboundedSourceFindsNewFiles() throws Exception {
        Files.writeString(directory.resolve("a"), "1\n\n2");
        set("scan.tier", "files");
        set("files.path", directory.toUri().toString());
        set("files.watch-interval", "50ms");
        set("scan.bounded.mode", "unbounded");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);

        try (CloseableIterator<String> lines =
                Connectors.from(environment)
                        .source("numbers", deserializer)
                        .add()
                        .executeAndCollect()) {
            assertThat(List.of(lines.next(), lines.next(), lines.next()))
                    .containsExactly("1", "", "2");
            Files.writeString(directory.resolve(".b"), "3\n");
            Files.move(directory.resolve(".b"), directory.resolve("b"));
            assertThat(lines.next()).isEqualTo("3");
        }
    }

    @Test
    void optionsWithoutAMeaningForATierAreRefused() throws Exception {
        set("scan.tier", "files");
        assertRefused("'scan.tier' = 'files' reads files, but 'files.path' is not set");
        set("files.path", directory.toUri().toString());

        set("scan.startup.mode", "latest-offset");
        assertRefused("'scan.startup.mode' = 'latest-offset' has no meaning");
        set("scan.startup.mode", "earliest-offset");
        set("scan.bounded.mode", "group-offsets");
        assertRefused("'scan.bounded.mode' = 'group-offsets' has no meaning");
        set("scan.bounded.mode", "latest-offset");
        set("scan.replay-rate", "1");
        assertRefused("'scan.replay-rate' needs timestamps");
        configuration.removeKey("connectors.sources.numbers.scan.replay-rate");
        set("scan.deser-failure.handler", "log");
        assertRefused("knows no 'scan.deser-failure.handler' but 'fail'");

        assertSinkRefused("A single 'topic' is required");
        setSink("topic", topic);
        assertSinkRefused("'properties.bootstrap.servers' is required");
        setSink("properties.bootstrap.servers", broker.address());
        setSink("sink.delivery-guarantee", "exactly-once");
        assertSinkRefused("'sink.transactional-id-prefix' is required");
        setSink("sink.tier", "archive");
        assertSinkRefused("'archive.path' is required if 'sink.tier' is 'archive'");
        setSink("sink.teir", "files");
        assertThatThrownBy(this::write)
                .isInstanceOf(UnknownOptionException.class)
                .hasMessageContaining("Did you mean connectors.sinks.out.sink.tier?");
    }

    private void assertSinkRefused(String message) {
        assertThatThrownBy(this::write)
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageStartingWith("Options of the sink out: ")
                .hasMessageContaining(message);
    }

    @Test
    void rateLimitIsSharedByThePartitionsOfAllReaders() throws Exception {
        // given 3 partitions for 4 readers
        broker.createTopic(topic, 3);
        for (int i = 0; i < 3; i++) {
            broker.produce(new TopicPartition(topic, i), 0, 200);
        }
        set("scan.parallelism", "4");
        set("scan.rate-limit.records-per-second", "300");

        // when
        long start = System.nanoTime();
        List<String> records = read();
        double seconds = (System.nanoTime() - start) / 1e9;

        // then the job took as long as 600 records take, less the burst of the start
        assertThat(records).hasSize(600);
        assertThat(seconds).isGreaterThan(1.85);
    }

    @Test
    void replayKeepsThePaceOfTheRecords() throws Exception {
        // given 4 partitions in which records are a second apart, over 20 s
        broker.createTopic(topic, 4);
        for (int i = 0; i < 4; i++) {
            broker.produce(new TopicPartition(topic, i), 0, 21);
        }
        set("scan.replay-rate", "10");

        // when
        long start = System.nanoTime();
        List<String> records = read();
        double seconds = (System.nanoTime() - start) / 1e9;

        // then the last record came no earlier than when the one before it was due
        assertThat(records).hasSize(84);
        assertThat(seconds).isGreaterThan(1.9);
    }

    @Test
    void sourceStartsWhenAllOthersHaveCaughtUp() throws Exception {
        // given leaders of which one is bounded and slow, and one is unbounded
        broker.createTopic(topic, 2);
        broker.produce(partition, 0, 100);
        set("scan.start-after", "slow;live");
        for (String leader : List.of("slow", "live")) {
            for (String option : List.of("topic", "properties.bootstrap.servers")) {
                String key = "connectors.sources.%s." + option;
                configuration.setString(
                        String.format(key, leader),
                        configuration.toMap().get(String.format(key, "numbers")));
            }
            configuration.setString(
                    "connectors.sources." + leader + ".scan.startup.mode", "earliest-offset");
        }
        configuration.setString("connectors.sources.slow.scan.bounded.mode", "latest-offset");
        configuration.setString(
                "connectors.sources.slow.scan.rate-limit.records-per-second", "100");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        DataStream<String> all = named(environment, "numbers");
        for (String leader : List.of("slow", "live")) {
            all = all.union(named(environment, leader));
        }

        // when
        List<String> names = all.executeAndCollect(300);

        // then
        assertThat(names.subList(0, 200)).containsOnly("slow", "live");
        assertThat(names.subList(200, 300)).containsOnly("numbers");
    }

    private static DataStream<String> named(StreamExecutionEnvironment environment, String name) {
        return Connectors.from(environment)
                .source(name, new SimpleStringSchema())
                .add()
                .map(value -> name)
                .returns(Types.STRING);
    }

    @Test
    void sourceDoesNotStartAfterItself() {
        set("scan.start-after", "numbers");

        assertThatThrownBy(this::read).hasStackTraceContaining("would start after itself");
    }

    @Test
    void badRecordsAreLeftOutAndLoggedOrPutAside() throws Exception {
        // given a record that is no number
        broker.createTopic(topic, 1);
        broker.createTopic(topic + "-bad", 1);
        broker.produce(partition, 0, 5);
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
            producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    "k".getBytes(StandardCharsets.UTF_8),
                                    "no \"number\"".getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
        broker.produce(partition, 5, 7);
        deserializer = new Numbers();
        assertThatThrownBy(this::read).hasStackTraceContaining("NumberFormatException");

        set("scan.deser-failure.handler", "log");
        assertThat(read()).isEqualTo(numbers(0, 7));

        set("scan.deser-failure.handler", "dead-letter");
        set("scan.deser-failure.topic", topic + "-bad");
        assertThat(read()).isEqualTo(numbers(0, 7));
        ConsumerRecord<byte[], byte[]> letter =
                broker.read(new TopicPartition(topic + "-bad", 0), 0, 1).get(0);
        assertThat(letter.value()).asString().isEqualTo("no \"number\"");
        assertThat(letter.key()).asString().isEqualTo("k");
        assertThat(letter.headers().lastHeader("dead-letter.topic").value())
                .asString()
                .isEqualTo(topic);
        assertThat(letter.headers().lastHeader("dead-letter.offset").value())
                .asString()
                .isEqualTo("5");
        assertThat(letter.headers().lastHeader("dead-letter.error").value())
                .asString()
                .contains("NumberFormatException");

        configuration.removeKey("connectors.sources.numbers.scan.deser-failure.topic");
        set("scan.deser-failure.path", directory.resolve("bad").toUri().toString());
        assertThat(read()).isEqualTo(numbers(0, 7));
        try (Stream<Path> files = Files.list(directory.resolve("bad"))) {
            assertThat(files.filter(file -> !file.getFileName().toString().startsWith(".")))
                    .singleElement()
                    .satisfies(
                            file ->
                                    assertThat(file)
                                            .content()
                                            .startsWith(
                                                    "{\"topic\":\""
                                                            + topic
                                                            + "\",\"partition\":0,\"offset\":5,")
                                            .contains("NumberFormatException")
                                            .endsWith(
                                                    ",\"key\":\"aw==\",\"value\":\"bm8gIm51bWJlciI=\"}\n"));
        }
    }

    @Test
    void whatOperatorsThrowIsNoBadRecord() throws Exception {
        broker.createTopic(topic, 1);
        broker.produce(partition, 0, 5);
        set("scan.deser-failure.handler", "log");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        Connectors.from(environment)
                .source("numbers", new SimpleStringSchema())
                .add()
                .<String>map(
                        text -> {
                            throw new IllegalStateException("of an operator");
                        })
                .returns(Types.STRING)
                .sinkTo(new DiscardingSink<>());

        assertThatThrownBy(environment::execute).hasStackTraceContaining("of an operator");
    }

    @Test
    void configurationReplacesTheFileAndTheFileReplacesTheJobsDefault() throws Exception {
        // given
        broker.createTopic(topic, 1);
        broker.produce(partition, 0, 10);
        configuration.removeKey("connectors.sources.numbers.scan.bounded.mode");
        Path file =
                Files.writeString(
                        directory.resolve("connectors.yaml"),
                        """
                        connectors:
                          sources:
                            numbers:
                              scan.startup.mode: latest-offset
                              scan.bounded:
                                mode: specific-offsets
                                specific-offsets: partition:0,offset:5
                        """);
        configuration.set(ConnectorsConfiguration.CONFIG, file.toUri().toString());

        // when, then
        assertThat(read()).isEqualTo(numbers(0, 5));
    }

    @Test
    void optionThatThereIsNotNamesTheNearest() {
        set("scan.startup.mod", "timestamp");

        assertThatThrownBy(this::read)
                .isInstanceOf(UnknownOptionException.class)
                .hasMessage(
                        "Unknown option connectors.sources.numbers.scan.startup.mod"
                                + " (configuration). Did you mean"
                                + " connectors.sources.numbers.scan.startup.mode?");
    }

    @Test
    void kindThatThereIsNotNamesTheNearest() {
        configuration.setString("connectors.source.numbers.topic", "t");

        assertThatThrownBy(this::read)
                .isInstanceOf(UnknownOptionException.class)
                .hasMessageContaining("Did you mean connectors.sources.?");
    }

    @Test
    void optionsThatContradictEachOtherAreNamedWithTheirSource() {
        set("scan.tier", "auto");
        assertRefused("'archive.path' is not set");
        set("scan.tier", "kafka");

        set("topic-pattern", "t.*");
        assertRefused("One of 'topic' and 'topic-pattern' has to be set");
        configuration.removeKey("connectors.sources.numbers.topic-pattern");

        set("scan.startup.mode", "specific-offsets");
        assertRefused(
                "'scan.startup.specific-offsets' is required if 'scan.startup.mode' is"
                        + " 'specific-offsets'");
        set("scan.startup.specific-offsets", "0:42");
        assertRefused("'scan.startup.specific-offsets' = '0:42' is not like 'partition:0,");
        set("scan.startup.mode", "earliest-offset");

        set("scan.watermark.alignment.group", "g");
        assertRefused("have to be set together");
        configuration.removeKey("connectors.sources.numbers.scan.watermark.alignment.group");

        set("scan.deser-failure.handler", "dead-letter");
        assertRefused("takes one of 'scan.deser-failure.topic' and 'scan.deser-failure.path'");
        configuration.removeKey("connectors.sources.numbers.scan.deser-failure.handler");

        set("scan.rate-limit.records-per-second", "-1");
        assertRefused("it has to be more than 0");
    }

    @Test
    void fileThatCannotBeReadIsNamed() {
        String file = directory.resolve("missing.yaml").toUri().toString();
        configuration.set(ConnectorsConfiguration.CONFIG, file);

        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageStartingWith("Cannot read " + file + ", the value of connectors.config");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::read)
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageStartingWith("Options of the source numbers: ")
                .hasMessageContaining(message);
    }

    private void set(String option, String value) {
        configuration.setString("connectors.sources.numbers." + option, value);
    }

    private List<String> read() throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(2);
        return Connectors.from(environment)
                .source("numbers", deserializer)
                .withDefault("scan.startup.mode", "timestamp")
                .withDefault("scan.startup.timestamp-millis", "1")
                .add()
                .executeAndCollect(1_000);
    }

    private static List<String> numbers(int start, int end) {
        List<String> numbers = new ArrayList<>();
        for (int i = start; i < end; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    /** Fails at what is no number. */
    private static final class Numbers extends SimpleStringSchema {

        private static final long serialVersionUID = 1L;

        @Override
        public String deserialize(byte[] message) {
            return Long.toString(Long.parseLong(super.deserialize(message)));
        }
    }
}
