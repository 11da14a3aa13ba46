// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
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
        set(
                "scan.startup.timestamp-millis",
                Long.toString(KafkaBroker.FIRST_TIMESTAMP + 90_000));
        assertThat(read()).isEqualTo(numbers(90, 100));
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
        List<String> records = new ArrayList<>();
        try (CloseableIterator<String> all =
                Connectors.from(environment)
                        .source("numbers", new SimpleStringSchema())
                        .withDefault("scan.startup.mode", "timestamp")
                        .withDefault("scan.startup.timestamp-millis", "1")
                        .add()
                        .executeAndCollect()) {
            all.forEachRemaining(records::add);
        }
        return records;
    }

    private static List<String> numbers(int start, int end) {
        List<String> numbers = new ArrayList<>();
        for (int i = start; i < end; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }
}
