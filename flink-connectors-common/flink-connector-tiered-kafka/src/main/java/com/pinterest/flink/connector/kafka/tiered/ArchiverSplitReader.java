// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions from Kafka and makes segments of them: what it fetches is whole segments, so
 * that Flink's cost per record is paid per segment.
 *
 * <p>A segment is closed when it is large enough, when it is old enough, or at the end of the
 * split. Its coverage begins and ends at positions of the consumer, and so includes offsets that
 * the consumer passes over.
 *
 * <p>All methods run in the fetcher's thread, except {@link #wakeUp()}.
 */
final class ArchiverSplitReader implements SplitReader<ClosedSegment, KafkaPartitionSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiverSplitReader.class);

    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final Duration MIN_WAIT = Duration.ofMillis(10);

    private final SplitConsumer consumer;
    private final Properties properties;
    private final ArchiverSettings settings;
    private final String writerId;
    private final Path spoolDirectory;
    private final TopicIds topicIds;
    private final Map<TopicPartition, OpenSegment> segments = new HashMap<>();
    private final Map<TopicPartition, Long> stoppingOffsets = new HashMap<>();

    ArchiverSplitReader(
            Properties properties, ArchiverSettings settings, SourceReaderContext context) {
        this.properties = SplitConsumer.properties(properties, context);
        this.settings = settings;
        this.writerId =
                settings.writerId() != null
                        ? settings.writerId()
                        : context.metricGroup()
                                .getAllVariables()
                                .getOrDefault("<job_id>", "archiver");
        this.spoolDirectory =
                Path.of(ConfigurationUtils.parseTempDirectories(context.getConfiguration())[0]);
        this.topicIds = TopicIds.ofNewArchive();
        this.consumer = new SplitConsumer(this.properties);
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException(
                    "Splits can only be added, not " + change.getClass().getSimpleName());
        }
        Set<String> topics = new HashSet<>();
        Set<TopicPartition> added = new HashSet<>();
        for (KafkaPartitionSplit split : change.splits()) {
            topics.add(split.getTopic());
            added.add(split.getTopicPartition());
        }
        try (Admin admin = Admin.create(properties)) {
            topicIds.refresh(admin, topics);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        change.splits().forEach(this::checkTopicId);
        consumer.assignMore(added);
        for (KafkaPartitionSplit split : change.splits()) {
            TopicPartition partition = split.getTopicPartition();
            consumer.seek(partition, split.getStartingOffset());
            segments.put(partition, open(partition, split.getStartingOffset()));
            split.getStoppingOffset().ifPresent(stop -> stoppingOffsets.put(partition, stop));
        }
    }

    /** A position in a topic that was deleted means nothing in one of the same name. */
    private void checkTopicId(KafkaPartitionSplit split) {
        Uuid current = topicIds.get(split.getTopic());
        if (split instanceof TieredSplit && !((TieredSplit) split).topicId().equals(current)) {
            throw TopicIds.createdAnew(split.getTopic(), ((TieredSplit) split).topicId(), current);
        }
    }

    private OpenSegment open(TopicPartition partition, long startOffset) {
        return new OpenSegment(
                partition,
                topicIds.get(partition.topic()),
                settings,
                writerId,
                spoolDirectory,
                startOffset);
    }

    @Override
    public RecordsWithSplitIds<ClosedSegment> fetch() throws IOException {
        RecordsBySplits.Builder<ClosedSegment> closed = new RecordsBySplits.Builder<>();
        ConsumerRecords<byte[], byte[]> polled = poll(closed);
        for (TopicPartition partition : polled.partitions()) {
            archive(partition, polled.records(partition), closed);
        }
        long now = System.nanoTime();
        List<TopicPartition> finished = new ArrayList<>();
        for (TopicPartition partition : consumer.assignment()) {
            long stop = stoppingOffset(partition);
            long position = consumer.position(partition);
            OpenSegment segment = segments.get(partition);
            boolean old = segment.ageNanos(now) >= settings.rollInterval().toNanos();
            if (position >= stop) {
                roll(partition, stop, closed);
                closed.addFinishedSplit(KafkaPartitionSplit.toSplitId(partition));
                finished.add(partition);
            } else if (old) {
                roll(partition, position, closed);
            }
        }
        remove(finished);
        return closed.build();
    }

    private void archive(
            TopicPartition partition,
            List<ConsumerRecord<byte[], byte[]>> records,
            RecordsBySplits.Builder<ClosedSegment> closed)
            throws IOException {
        long stop = stoppingOffset(partition);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.offset() >= stop) {
                return;
            }
            OpenSegment segment = segments.get(partition);
            segment.add(record);
            if (segment.length() >= settings.rollBytes()) {
                roll(partition, record.offset() + 1, closed);
            }
        }
    }

    /** Closes the segment of a partition at an offset, and opens the next one there. */
    private void roll(
            TopicPartition partition, long end, RecordsBySplits.Builder<ClosedSegment> closed)
            throws IOException {
        OpenSegment segment = segments.get(partition);
        if (end > segment.startOffset()) {
            ClosedSegment whole = segment.close(end);
            LOG.info("Wrote segment {}", whole);
            closed.add(KafkaPartitionSplit.toSplitId(partition), whole);
        }
        segments.put(partition, open(partition, Math.max(end, segment.startOffset())));
    }

    private ConsumerRecords<byte[], byte[]> poll(RecordsBySplits.Builder<ClosedSegment> closed)
            throws IOException {
        if (consumer.assignment().isEmpty()) {
            return ConsumerRecords.empty();
        }
        try {
            return consumer.poll(waitTime());
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            handleDeleted(e.offsetOutOfRangePartitions(), closed);
            return ConsumerRecords.empty();
        }
    }

    /**
     * Returns until when the next segment is old enough to be closed, 0 if a split is at its end.
     */
    private Duration waitTime() {
        for (Map.Entry<TopicPartition, Long> stop : stoppingOffsets.entrySet()) {
            if (consumer.position(stop.getKey()) >= stop.getValue()) {
                return Duration.ZERO;
            }
        }
        long now = System.nanoTime();
        long wait = MAX_WAIT.toNanos();
        for (OpenSegment segment : segments.values()) {
            wait = Math.min(wait, settings.rollInterval().toNanos() - segment.ageNanos(now));
        }
        return Duration.ofNanos(Math.max(wait, MIN_WAIT.toNanos()));
    }

    private void handleDeleted(
            Map<TopicPartition, Long> outOfRange, RecordsBySplits.Builder<ClosedSegment> closed)
            throws IOException {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(outOfRange.keySet());
        for (Map.Entry<TopicPartition, Long> entry : outOfRange.entrySet()) {
            TopicPartition partition = entry.getKey();
            long offset = entry.getValue();
            long beginning = beginnings.get(partition);
            if (offset >= beginning) {
                throw new IOException(
                        String.format(
                                "Offset %d of %s lies behind the last one that Kafka has: records"
                                        + " were lost in Kafka, or the topic was deleted and created"
                                        + " again. Start the archiver without its state.",
                                offset, partition));
            }
            long archived = archivedUpTo(partition, offset);
            if (archived >= beginning) {
                LOG.info("Another archiver has {} up to offset {}", partition, archived);
                goOn(partition, offset, archived, closed);
                continue;
            }
            String deleted =
                    String.format(
                            "Kafka has deleted offsets %d to %d of %s before they were archived",
                            archived, beginning - 1, partition);
            if (!settings.skipsDeleted()) {
                throw new IOException(
                        deleted
                                + ". To go on with a gap in the archive, set skipDeleted, and"
                                + " GapPolicy.SKIP where the archive is read.");
            }
            LOG.warn("{}. The archive has a gap there.", deleted);
            goOn(partition, offset, beginning, closed);
        }
    }

    /** Ends the segment of a partition at an offset, and goes on at a later one. */
    private void goOn(
            TopicPartition partition,
            long end,
            long next,
            RecordsBySplits.Builder<ClosedSegment> closed)
            throws IOException {
        roll(partition, end, closed);
        segments.get(partition).discard();
        segments.put(partition, open(partition, next));
        consumer.seek(partition, next);
    }

    /** Returns up to where the archive has what follows an offset; the offset if it has nothing. */
    private long archivedUpTo(TopicPartition partition, long offset) throws IOException {
        return new ArchiveCatalogue(settings.archive())
                .partition(partition, topicIds.get(partition.topic())).coverage().stream()
                        .filter(range -> range.contains(offset))
                        .mapToLong(OffsetRange::end)
                        .findFirst()
                        .orElse(offset);
    }

    private long stoppingOffset(TopicPartition partition) {
        return stoppingOffsets.getOrDefault(partition, Long.MAX_VALUE);
    }

    private void remove(Collection<TopicPartition> finished) throws IOException {
        if (finished.isEmpty()) {
            return;
        }
        consumer.unassign(finished);
        for (TopicPartition partition : finished) {
            segments.remove(partition).discard();
            stoppingOffsets.remove(partition);
        }
    }

    @Override
    public void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() throws IOException {
        try {
            for (OpenSegment segment : segments.values()) {
                segment.discard();
            }
        } finally {
            consumer.close();
        }
    }
}
