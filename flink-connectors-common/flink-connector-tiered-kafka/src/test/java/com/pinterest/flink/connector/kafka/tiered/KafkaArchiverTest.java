// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The archiver writes each offset once, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KafkaArchiverTest {

    @TempDir Path archive;
    private KafkaBroker broker;
    private String topic;
    private TopicPartition partition;
    private Uuid topicId;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) throws Exception {
        broker = kafka;
        topic = "archiver-" + test.getTestMethod().orElseThrow().getName();
        partition = new TopicPartition(topic, 0);
        topicId = broker.createTopic(topic, 2);
    }

    /** Ends by itself whatever an archiver does; other tests wait for what it should do. */
    @Order(0)
    @Test
    void archivesWhatKafkaHasAndLaterOnlyWhatIsNew() throws Exception {
        // given
        TopicPartition other = new TopicPartition(topic, 1);
        broker.produce(partition, 0, 1_000);
        broker.produce(other, 0, 10);

        // when
        archiveAll(archiver());

        // then
        assertThat(coverage(partition)).containsExactly(new OffsetRange(0, 1_000));
        assertThat(coverage(other)).containsExactly(new OffsetRange(0, 10));
        assertThat(listing(partition).segments()).hasSizeGreaterThan(3);
        assertArchived(partition, 0, 1_000);

        // and when
        broker.produce(partition, 1_000, 1_500);
        archiveAll(archiver().setWriterId("second"));

        // then
        assertThat(listing(partition).overlaps()).isEmpty();
        assertArchived(partition, 0, 1_500);
        assertArchived(other, 0, 10);
    }

    @Test
    void failureRepeatsAndLosesNothing() throws Exception {
        broker.produce(partition, 0, 2_000);
        StreamExecutionEnvironment env = environment(2);
        archiver().setRollInterval(Duration.ofMillis(300)).build().addTo(env, "archiver");
        // A job beside it fails once when there are segments, and the archiver with it.
        env.fromSequence(0, Long.MAX_VALUE)
                .map(new FailOnce(topic, archive, topicId))
                .sinkTo(new DiscardingSink<>());

        JobClient job = env.executeAsync();
        while (!FailOnce.FAILED.containsKey(topic)) {
            assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
            Thread.sleep(50);
        }
        broker.produce(partition, 2_000, 2_500);
        while (listing(partition).endOffset().orElse(0) < 2_500) {
            assertThat(job.getJobStatus().get().isGloballyTerminalState()).isFalse();
            Thread.sleep(50);
        }
        job.cancel().get();

        assertThat(listing(partition).overlaps()).isEmpty();
        assertArchived(partition, 0, 2_500);
    }

    @Test
    void readerFollowsALiveArchiverWhileKafkaForgetsWhatIsArchived() throws Exception {
        // given an archiver that runs while records are produced, and a retention at its heels
        long end = 3_000;
        TopicPartition other = new TopicPartition(topic, 1);
        StreamExecutionEnvironment archiving = environment(0);
        archiver().setRollInterval(Duration.ofMillis(200)).build().addTo(archiving, "archiver");
        broker.produce(partition, 0, 1_000);
        JobClient archiver = archiving.executeAsync();
        forgetUpTo(partition, 1_000);

        // when a job reads all from the start, and fails once in the archive
        StreamExecutionEnvironment reading = environment(1);
        TieredKafkaSource<Tuple3<Integer, Long, String>> source =
                TieredKafkaSource.<Tuple3<Integer, Long, String>>builder()
                        .setBootstrapServers(broker.address())
                        .setTopics(topic)
                        .setArchive(archive.toUri().toString())
                        .setBounded(OffsetsInitializer.offsets(Map.of(partition, end, other, end)))
                        .setDeserializer(new PartitionOffsetValue())
                        .build();
        reading.fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .keyBy(record -> record.f0)
                .process(new OffsetCheck(topic, 0, 500))
                .sinkTo(new DiscardingSink<>());
        JobClient reader = reading.executeAsync();
        for (long start = 0; start < end; start += 250) {
            broker.produce(other, start, start + 250);
            if (start >= 1_000) {
                broker.produce(partition, start, start + 250);
                forgetUpTo(partition, start);
            }
            forgetUpTo(other, start);
        }
        reader.getJobExecutionResult().get();
        archiver.cancel().get();

        // then
        assertThat(OffsetCheck.progress(topic).violations).isEmpty();
        assertThat(OffsetCheck.progress(topic).next).isEqualTo(Map.of(0, end, 1, end));
        assertThat(OffsetCheck.progress(topic).failedAt).isNotNegative();
    }

    /** Waits until the archive has what is below an offset, and deletes it in Kafka. */
    private void forgetUpTo(TopicPartition archived, long offset) throws Exception {
        while (listing(archived).endOffset().orElse(0) < offset) {
            Thread.sleep(20);
        }
        if (offset > 0) {
            broker.deleteBefore(archived, offset);
        }
    }

    @Test
    void transactionsLeaveNoGap() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                broker.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            for (int i = 0; i < 20; i++) {
                producer.beginTransaction();
                for (int j = 0; j < 10; j++) {
                    producer.send(KafkaBroker.record(partition, j)).get();
                }
                if (i % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }

        archiveAll(archiver());

        assertThat(coverage(partition)).containsExactly(new OffsetRange(0, 220));
        assertArchived(partition, 0, 220);
    }

    @Test
    void newArchiverStartsAtTheFirstOffsetThatOnlyKafkaHas() throws Exception {
        broker.produce(partition, 0, 400);
        broker.archive(archive, partition, topicId, 0, 100);
        broker.archive(archive, partition, topicId, 320, 360);
        broker.deleteBefore(partition, 350);

        archiveAll(archiver());

        assertThat(coverage(partition))
                .containsExactly(new OffsetRange(0, 100), new OffsetRange(320, 400));
        assertThat(listing(partition).overlaps()).isEmpty();
    }

    @Test
    void offsetsThatKafkaHasDeletedFailTheArchiver() throws Exception {
        broker.produce(partition, 0, 400);
        broker.deleteBefore(partition, 350);
        try (ArchiverSplitReader reader = reader(false)) {
            reader.handleSplitsChanges(
                    new SplitsAddition<>(List.of(new KafkaPartitionSplit(partition, 300, 400))));

            assertThatThrownBy(() -> closedUntilTheEnd(reader))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("deleted offsets 300 to 349 of " + partition);
        }
    }

    @Test
    void offsetsThatKafkaHasDeletedAreLeftOutWhenThatIsAskedFor() throws Exception {
        broker.produce(partition, 0, 400);
        broker.deleteBefore(partition, 350);
        List<OffsetRange> closed;
        try (ArchiverSplitReader reader = reader(true)) {
            reader.handleSplitsChanges(
                    new SplitsAddition<>(List.of(new KafkaPartitionSplit(partition, 300, 400))));
            closed = closedUntilTheEnd(reader);
        }

        assertThat(closed).containsExactly(new OffsetRange(350, 400));
    }

    @Test
    void deletedOffsetsThatAnotherArchiverHasAreNoLoss() throws Exception {
        broker.produce(partition, 0, 400);
        broker.archive(archive, partition, topicId, 250, 360);
        broker.deleteBefore(partition, 350);
        List<OffsetRange> closed;
        try (ArchiverSplitReader reader = reader(false)) {
            reader.handleSplitsChanges(
                    new SplitsAddition<>(List.of(new KafkaPartitionSplit(partition, 300, 400))));
            closed = closedUntilTheEnd(reader);
        }

        assertThat(closed).containsExactly(new OffsetRange(360, 400));
    }

    @Test
    void positionInATopicThatWasDeletedIsRefused() throws Exception {
        broker.produce(partition, 0, 10);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        broker.createTopic(topic, 2);
        broker.produce(partition, 0, 10);
        try (ArchiverSplitReader reader = reader(true)) {
            SplitsAddition<KafkaPartitionSplit> position =
                    new SplitsAddition<>(
                            List.of(
                                    TieredSplit.of(
                                            new KafkaPartitionSplit(partition, 5), topicId)));

            assertThatThrownBy(() -> reader.handleSplitsChanges(position))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("deleted and created again");
        }
    }

    /** Reads until the one split of a reader has ended, and returns what its segments cover. */
    private static List<OffsetRange> closedUntilTheEnd(ArchiverSplitReader reader)
            throws IOException {
        List<OffsetRange> closed = new ArrayList<>();
        boolean finished = false;
        while (!finished) {
            RecordsWithSplitIds<ClosedSegment> records = reader.fetch();
            if (records.nextSplit() != null) {
                closed.add(records.nextRecordFromSplit().coverage());
            }
            finished = !records.finishedSplits().isEmpty();
        }
        return closed;
    }

    private ArchiverSplitReader reader(boolean skipsDeleted) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.address());
        properties.setProperty("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("client.id.prefix", topic);
        return new ArchiverSplitReader(
                properties,
                new ArchiverSettings(
                        new org.apache.flink.core.fs.Path(archive.toUri()),
                        Codec.ZSTD,
                        1 << 20,
                        Duration.ofHours(1),
                        skipsDeleted,
                        null),
                new ReaderContext());
    }

    private void assertArchived(TopicPartition archived, long start, long end) throws IOException {
        List<String> actual = new ArrayList<>();
        for (SegmentFile file : listing(archived).segments()) {
            try (SegmentReader reader = SegmentReader.open(file)) {
                reader.verify();
                List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
                while (block != null) {
                    block.forEach(record -> actual.add(describe(record)));
                    block = reader.readBlock();
                }
            }
        }
        List<String> expected = new ArrayList<>();
        broker.read(archived, start, end).forEach(record -> expected.add(describe(record)));
        assertThat(actual).isEqualTo(expected);
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() + "=" + OffsetCheck.value(record.value()) + "@" + record.timestamp();
    }

    private List<OffsetRange> coverage(TopicPartition archived) throws IOException {
        return listing(archived).coverage();
    }

    private PartitionCatalogue listing(TopicPartition archived) throws IOException {
        return new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive.toUri()))
                .partition(archived, topicId);
    }

    private KafkaArchiver.Builder archiver() {
        return KafkaArchiver.builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setArchive(archive.toUri().toString())
                .setRollSize(new MemorySize(2_000));
    }

    private void archiveAll(KafkaArchiver.Builder archiver) throws Exception {
        StreamExecutionEnvironment env = environment(0);
        archiver.setBounded(OffsetsInitializer.latest()).build().addTo(env, "archiver");
        env.execute();
    }

    private static StreamExecutionEnvironment environment(int restarts) {
        Configuration configuration = new Configuration();
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY, restarts == 0 ? "none" : "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
        configuration.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "full");
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        env.enableCheckpointing(100);
        return env;
    }

    /** Fails once, when the archive has segments, and is slow otherwise. */
    private static final class FailOnce implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;
        private static final Map<String, Boolean> FAILED = new ConcurrentHashMap<>();

        private final String topic;
        private final String archive;
        private final String topicId;

        private FailOnce(String topic, Path archive, Uuid topicId) {
            this.topic = topic;
            this.archive = archive.toUri().toString();
            this.topicId = topicId.toString();
        }

        @Override
        public Long map(Long value) throws Exception {
            Thread.sleep(20);
            PartitionCatalogue listing =
                    new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive))
                            .partition(new TopicPartition(topic, 0), Uuid.fromString(topicId));
            if (!listing.segments().isEmpty() && FAILED.put(topic, true) == null) {
                throw new IllegalStateException("fails as it was told");
            }
            return value;
        }
    }
}
