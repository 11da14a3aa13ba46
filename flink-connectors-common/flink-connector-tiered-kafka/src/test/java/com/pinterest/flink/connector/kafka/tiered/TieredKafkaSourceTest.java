// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.OffsetCheck.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The source reads each offset once, wherever it lies, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TieredKafkaSourceTest {

    @TempDir Path archive;
    @TempDir Path savepoints;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;
    private Progress progress;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) {
        broker = kafka;
        topic = test.getTestMethod().orElseThrow().getName();
        partition = new TopicPartition(topic, 0);
        progress = OffsetCheck.progress(topic);
    }

    @Test
    void eachOffsetComesOnceOverTheHandOver() throws Exception {
        // given partitions that are archived up to different offsets, in segments that overlap,
        // and of which Kafka has lost the start
        Uuid topicId = broker.createTopic(topic, 3);
        for (int i = 0; i < 3; i++) {
            TopicPartition each = new TopicPartition(topic, i);
            broker.produce(each, 0, 1_000);
            broker.archive(archive, each, topicId, 0, 300);
            broker.archive(archive, each, topicId, 200, 350);
            broker.archive(archive, each, topicId, 350, 600 + 100 * i);
            broker.deleteBefore(each, 500);
        }

        // when
        run(source().setBounded(OffsetsInitializer.latest()), 4, 0, -1);

        // then
        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 1_000L, 1, 1_000L, 2, 1_000L));
    }

    @Test
    void failureInTheArchiveLosesAndRepeatsNothing() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 5_000);
        broker.archive(archive, partition, topicId, 0, 2_000);
        broker.archive(archive, partition, topicId, 2_000, 4_500);
        broker.deleteBefore(partition, 4_000);

        run(source().setBounded(OffsetsInitializer.latest()), 2, 0, 500);

        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 5_000L));
        assertThat(progress.failedAt).isBetween(500L, 4_499L);
    }

    @Test
    void gapFailsTheJobAndIsNamed() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.deleteBefore(partition, 200);

        assertThatThrownBy(() -> run(source().setBounded(OffsetsInitializer.latest()), 1, 0, -1))
                .hasStackTraceContaining("has offsets 100 to 199 of " + partition);
    }

    @Test
    void gapIsSkippedWhenThatIsAskedFor() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.archive(archive, partition, topicId, 150, 160);
        broker.deleteBefore(partition, 200);

        run(
                source().setGapPolicy(GapPolicy.SKIP).setBounded(OffsetsInitializer.latest()),
                1,
                0,
                -1);

        assertThat(progress.violations)
                .containsExactly(
                        "(0,150,150) instead of offset 100", "(0,200,200) instead of offset 160");
        assertThat(progress.next).isEqualTo(Map.of(0, 300L));
    }

    @Test
    void partitionWaitsForTheArchiverWhenThatIsAskedFor() throws Exception {
        // given a gap in one of two partitions
        Uuid topicId = broker.createTopic(topic, 2);
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 300);
        broker.produce(other, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.archive(savepoints, partition, topicId, 100, 250);
        broker.deleteBefore(partition, 200);
        JobClient job =
                start(
                        source().setGapPolicy(GapPolicy.WAIT)
                                .setBounded(OffsetsInitializer.latest())
                                .build(),
                        1,
                        0,
                        -1,
                        null);
        await(() -> progress.next.equals(Map.of(0, 100L, 1, 300L)), job);

        // when
        broker.produce(partition, 300, 301);
        Path segments = Path.of(topic, topicId.toString(), "0");
        try (var files = Files.list(savepoints.resolve(segments))) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    Files.move(file, archive.resolve(segments).resolve(file.getFileName()));
                }
            }
        }

        // then
        job.getJobExecutionResult().get();
        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 300L, 1, 300L));
    }

    @Test
    void waitForTheArchiverEnds() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.deleteBefore(partition, 200);

        assertThatThrownBy(
                        () ->
                                run(
                                        source().setGapPolicy(GapPolicy.WAIT)
                                                .setGapWaitTimeout(Duration.ofMillis(1))
                                                .setBounded(OffsetsInitializer.latest()),
                                        1,
                                        0,
                                        -1))
                .hasStackTraceContaining("has offsets 100 to 199 of " + partition)
                .hasStackTraceContaining("waiting for PT0.001S");
    }

    @Test
    void timestampsOffsetsAndCommitsInTheArchiveAreStarts() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 250);
        broker.deleteBefore(partition, 200);
        broker.admin()
                .alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(70)))
                .all()
                .get();
        Map<Long, OffsetsInitializer> starts =
                Map.of(
                        50L,
                        OffsetsInitializer.timestamp(KafkaBroker.FIRST_TIMESTAMP + 49_500),
                        260L,
                        OffsetsInitializer.timestamp(KafkaBroker.FIRST_TIMESTAMP + 260_000),
                        60L,
                        OffsetsInitializer.offsets(Map.of(partition, 60L)),
                        70L,
                        OffsetsInitializer.committedOffsets());
        for (Map.Entry<Long, OffsetsInitializer> start : starts.entrySet()) {
            progress.next.clear();

            run(
                    source().setGroupId(topic)
                            .setProperty("commit.offsets.on.checkpoint", "false")
                            .setStartingOffsets(start.getValue())
                            .setBounded(
                                    OffsetsInitializer.timestamp(
                                            KafkaBroker.FIRST_TIMESTAMP + 290_000)),
                    1,
                    start.getKey(),
                    -1);

            assertThat(progress.violations).as("start at %d", start.getKey()).isEmpty();
            assertThat(progress.next).isEqualTo(Map.of(0, 290L));
        }
    }

    @Test
    void savepointsPassToKafkaSourceAndBack() throws Exception {
        // given a job that has come from the archive to Kafka
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 250);
        broker.deleteBefore(partition, 200);
        JobClient tiered = start(source().build(), 2, 0, -1, null);
        await(() -> progress.next.equals(Map.of(0, 300L)), tiered);

        // when
        String savepoint = stop(tiered);
        broker.produce(partition, 300, 400);
        JobClient kafka = start(kafkaSource(), 1, 0, -1, savepoint);
        await(() -> progress.next.equals(Map.of(0, 400L)), kafka);
        savepoint = stop(kafka);
        broker.produce(partition, 400, 500);
        broker.archive(archive, partition, topicId, 250, 450);
        broker.deleteBefore(partition, 450);
        JobClient again = start(source().build(), 2, 0, -1, savepoint);
        await(() -> progress.next.equals(Map.of(0, 500L)), again);
        again.cancel().get();

        // then
        assertThat(progress.violations).isEmpty();
    }

    @Test
    void boundedJobEndsAfterARestoreWithMoreSubtasksThanPartitions() throws Exception {
        // given a bounded job that waits in a gap
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(savepoints, partition, topicId, 100, 250);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.deleteBefore(partition, 200);
        JobClient job =
                start(
                        source().setGapPolicy(GapPolicy.WAIT)
                                .setBounded(OffsetsInitializer.latest())
                                .build(),
                        1,
                        0,
                        -1,
                        null);
        await(() -> progress.next.equals(Map.of(0, 100L)), job);

        // when
        String savepoint = stop(job);
        JobClient restored =
                start(
                        source().setArchive(savepoints.toUri().toString())
                                .setBounded(OffsetsInitializer.latest())
                                .build(),
                        4,
                        0,
                        -1,
                        savepoint);

        // then
        restored.getJobExecutionResult().get();
        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 300L));
    }

    @Test
    void newPartitionsAreReadFromTheirStart() throws Exception {
        broker.createTopic(topic, 1);
        broker.produce(partition, 0, 10);
        JobClient job =
                start(
                        source().setProperty("partition.discovery.interval.ms", "200").build(),
                        2,
                        0,
                        -1,
                        null);
        await(() -> progress.next.equals(Map.of(0, 10L)), job);

        broker.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
        broker.awaitPartitions(topic, 2);
        broker.produce(new TopicPartition(topic, 1), 0, 10);

        await(() -> progress.next.equals(Map.of(0, 10L, 1, 10L)), job);
        job.cancel().get();
        assertThat(progress.violations).isEmpty();
    }

    @Test
    void topicThatWasCreatedAnewIsRefused() throws Exception {
        Uuid first = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 10);
        broker.archive(archive, partition, first, 0, 10);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        Uuid second = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 10);

        assertThatThrownBy(() -> run(source().setBounded(OffsetsInitializer.latest()), 1, 0, -1))
                .hasStackTraceContaining("has id " + second + " in Kafka")
                .hasStackTraceContaining("under [" + first + "]");
    }

    @Test
    void topicThatWasCreatedAnewAndArchivedIsNoticedByAJobWithState() throws Exception {
        Uuid first = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 50);
        JobClient job = start(source().build(), 1, 0, -1, null);
        await(() -> progress.next.equals(Map.of(0, 50L)), job);
        String savepoint = stop(job);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        Uuid second = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 100);
        broker.archive(archive, partition, second, 0, 100);

        JobClient restored = start(source().build(), 1, 0, -1, savepoint);

        assertThatThrownBy(() -> restored.getJobExecutionResult().get())
                .hasStackTraceContaining("deleted and created again")
                .hasStackTraceContaining(first.toString());
        assertThat(progress.next).isEqualTo(Map.of(0, 50L));
    }

    @Test
    void archiveAloneIsAFixedSetOfData() throws Exception {
        Uuid topicId = broker.createTopic(topic, 2);
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 300);
        broker.produce(other, 0, 300);
        broker.archive(archive, partition, topicId, 0, 250);
        broker.archive(archive, other, topicId, 0, 120);
        broker.deleteBefore(partition, 100);

        run(source().setTier(SourceTier.ARCHIVE).setBounded(OffsetsInitializer.latest()), 2, 0, -1);

        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 250L, 1, 120L));
    }

    @Test
    void archiveAloneFollowsTheArchiver() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 100);
        JobClient job = start(source().setTier(SourceTier.ARCHIVE).build(), 1, 0, -1, null);
        await(() -> progress.next.equals(Map.of(0, 100L)), job);

        broker.archive(archive, partition, topicId, 100, 180);
        await(() -> progress.next.equals(Map.of(0, 180L)), job);
        broker.archive(archive, partition, topicId, 200, 220);

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining("does not have offsets 180 to 199 of " + partition);
        assertThat(progress.violations).isEmpty();
    }

    @Test
    void kafkaAloneDoesNotLookIntoTheArchive() throws Exception {
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 300);
        broker.archive(archive, partition, topicId, 0, 250);
        broker.deleteBefore(partition, 200);

        run(source().setTier(SourceTier.KAFKA).setBounded(OffsetsInitializer.latest()), 1, 200, -1);

        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 300L));
        assertThatThrownBy(
                        () ->
                                run(
                                        source().setTier(SourceTier.KAFKA)
                                                .setStartingOffsets(
                                                        OffsetsInitializer.offsets(
                                                                Map.of(partition, 100L)))
                                                .setBounded(OffsetsInitializer.latest()),
                                        1,
                                        200,
                                        -1))
                .hasStackTraceContaining("Kafka does not have offsets 100 to 199 of " + partition);
    }

    @Test
    void rescaleBeforeAtAndAfterTheSwitch() throws Exception {
        // given a partition that waits in the archive, one that is at the hand-over, with nothing
        // in Kafka, and one that is in Kafka
        Uuid topicId = broker.createTopic(topic, 3);
        TopicPartition at = new TopicPartition(topic, 1);
        TopicPartition after = new TopicPartition(topic, 2);
        broker.produce(partition, 0, 300);
        broker.produce(at, 0, 100);
        broker.produce(after, 0, 200);
        for (int i = 0; i < 3; i++) {
            broker.archive(archive, new TopicPartition(topic, i), topicId, 0, 100);
        }
        broker.archive(savepoints, partition, topicId, 100, 250);
        broker.deleteBefore(partition, 200);
        broker.deleteBefore(at, 100);
        broker.deleteBefore(after, 50);
        JobClient one = start(source().setGapPolicy(GapPolicy.WAIT).build(), 1, 0, -1, null);
        await(() -> progress.next.equals(Map.of(0, 100L, 1, 100L, 2, 200L)), one);

        // when
        String savepoint = stop(one);
        JobClient three = start(source().setGapPolicy(GapPolicy.WAIT).build(), 3, 0, -1, savepoint);
        broker.produce(at, 100, 200);
        broker.produce(after, 200, 300);
        await(() -> progress.next.equals(Map.of(0, 100L, 1, 200L, 2, 300L)), three);
        savepoint = stop(three);
        JobClient two =
                start(
                        source().setArchive(savepoints.toUri().toString()).build(),
                        2,
                        0,
                        -1,
                        savepoint);
        broker.produce(at, 200, 300);
        await(() -> progress.next.equals(Map.of(0, 300L, 1, 300L, 2, 300L)), two);
        two.cancel().get();

        // then
        assertThat(progress.violations).isEmpty();
    }

    @Test
    void watermarkOfAPartitionSurvivesTheSwitch() throws Exception {
        // given a partition that is far behind the other in time, and switches later
        Uuid topicId = broker.createTopic(topic, 2);
        TopicPartition fast = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 2_000);
        broker.produce(fast, 0, 2_000);
        broker.archive(archive, partition, topicId, 0, 1_500);
        broker.archive(archive, fast, topicId, 0, 100);
        broker.deleteBefore(fast, 100);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
        env.fromSource(
                        source().setBounded(OffsetsInitializer.latest()).build(),
                        WatermarkStrategy.<Tuple3<Integer, Long, String>>forMonotonousTimestamps()
                                .withTimestampAssigner(
                                        (record, kafka) -> record.f0 == 1 ? kafka * 10 : kafka),
                        "source")
                .process(new LateCheck(topic))
                .sinkTo(new DiscardingSink<>());

        env.execute();

        assertThat(progress.violations).isEmpty();
        assertThat(progress.next).isEqualTo(Map.of(0, 2_000L, 1, 2_000L));
    }

    /** Late is what comes behind a watermark: none, as timestamps rise in each partition. */
    private static final class LateCheck
            extends ProcessFunction<Tuple3<Integer, Long, String>, Long> {

        private static final long serialVersionUID = 1L;

        private final String name;

        private LateCheck(String name) {
            this.name = name;
        }

        @Override
        public void processElement(
                Tuple3<Integer, Long, String> record, Context context, Collector<Long> out) {
            Progress progress = OffsetCheck.progress(name);
            long watermark = context.timerService().currentWatermark();
            if (context.timestamp() <= watermark) {
                progress.violations.add(record + " is behind watermark " + watermark);
            }
            progress.next.put(record.f0, record.f1 + 1);
        }
    }

    @Test
    void archivePhaseIsBacklog() throws Exception {
        // given a job without checkpoints in its backlog, which is slow in the archive
        Uuid topicId = broker.createTopic(topic, 1);
        broker.produce(partition, 0, 3_000);
        broker.archive(archive, partition, topicId, 0, 2_500);
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTING_INTERVAL_DURING_BACKLOG, Duration.ZERO);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        env.enableCheckpointing(100);
        BacklogProbe.CHECKPOINTS.put(topic, new ConcurrentLinkedQueue<>());
        env.fromSource(source().build(), WatermarkStrategy.noWatermarks(), "source")
                .map(new BacklogProbe(topic))
                .sinkTo(new DiscardingSink<>());

        // when
        JobClient job = env.executeAsync();
        await(() -> BacklogProbe.CHECKPOINTS.get(topic).contains(3_000L), job);
        job.cancel().get();

        // then
        // The first may come before the reader has begun; the reader is some blocks ahead.
        assertThat(BacklogProbe.CHECKPOINTS.get(topic))
                .noneMatch(next -> next >= 200 && next < 1_000);
    }

    /** Is slow in the archive, and remembers how far the job was at each checkpoint. */
    private static final class BacklogProbe
            implements MapFunction<Tuple3<Integer, Long, String>, Long>, CheckpointListener {

        private static final long serialVersionUID = 1L;
        private static final Map<String, Queue<Long>> CHECKPOINTS = new ConcurrentHashMap<>();

        private final String name;
        private long next;

        private BacklogProbe(String name) {
            this.name = name;
        }

        @Override
        public Long map(Tuple3<Integer, Long, String> record) throws Exception {
            if (record.f1 < 1_000) {
                Thread.sleep(2);
            }
            next = record.f1 + 1;
            return next;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            CHECKPOINTS.get(name).add(next);
        }
    }

    private TieredKafkaSourceBuilder<Tuple3<Integer, Long, String>> source() {
        return TieredKafkaSource.<Tuple3<Integer, Long, String>>builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setArchive(archive.toUri().toString())
                .setProperty("max.poll.records", "50")
                .setDeserializer(new PartitionOffsetValue());
    }

    private KafkaSource<Tuple3<Integer, Long, String>> kafkaSource() {
        return KafkaSource.<Tuple3<Integer, Long, String>>builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setDeserializer(new PartitionOffsetValue())
                .build();
    }

    private void run(
            TieredKafkaSourceBuilder<Tuple3<Integer, Long, String>> source,
            int parallelism,
            long firstOffset,
            long failAt)
            throws Exception {
        try {
            start(source.build(), parallelism, firstOffset, failAt, null)
                    .getJobExecutionResult()
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError("The job failed", e);
        }
    }

    private JobClient start(
            Source<Tuple3<Integer, Long, String>, ?, ?> source,
            int parallelism,
            long firstOffset,
            long failAt,
            String savepoint)
            throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY, failAt < 0 ? "none" : "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
        // So that a checkpoint does not wait for records that are held until there is one.
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, failAt >= 0);
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        env.enableCheckpointing(100);
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .uid("source")
                .keyBy(record -> record.f0)
                .process(new OffsetCheck(topic, firstOffset, failAt))
                .uid("check")
                .sinkTo(new DiscardingSink<>());
        return env.executeAsync();
    }

    private String stop(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    /** Waits until something is so, and fails when the job does. */
    private static void await(BooleanSupplier condition, JobClient job) throws Exception {
        while (!condition.getAsBoolean()) {
            if (job.getJobStatus().get().isGloballyTerminalState()) {
                job.getJobExecutionResult().get();
            }
            Thread.sleep(50);
        }
    }
}
