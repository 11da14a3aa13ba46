// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Writes the partitions that one subtask owns to an archive, and numbers their records. Segments
 * end with each checkpoint, as nothing could be read again after a failure.
 *
 * <p>A partition goes on where its segments end. With a new job, and if every subtask has the
 * partitions that it had before, that is known from the archive and the state. In a job that is
 * restored with another parallelism, segments that the checkpoint had pending may still have to be
 * committed by other subtasks. They are by the time of the first checkpoint, as it needs all
 * subtasks to run. Until then, records are numbered from 0 in segments in a local directory, and
 * copied with their final offsets at that checkpoint.
 */
final class ArchiveTierWriter implements TierWriter<Tuple3<String, Integer, byte[]>> {

    private final ArchiverSettings settings;
    private final String writerId;
    private final int parallelism;
    private final ArchiveCatalogue catalogue;
    private final ArchiveTopics topics;
    private final java.nio.file.Path directory;
    private final Counter recordsOut;
    private final Counter bytesOut;
    private final Map<TopicPartition, Long> nextOffsets = new HashMap<>();
    private final Set<TopicPartition> started = new HashSet<>();
    private final Map<TopicPartition, OpenSegment> segments = new HashMap<>();
    private final List<ClosedSegment> closed = new ArrayList<>();

    /** For records without a final offset; {@code null} once these are known. */
    @Nullable private ArchiverSettings local;

    /**
     * @param kafka the properties of a client, to find out which topics live there
     * @param restored the state of the sink, whatever its tier was
     */
    ArchiveTierWriter(
            ArchiverSettings settings,
            Properties kafka,
            WriterInitContext context,
            Collection<TierItem> restored)
            throws IOException {
        this.settings = settings;
        this.writerId =
                settings.writerId() != null
                        ? settings.writerId()
                        : context.getJobInfo().getJobId().toString();
        this.parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
        this.catalogue = new ArchiveCatalogue(settings.archive());
        this.topics = new ArchiveTopics(catalogue, kafka);
        this.recordsOut = context.metricGroup().getIOMetricGroup().getNumRecordsOutCounter();
        this.bytesOut = context.metricGroup().getIOMetricGroup().getNumBytesOutCounter();
        this.directory = Files.createTempDirectory("tiered-kafka-sink-");
        boolean known = !context.getRestoredCheckpointId().isPresent();
        for (TierItem item : restored) {
            if (item.tier() == SinkTier.ARCHIVE) {
                ArchiveWriterState state = (ArchiveWriterState) item.value();
                known |= state.parallelism() == parallelism;
                nextOffsets.putAll(state.nextOffsets());
            } else {
                // The sink did not write an archive, so nothing of it can be pending.
                known = true;
            }
        }
        if (!known) {
            nextOffsets.clear();
            local = localArchive();
        }
    }

    private ArchiverSettings localArchive() {
        return new ArchiverSettings(
                new Path(directory.resolve("archive").toUri()),
                settings.codec(),
                settings.rollBytes(),
                settings.rollInterval(),
                false,
                writerId);
    }

    @Override
    public void write(Tuple3<String, Integer, byte[]> record, Context context) throws IOException {
        TopicPartition partition = ArchiveRecord.partition(record);
        Uuid topicId = topics.require(partition.topic());
        if (started.add(partition)) {
            nextOffsets.put(partition, firstOffset(partition, topicId));
        }
        add(partition, topicId, ArchiveRecord.at(nextOffsets.get(partition), record));
        recordsOut.inc();
        bytesOut.inc(record.f2.length);
    }

    /** Adds a record with its offset to the open segment. */
    private void add(TopicPartition partition, Uuid topicId, ConsumerRecord<byte[], byte[]> record)
            throws IOException {
        OpenSegment segment = segments.get(partition);
        if (segment == null) {
            segment =
                    new OpenSegment(
                            partition,
                            topicId,
                            local == null ? settings : local,
                            writerId,
                            directory,
                            record.offset());
            segments.put(partition, segment);
        }
        segment.add(record);
        nextOffsets.put(partition, record.offset() + 1);
        if (segment.length() >= settings.rollBytes()) {
            segments.remove(partition);
            close(partition, segment);
        }
    }

    /** Returns where a partition goes on of which nothing has been written by this attempt. */
    private long firstOffset(TopicPartition partition, Uuid topicId) throws IOException {
        return local != null
                ? 0
                : Math.max(
                        nextOffsets.getOrDefault(partition, 0L),
                        catalogue.partition(partition, topicId).endOffset().orElse(0));
    }

    private void close(TopicPartition partition, OpenSegment segment) throws IOException {
        ClosedSegment complete = segment.close(nextOffsets.get(partition));
        if (local == null) {
            closed.add(complete);
        } else {
            complete.commit();
        }
    }

    private void closeAll() throws IOException {
        for (Map.Entry<TopicPartition, OpenSegment> each : segments.entrySet()) {
            close(each.getKey(), each.getValue());
        }
        segments.clear();
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
        closeAll();
        if (local != null) {
            if (endOfInput && !nextOffsets.isEmpty()) {
                throw new IOException(
                        "The input has ended before the first checkpoint of a job that was restored"
                                + " with another parallelism. Only then is it sure where the"
                                + " partitions of the archive end. Restart the job with the"
                                + " parallelism that it had, or with more frequent checkpoints.");
            }
            renumber();
        }
    }

    /** Copies the records from the local directory, with their final offsets. */
    private void renumber() throws IOException {
        ArchiveCatalogue unnumbered = new ArchiveCatalogue(local.archive());
        List<TopicPartition> partitions = new ArrayList<>(nextOffsets.keySet());
        nextOffsets.clear();
        local = null;
        for (TopicPartition partition : partitions) {
            Uuid topicId = topics.require(partition.topic());
            long offset = firstOffset(partition, topicId);
            for (SegmentFile file : unnumbered.partition(partition, topicId).segments()) {
                try (SegmentReader reader = SegmentReader.open(file)) {
                    for (List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
                            block != null;
                            block = reader.readBlock()) {
                        for (ConsumerRecord<byte[], byte[]> record : block) {
                            add(partition, topicId, at(offset++, record));
                        }
                    }
                }
            }
        }
        closeAll();
    }

    private static ConsumerRecord<byte[], byte[]> at(
            long offset, ConsumerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                offset,
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                record.headers(),
                record.leaderEpoch());
    }

    @Override
    public Collection<TierItem> prepareCommit() {
        List<TierItem> committables = TierItem.of(SinkTier.ARCHIVE, closed);
        closed.clear();
        return committables;
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) {
        return List.of(
                new TierItem(SinkTier.ARCHIVE, new ArchiveWriterState(parallelism, nextOffsets)));
    }

    @Override
    public void close() throws IOException {
        try {
            for (OpenSegment segment : segments.values()) {
                segment.discard();
            }
        } finally {
            FileUtils.deleteDirectory(directory.toFile());
        }
    }
}
