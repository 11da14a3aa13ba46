// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each record is in one tier once, whatever happens, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TieredKafkaSinkTest {

    @TempDir Path directory;
    private KafkaBroker broker;
    private SinkTargets targets;
    private String topic;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) throws Exception {
        broker = kafka;
        String name =
                test.getTestMethod().orElseThrow().getName()
                        + "-"
                        + test.getDisplayName().replaceAll("[^A-Za-z0-9]", "");
        targets = new SinkTargets(broker, directory, name);
        topic = targets.topic();
    }

    @ParameterizedTest
    @EnumSource(names = {"KAFKA", "ARCHIVE", "FILES"})
    void writesEachRecordOnceOverFailures(SinkTier tier) throws Exception {
        // given failures after the snapshot of the sink, when its transactional ids are used again
        SinkJob job = new SinkJob(topic, 40_000).withCheckpoints(100);
        job.failTimes(3);

        // when no restart is left for a failure of the sink's own
        JobClient client = job.start(targets.sink(tier).build(), 3);
        while (job.failuresLeft() > 0) {
            job.failIfEnded();
            Thread.sleep(20);
        }
        job.letGo();
        client.getJobExecutionResult().get();

        // then
        assertThat(targets.all()).isEqualTo(SinkTargets.numbers(40_000));
    }

    @Test
    void tierAndParallelismChangeAtSavepoints() throws Exception {
        SinkJob job = new SinkJob(topic, 20_000);
        List<SinkTier> tiers =
                List.of(
                        SinkTier.KAFKA,
                        SinkTier.ARCHIVE,
                        SinkTier.KAFKA,
                        SinkTier.FILES,
                        SinkTier.KAFKA,
                        SinkTier.KAFKA,
                        SinkTier.ARCHIVE,
                        SinkTier.ARCHIVE,
                        SinkTier.FILES,
                        SinkTier.FILES,
                        SinkTier.ARCHIVE);
        int run = 0;
        for (SinkTier tier : tiers) {
            job.withParallelism(1 + run++ % 3)
                    .runToSavepoint(targets.sink(tier).build(), directory);
        }

        job.withParallelism(2).finish(targets.sink(SinkTier.KAFKA).build());

        assertThat(targets.inKafka()).isNotEmpty();
        assertThat(targets.inArchive()).isNotEmpty();
        assertThat(targets.inFiles()).isNotEmpty();
        assertThat(targets.all()).isEqualTo(SinkTargets.numbers(20_000));
        assertThat(targets.open()).isEmpty();
    }

    @Test
    void savepointsPassBetweenKafkaSinkAndThisOne() throws Exception {
        // given what INCREMENTING has pending
        SinkJob job = new SinkJob(topic, 20_000);
        job.runToSavepoint(
                targets.kafkaSink(TransactionNamingStrategy.INCREMENTING).build(), directory);

        // when
        job.runToSavepoint(targets.sink(SinkTier.KAFKA).build(), directory);

        // then the default of KafkaSink refuses it
        assertThatThrownBy(
                        () ->
                                job.start(
                                                targets.kafkaSink(
                                                                TransactionNamingStrategy
                                                                        .INCREMENTING)
                                                        .build(),
                                                0)
                                        .getJobExecutionResult()
                                        .get())
                .hasStackTraceContaining(
                        "Attempted to switch the transaction naming strategy back to INCREMENTING");

        // and when
        job.runToSavepoint(targets.kafkaSink(TransactionNamingStrategy.POOLING).build(), directory);
        job.runToSavepoint(targets.sink(SinkTier.KAFKA).build(), directory);
        job.finish(targets.kafkaSink(TransactionNamingStrategy.POOLING).build());

        // then
        assertThat(targets.inKafka()).isEqualTo(SinkTargets.numbers(20_000));
        assertThat(targets.open()).isEmpty();
    }

    @Test
    void transactionThatWasAbortedIsLostByKafkaSinkAndFailsThisOne() throws Exception {
        // given a savepoint whose transactions have been aborted, as they are after a time-out
        SinkJob job = new SinkJob(topic, 10_000);
        job.runToSavepoint(targets.kafkaSink(TransactionNamingStrategy.POOLING).build(), directory);
        targets.abortWhatIsOpen();

        // when this sink restores it
        assertThatThrownBy(() -> job.finish(targets.sink(SinkTier.KAFKA).build()))
                // then
                .hasStackTraceContaining("cannot be committed any more")
                .hasStackTraceContaining("CommitFailure.LOG");
        assertThat(targets.inKafka()).isEmpty();

        // and when KafkaSink restores it, then the job is green, and records are missing
        job.finish(targets.kafkaSink(TransactionNamingStrategy.POOLING).build());
        assertThat(targets.inKafka())
                .isNotEmpty()
                .isSubsetOf(SinkTargets.numbers(10_000))
                .hasSizeLessThan(10_000);
    }

    @Test
    void jobGoesOnAfterALossIfToldSo() throws Exception {
        SinkJob job = new SinkJob(topic, 10_000);
        job.runToSavepoint(targets.sink(SinkTier.KAFKA).build(), directory);
        targets.abortWhatIsOpen();

        job.finish(targets.sink(SinkTier.KAFKA).setCommitFailure(CommitFailure.LOG).build());

        assertThat(targets.inKafka())
                .isNotEmpty()
                .isSubsetOf(SinkTargets.numbers(10_000))
                .hasSizeLessThan(10_000);
    }

    @Test
    void discardCommitsWhatIsPendingAndWritesNothing() throws Exception {
        SinkJob job = new SinkJob(topic, 10_000);
        job.runToSavepoint(targets.sink(SinkTier.KAFKA).build(), directory);

        job.finish(targets.sink(SinkTier.DISCARD).build());

        List<Long> written = targets.inKafka();
        assertThat(written).isNotEmpty().hasSizeLessThan(10_000).doesNotHaveDuplicates();
        assertThat(targets.all()).isEqualTo(written);
    }

    @ParameterizedTest
    @EnumSource(names = {"KAFKA", "ARCHIVE", "FILES"})
    void badRecordsAreLeftOutAndPutAside(SinkTier tier) throws Exception {
        // given a number that the serializer fails at, in the one subtask of the sink: another one
        // could have committed its own numbers before
        String bad = topic + "-bad";
        broker.createTopic(bad, 1);
        SinkJob job = new SinkJob(topic, 500).withParallelism(1);
        KafkaRecordSerializationSchema<Long> serializer =
                KafkaRecordSerializationSchema.<Long>builder()
                        .setTopic(tier == SinkTier.ARCHIVE ? targets.archived() : topic)
                        .setKeySerializationSchema(new Unlucky(-1, null))
                        .setValueSerializationSchema(new Unlucky(13, null))
                        .build();
        TieredKafkaSinkBuilder<Long> sink = targets.sink(tier).setRecordSerializer(serializer);
        assertThatThrownBy(() -> job.finish(sink.build())).hasStackTraceContaining("unlucky 13");

        // when
        job.finish(sink.setBadRecords(BadRecords.toTopic(bad)).build());

        // then
        List<Long> written = SinkTargets.numbers(500);
        written.remove(13L);
        assertThat(targets.all()).isEqualTo(written);
        ConsumerRecord<byte[], byte[]> letter =
                broker.read(new TopicPartition(bad, 0), 0, 1).get(0);
        assertThat(letter.key()).isNull();
        assertThat(letter.value()).asString().isEqualTo("13");
        assertThat(letter.headers().lastHeader("dead-letter.class").value())
                .asString()
                .isEqualTo("java.lang.Long");
        assertThat(letter.headers().lastHeader("dead-letter.error").value())
                .asString()
                .contains("unlucky 13");
    }

    @Test
    void valuesThatAreNoLineAreBadRecords() throws Exception {
        KafkaRecordSerializationSchema<Long> serializer =
                KafkaRecordSerializationSchema.<Long>builder()
                        .setTopic(topic)
                        .setValueSerializationSchema(new Unlucky(13, "1\n3"))
                        .build();
        Path bad = directory.resolve("bad");

        new SinkJob(topic, 20)
                .finish(
                        targets.sink(SinkTier.FILES)
                                .setRecordSerializer(serializer)
                                .setBadRecords(
                                        BadRecords.toFiles(
                                                new org.apache.flink.core.fs.Path(bad.toUri())))
                                .build());

        assertThat(targets.inFiles()).hasSize(19).doesNotContain(13L);
        try (Stream<Path> files = Files.list(bad)) {
            assertThat(files.filter(file -> !file.getFileName().toString().startsWith(".")))
                    .singleElement()
                    .satisfies(
                            file ->
                                    assertThat(file)
                                            .content()
                                            .startsWith("{\"class\":\"java.lang.Long\",")
                                            .contains("has a line break")
                                            .endsWith(",\"key\":null,\"value\":\"MTM=\"}\n"));
        }
    }

    /** Writes numbers as text, but one of them. */
    private static final class Unlucky implements SerializationSchema<Long> {

        private static final long serialVersionUID = 1L;

        private final long unlucky;
        private final String text;

        /**
         * @param text what is made of the number, {@code null} to fail at it
         */
        private Unlucky(long unlucky, @Nullable String text) {
            this.unlucky = unlucky;
            this.text = text;
        }

        @Override
        public byte[] serialize(Long number) {
            if (number == unlucky && text == null) {
                throw new IllegalArgumentException("unlucky " + number);
            }
            return (number == unlucky ? text : number.toString()).getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void sourceReadsWhatTheSinkWroteToTheArchive() throws Exception {
        new SinkJob(topic, 500).finish(targets.sink(SinkTier.ARCHIVE).build());
        TieredKafkaSource<String> source =
                TieredKafkaSource.<String>builder()
                        .setTier(SourceTier.ARCHIVE)
                        .setBootstrapServers(broker.address())
                        .setTopics(targets.archived())
                        .setArchive(targets.archive().toUri().toString())
                        .setBounded(OffsetsInitializer.latest())
                        .setValueOnlyDeserializer(new SimpleStringSchema())
                        .build();

        List<String> read =
                StreamExecutionEnvironment.createLocalEnvironment(2)
                        .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                        .executeAndCollect(1_000);

        assertThat(read.stream().map(Long::valueOf).sorted().collect(Collectors.toList()))
                .isEqualTo(SinkTargets.numbers(500));
    }

    @Test
    void topicThatLivesInKafkaIsNotWrittenToTheArchive() throws Exception {
        SinkJob job = new SinkJob(topic, 100);
        TieredKafkaSink<Long> sink =
                targets.sink(SinkTier.ARCHIVE)
                        .setRecordSerializer(SinkJob.serializer(topic))
                        .build();

        assertThatThrownBy(() -> job.finish(sink))
                .hasStackTraceContaining("Topic " + topic + " lives in Kafka")
                .hasStackTraceContaining("flink-archive run");
    }

    @Test
    void topicThatTheArchiverWroteIsNotContinued() throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        broker.produce(partition, 0, 10);
        broker.archive(
                targets.archive(), partition, broker.createTopic(targets.archived(), 1), 0, 10);
        SinkJob job = new SinkJob(topic, 100);
        TieredKafkaSinkBuilder<Long> builder =
                TieredKafkaSink.<Long>builder()
                        .setTier(SinkTier.ARCHIVE)
                        .setArchive(targets.archive().toUri().toString())
                        .setArchivePartitions(1)
                        .setRecordSerializer(SinkJob.serializer(topic));

        assertThatThrownBy(() -> job.finish(builder.build()))
                .hasStackTraceContaining("from Kafka, with the ids");
    }

    @Test
    void endOfAnArchiveIsNotGuessed() throws Exception {
        SinkJob job = new SinkJob(topic, 10_000);
        job.withParallelism(1).runToSavepoint(targets.sink(SinkTier.ARCHIVE).build(), directory);

        assertThatThrownBy(
                        () -> job.withParallelism(2).finish(targets.sink(SinkTier.ARCHIVE).build()))
                .hasStackTraceContaining("before the first checkpoint");
        job.withParallelism(1).finish(targets.sink(SinkTier.ARCHIVE).build());

        assertThat(targets.all()).isEqualTo(SinkTargets.numbers(10_000));
    }
}
