// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.PartitionPosition.Tier;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions, each from the archive while its offset lies there, and from Kafka afterwards.
 *
 * <p>An archive position is a Kafka offset, so a partition is one split for its whole life: it is
 * never finished and added again at the hand-over, and its watermark survives it. Each partition
 * switches on its own:
 *
 * <ol>
 *   <li>UNKNOWN: the archive is listed. If a segment covers the offset, the partition is read from
 *       the archive; else, if Kafka still has the offset, from Kafka; else there is a gap.
 *   <li>ARCHIVE: block by block. When no listed segment goes on, the tier is UNKNOWN again.
 *   <li>KAFKA: by a consumer, until Kafka says that the offset is out of its range, because
 *       retention was faster than the job. Then the tier is UNKNOWN again.
 *   <li>WAITING: in a gap, with {@link GapPolicy#WAIT}. After some time, as UNKNOWN.
 * </ol>
 *
 * <p>A fetch reads one block of one partition of the archive, in turns, and takes from the consumer
 * what it has. Only when nothing is to be read from the archive does it wait for Kafka.
 *
 * <p>All methods run in the fetcher's thread, except {@link #wakeUp()}.
 */
final class TieredSplitReader
        implements SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(TieredSplitReader.class);

    private static final String METRIC_GROUP = "TieredKafkaSource";
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final Duration LOOK_UP_INTERVAL = Duration.ofSeconds(1);

    private final SplitConsumer consumer;
    private final Properties properties;
    private final ArchiveSettings settings;
    private final ArchiveCatalogue catalogue;
    private final ReadingProgress progress;
    private final TopicIds topicIds;
    private final KafkaSourceReaderMetrics metrics;
    private final Counter archiveRecords;
    private final Counter tierSwitches;
    private final Counter skippedOffsets;

    /** In the order in which the archive is read: who has had a turn goes to the end. */
    private final Map<TopicPartition, PartitionPosition> positions = new LinkedHashMap<>();

    /** {@code null} if records are read in the order in which they are fetched. */
    @Nullable private final ReplayOrder order;

    private final Object wakeUpLock = new Object();

    /** Whether a wake-up has come that no fetch has seen. Guarded by the lock. */
    private boolean wokenUp;

    /** Whether a fetch waits in the consumer. Guarded by the lock. */
    private boolean polling;

    TieredSplitReader(
            Properties properties,
            ArchiveSettings settings,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics,
            ReadingProgress progress,
            @Nullable String rackId,
            @Nullable ReplayOrder order) {
        this.properties = SplitConsumer.properties(properties, context);
        if (rackId != null && !rackId.isEmpty()) {
            this.properties.setProperty(ConsumerConfig.CLIENT_RACK_CONFIG, rackId);
        }
        this.settings = settings;
        this.catalogue = settings.catalogue();
        this.progress = progress;
        this.topicIds = TopicIds.of(catalogue);
        this.metrics = metrics;
        this.order = order;
        MetricGroup group = context.metricGroup().addGroup(METRIC_GROUP);
        this.archiveRecords = group.counter("archiveRecords");
        this.tierSwitches = group.counter("tierSwitches");
        this.skippedOffsets = group.counter("skippedOffsets");
        this.consumer = new SplitConsumer(this.properties);
        if (KafkaSourceOptions.<Boolean>getOption(
                this.properties,
                KafkaSourceOptions.REGISTER_KAFKA_CONSUMER_METRICS,
                Boolean::parseBoolean)) {
            metrics.registerKafkaConsumerMetrics(consumer);
        }
        metrics.registerNumBytesIn(consumer);
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException(
                    "Splits can only be added, not " + change.getClass().getSimpleName());
        }
        for (KafkaPartitionSplit split : change.splits()) {
            TopicPartition partition = split.getTopicPartition();
            metrics.registerTopicPartition(partition);
            positions.put(
                    partition,
                    new PartitionPosition(
                            partition,
                            split instanceof TieredSplit ? ((TieredSplit) split).topicId() : null,
                            split.getStartingOffset(),
                            stoppingOffset(split)));
        }
    }

    private long stoppingOffset(KafkaPartitionSplit split) {
        long stop = split.getStoppingOffset().orElse(Long.MAX_VALUE);
        TopicPartition partition = split.getTopicPartition();
        if (stop >= 0) {
            return stop;
        }
        // Only in state of KafkaSource: our enumerator resolves stopping offsets.
        return stop == KafkaPartitionSplit.COMMITTED_OFFSET
                ? committed(partition, "stop")
                : consumer.endOffsets(Set.of(partition)).get(partition);
    }

    private long committed(TopicPartition partition, String purpose) {
        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
        if (committed == null) {
            throw new IllegalStateException(
                    String.format(
                            "Partition %s is to %s at the committed offset of group %s, and there"
                                    + " is none. Commit one, or start the job without its state.",
                            partition,
                            purpose,
                            properties.getProperty(ConsumerConfig.GROUP_ID_CONFIG)));
        }
        return committed.offset();
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        // What the fetch before has made is in the queue by now.
        progress.setCaughtUp(isCaughtUp());
        TieredRecords records = new TieredRecords(metrics);
        lookUpTiers();
        boolean fromArchive = fetchFromArchive(records);
        if (order == null) {
            fetchFromKafka(records, fromArchive ? Duration.ZERO : waitTime());
            finish(records);
        } else {
            fetchInOrder(records, order);
        }
        updateProgress();
        metrics.updateNumBytesInCounter();
        return records;
    }

    /** Fetches a record of each partition that has one, and gives out the earliest ones. */
    private void fetchInOrder(TieredRecords records, ReplayOrder held) throws IOException {
        do {
            held.hold(records);
        } while (fetchFromArchive(records));
        boolean complete = true;
        Set<TopicPartition> resting = new HashSet<>();
        for (PartitionPosition position : positions.values()) {
            TopicPartition partition = position.partition();
            if (position.isPaused() || held.holds(partition)) {
                resting.add(partition);
            } else if (position.tier() == Tier.KAFKA) {
                complete &= consumer.currentLag(partition).orElse(1) == 0;
            }
        }
        consumer.setPaused(resting);
        Duration wait = held.isEmpty() ? waitTime() : complete ? Duration.ZERO : held.waitTime();
        fetchFromKafka(records, wait);
        held.hold(records);
        finish(records);
        held.releaseTo(records);
    }

    private boolean isCaughtUp() {
        for (PartitionPosition position : positions.values()) {
            boolean atEnd =
                    position.tier() == Tier.KAFKA
                            ? consumer.currentLag(position.partition()).orElse(1) == 0
                            : position.tier() == Tier.WAITING
                                    && settings.tier() == SourceTier.ARCHIVE;
            if (!atEnd && !position.isFinished()) {
                return false;
            }
        }
        return !positions.isEmpty() && (order == null || order.isEmpty());
    }

    private void updateProgress() {
        boolean inArchive = false;
        for (PartitionPosition position : positions.values()) {
            if (position.tier() == Tier.UNKNOWN) {
                // It is about to be looked up; until then, what was true before is.
                return;
            }
            inArchive |= position.tier() == Tier.ARCHIVE;
        }
        progress.setInArchive(inArchive);
    }

    private boolean fetchFromArchive(TieredRecords records) throws IOException {
        for (PartitionPosition position : positions.values()) {
            if (position.tier() == Tier.ARCHIVE
                    && !position.isPaused()
                    && (order == null || !order.holds(position.partition()))) {
                List<ConsumerRecord<byte[], byte[]>> block = position.readArchive();
                archiveRecords.inc(block.size());
                records.add(block);
                positions.remove(position.partition());
                positions.put(position.partition(), position);
                return true;
            }
        }
        return false;
    }

    private void fetchFromKafka(TieredRecords records, Duration timeout) throws IOException {
        Set<TopicPartition> assignment = consumer.assignment();
        if (assignment.isEmpty()) {
            pause(timeout);
            return;
        }
        ConsumerRecords<byte[], byte[]> polled = poll(timeout);
        for (TopicPartition partition : polled.partitions()) {
            records.add(
                    PartitionPosition.below(
                            polled.records(partition), positions.get(partition).stoppingOffset()));
            metrics.maybeAddRecordsLagMetric(consumer, partition);
        }
        for (TopicPartition partition : assignment) {
            PartitionPosition position = positions.get(partition);
            if (position.tier() == Tier.KAFKA) {
                position.setOffset(consumer.position(partition));
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration timeout) throws IOException {
        synchronized (wakeUpLock) {
            if (wokenUp) {
                wokenUp = false;
                return ConsumerRecords.empty();
            }
            polling = true;
        }
        try {
            return consumer.poll(timeout);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            leaveKafka(e.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        } finally {
            synchronized (wakeUpLock) {
                polling = false;
                wokenUp = false;
            }
        }
    }

    /** Waits for a wake-up, without a consumer. */
    private void pause(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (wakeUpLock) {
            long left = end - System.nanoTime();
            while (!wokenUp && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(wakeUpLock, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = end - System.nanoTime();
            }
            wokenUp = false;
        }
    }

    @Override
    public void wakeUp() {
        synchronized (wakeUpLock) {
            wokenUp = true;
            if (polling) {
                consumer.wakeup();
            }
            wakeUpLock.notifyAll();
        }
    }

    private Duration waitTime() {
        long now = System.nanoTime();
        Duration wait = MAX_WAIT;
        for (PartitionPosition position : positions.values()) {
            if (position.isFinished() || position.isDue(now)) {
                return Duration.ZERO;
            }
            if (position.tier() == Tier.WAITING) {
                Duration left = Duration.ofNanos(position.nextLookUpNanos() - now);
                wait = left.compareTo(wait) < 0 ? left : wait;
            }
        }
        return wait;
    }

    private void lookUpTiers() throws IOException {
        long now = System.nanoTime();
        List<PartitionPosition> due = new ArrayList<>();
        for (PartitionPosition position : positions.values()) {
            if (position.isDue(now) && !position.isFinished()) {
                due.add(position);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        Set<String> topics =
                due.stream()
                        .map(position -> position.partition().topic())
                        .filter(topic -> !topicIds.knows(topic))
                        .collect(Collectors.toSet());
        if (!topics.isEmpty()) {
            try (Admin admin = Admin.create(properties)) {
                topicIds.refresh(admin, topics);
            }
        }
        due.forEach(this::checkTopicId);
        List<PartitionPosition> notArchived = new ArrayList<>();
        for (PartitionPosition position : due) {
            PartitionCatalogue listing = list(position.partition());
            resolveMarker(position, listing);
            if (!position.isFinished() && position.enterArchive(listing)) {
                LOG.info("Reading {} from the archive", position);
            } else if (!position.isFinished() && settings.tier() == SourceTier.ARCHIVE) {
                awaitArchive(position, listing);
            } else if (!position.isFinished()) {
                notArchived.add(position);
            }
        }
        enterKafka(notArchived);
    }

    /** A position in a topic that was deleted means nothing in one of the same name. */
    private void checkTopicId(PartitionPosition position) {
        Uuid current = topicIds.get(position.partition().topic());
        if (position.topicId() != null && !position.topicId().equals(current)) {
            throw TopicIds.createdAnew(position.partition().topic(), position.topicId(), current);
        }
        progress.setTopicId(KafkaPartitionSplit.toSplitId(position.partition()), current);
    }

    /** Without Kafka, what the archive does not have yet is waited for. */
    private void awaitArchive(PartitionPosition position, PartitionCatalogue listing)
            throws IOException {
        if (listing.nextCovered(position.offset()).isPresent()) {
            handleGap(position, Long.MAX_VALUE);
            return;
        }
        long now = System.nanoTime();
        // Waiting at the end is not waiting in a gap, and has no timeout.
        position.setTier(Tier.UNKNOWN);
        position.waitUntil(now, now + LOOK_UP_INTERVAL.toNanos());
    }

    private PartitionCatalogue list(TopicPartition partition) throws IOException {
        return catalogue.partition(partition, topicIds.get(partition.topic()));
    }

    /** State of KafkaSource may leave it to the reader where to start; ours does not. */
    private void resolveMarker(PartitionPosition position, PartitionCatalogue listing) {
        TopicPartition partition = position.partition();
        if (position.offset() == KafkaPartitionSplit.EARLIEST_OFFSET) {
            if (settings.tier() == SourceTier.ARCHIVE) {
                position.setOffset(listing.startOffset().orElse(0));
            } else {
                long begin = consumer.beginningOffsets(Set.of(partition)).get(partition);
                position.setOffset(Math.min(begin, listing.startOffset().orElse(begin)));
            }
        } else if (position.offset() == KafkaPartitionSplit.COMMITTED_OFFSET) {
            position.setOffset(committed(partition, "start"));
        } else if (position.offset() < 0 && settings.tier() == SourceTier.ARCHIVE) {
            position.setOffset(listing.endOffset().orElse(0));
        } else if (position.offset() < 0) {
            position.setOffset(consumer.endOffsets(Set.of(partition)).get(partition));
        }
    }

    private void enterKafka(List<PartitionPosition> candidates) throws IOException {
        if (candidates.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> beginnings =
                consumer.beginningOffsets(
                        candidates.stream()
                                .map(PartitionPosition::partition)
                                .collect(Collectors.toSet()));
        List<PartitionPosition> entering = new ArrayList<>();
        for (PartitionPosition position : candidates) {
            long beginning = beginnings.get(position.partition());
            if (beginning <= position.offset()) {
                entering.add(position);
            } else {
                handleGap(position, beginning);
            }
        }
        if (entering.isEmpty()) {
            return;
        }
        consumer.assignMore(
                entering.stream().map(PartitionPosition::partition).collect(Collectors.toList()));
        for (PartitionPosition position : entering) {
            consumer.seek(position.partition(), position.offset());
            if (position.isPaused()) {
                consumer.pause(Set.of(position.partition()));
            }
            position.setTier(Tier.KAFKA);
            tierSwitches.inc();
            LOG.info("Reading {} from Kafka", position);
        }
    }

    /** Kafka's retention has overtaken these partitions. */
    private void leaveKafka(Map<TopicPartition, Long> outOfRange) throws IOException {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(outOfRange.keySet());
        for (Map.Entry<TopicPartition, Long> entry : outOfRange.entrySet()) {
            TopicPartition partition = entry.getKey();
            long offset = entry.getValue();
            if (offset >= beginnings.get(partition)) {
                throw new IOException(
                        String.format(
                                "Offset %d of %s lies behind the last one that Kafka has: records"
                                        + " were lost in Kafka, or the topic was deleted and created"
                                        + " again. Start the job without its state, or from other"
                                        + " offsets.",
                                offset, partition));
            }
            PartitionPosition position = positions.get(partition);
            position.setOffset(offset);
            position.setTier(Tier.UNKNOWN);
            tierSwitches.inc();
            LOG.info("Kafka has deleted what {} reads next", position);
        }
        unassign(outOfRange.keySet());
    }

    /** Neither the archive, which has just been listed, nor Kafka has the offset. */
    private void handleGap(PartitionPosition position, long kafkaBeginning) throws IOException {
        // A segment may have been committed, and Kafka's copy deleted, between the two look-ups.
        PartitionCatalogue listing = list(position.partition());
        if (position.enterArchive(listing)) {
            return;
        }
        long next =
                Math.min(
                        kafkaBeginning,
                        listing.nextCovered(position.offset()).orElse(kafkaBeginning));
        String gap = String.format(missing(), position.offset(), next - 1, position.partition());
        switch (settings.gapPolicy()) {
            case SKIP:
                LOG.warn("{}. They are skipped.", gap);
                skippedOffsets.inc(Math.min(next, position.stoppingOffset()) - position.offset());
                position.setOffset(next);
                position.setTier(Tier.UNKNOWN);
                return;
            case WAIT:
                long now = System.nanoTime();
                if (position.waitedNanos(now) < settings.gapWaitTimeout().toNanos()) {
                    LOG.info("{}. Waiting for the archive.", gap);
                    position.waitUntil(now, now + LOOK_UP_INTERVAL.toNanos());
                    return;
                }
                throw new IOException(
                        gap
                                + ", and waiting for "
                                + settings.gapWaitTimeout()
                                + " has not changed that. Run the archiver, or set GapPolicy.SKIP"
                                + " to lose these records.");
            default:
                throw new IOException(
                        gap
                                + ". Archive them, set GapPolicy.WAIT if the archiver is late, or"
                                + " GapPolicy.SKIP to lose these records.");
        }
    }

    /** Returns the start of a message, a format of two offsets and a partition. */
    private String missing() {
        switch (settings.tier()) {
            case KAFKA:
                return "Kafka does not have offsets %d to %d of %s, and the source reads Kafka only";
            case ARCHIVE:
                return "The archive "
                        + catalogue.root()
                        + " does not have offsets %d to %d of %s, and the source reads the archive"
                        + " only";
            default:
                return "Neither the archive "
                        + catalogue.root()
                        + " nor Kafka has offsets %d to %d of %s";
        }
    }

    private void finish(TieredRecords records) throws IOException {
        List<TopicPartition> finished = new ArrayList<>();
        for (PartitionPosition position : positions.values()) {
            // A marker is below any stopping offset.
            if (position.isFinished()) {
                finished.add(position.partition());
            }
        }
        if (finished.isEmpty()) {
            return;
        }
        unassign(finished);
        for (TopicPartition partition : finished) {
            positions.remove(partition).closeSegment();
            if (order == null) {
                records.addFinished(partition);
            } else {
                order.finish(partition);
            }
        }
    }

    private void unassign(Collection<TopicPartition> partitions) {
        if (consumer.unassign(partitions)) {
            partitions.forEach(metrics::removeRecordsLagMetric);
        }
    }

    @Override
    public void pauseOrResumeSplits(
            Collection<KafkaPartitionSplit> splitsToPause,
            Collection<KafkaPartitionSplit> splitsToResume) {
        setPaused(splitsToResume, false);
        setPaused(splitsToPause, true);
    }

    private void setPaused(Collection<KafkaPartitionSplit> splits, boolean paused) {
        Set<TopicPartition> assigned = new HashSet<>();
        for (KafkaPartitionSplit split : splits) {
            PartitionPosition position = positions.get(split.getTopicPartition());
            if (position != null) {
                position.setPaused(paused);
                if (position.tier() == Tier.KAFKA) {
                    assigned.add(position.partition());
                }
            }
        }
        if (paused) {
            consumer.pause(assigned);
        } else {
            consumer.resume(assigned);
        }
    }

    /** Commits offsets to Kafka, for others to see; the job itself starts from its checkpoints. */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        consumer.commitAsync(offsets, callback);
    }

    @Override
    public void close() throws IOException {
        try {
            for (PartitionPosition position : positions.values()) {
                position.closeSegment();
            }
        } finally {
            consumer.close();
        }
    }
}
