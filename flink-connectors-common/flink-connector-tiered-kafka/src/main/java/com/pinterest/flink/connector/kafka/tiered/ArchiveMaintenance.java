// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Writes segments outside of a job, for the archive tool: from other segments, or from Kafka. Each
 * segment appears whole; one that a failure leaves behind is invisible.
 *
 * <p>Not safe for use by several threads.
 */
@Internal
public final class ArchiveMaintenance {

    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private final ArchiverSettings settings;
    private final java.nio.file.Path spoolDirectory;

    /**
     * @param rollBytes the size, in bytes, from which on a segment from Kafka is closed
     * @param spoolDirectory a local directory with room for one segment
     */
    public ArchiveMaintenance(
            Path archive, Codec codec, long rollBytes, java.nio.file.Path spoolDirectory) {
        this.settings = new ArchiverSettings(archive, codec, rollBytes, Duration.ZERO, false, null);
        this.spoolDirectory = requireNonNull(spoolDirectory, "spoolDirectory");
    }

    /**
     * Writes one segment with what a listing covers of a range.
     *
     * @param listing covers the whole range
     * @return the path of the segment
     * @throws IOException if a segment is damaged or a file system fails
     */
    public Path copyFromArchive(
            TopicPartition partition,
            Uuid topicId,
            PartitionCatalogue listing,
            OffsetRange range,
            String writerId)
            throws IOException {
        OpenSegment segment = open(partition, topicId, range.start(), writerId);
        try {
            long next = range.start();
            while (next < range.end()) {
                next = copy(segmentFor(listing, partition, next), next, range.end(), segment);
            }
            return commit(segment.close(range.end()));
        } finally {
            segment.discard();
        }
    }

    private static SegmentFile segmentFor(
            PartitionCatalogue listing, TopicPartition partition, long offset) {
        return listing.segmentFor(offset)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "No segment covers offset " + offset + " of " + partition));
    }

    /** Copies the records of one segment from an offset on, and returns where to go on. */
    private static long copy(SegmentFile file, long start, long end, OpenSegment target)
            throws IOException {
        long stop = Math.min(end, file.coverage().end());
        try (SegmentReader reader = SegmentReader.open(file)) {
            reader.seek(start);
            List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
            while (block != null && reader.position() <= stop) {
                addAll(block, target);
                block = reader.readBlock();
            }
            if (block != null) {
                addAll(PartitionPosition.below(block, stop), target);
            }
        }
        return stop;
    }

    private static void addAll(List<ConsumerRecord<byte[], byte[]>> records, OpenSegment target)
            throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            target.add(record);
        }
    }

    /**
     * Writes segments with what Kafka has of a range.
     *
     * @param client properties of a client; committed transactions are read unless {@code
     *     isolation.level} says otherwise
     * @param range Kafka has to have all of it
     * @param progress is told how many offsets have been read
     * @return the paths of the segments
     * @throws IOException if the brokers or a file system fail
     */
    public List<Path> copyFromKafka(
            Properties client,
            TopicPartition partition,
            Uuid topicId,
            OffsetRange range,
            String writerId,
            LongConsumer progress)
            throws IOException {
        List<Path> written = new ArrayList<>();
        Properties properties = new Properties();
        properties.putAll(client);
        properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        String bytes = ByteArrayDeserializer.class.getName();
        properties.setProperty(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes);
        properties.setProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes);
        OpenSegment segment = open(partition, topicId, range.start(), writerId);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(Set.of(partition));
            consumer.seek(partition, range.start());
            while (consumer.position(partition) < range.end()) {
                List<ConsumerRecord<byte[], byte[]>> records =
                        consumer.poll(POLL_TIMEOUT).records(partition);
                for (ConsumerRecord<byte[], byte[]> record :
                        PartitionPosition.below(records, range.end())) {
                    segment.add(record);
                    if (segment.length() >= settings.rollBytes()
                            && record.offset() + 1 < range.end()) {
                        written.add(commit(segment.close(record.offset() + 1)));
                        segment = open(partition, topicId, record.offset() + 1, writerId);
                    }
                }
                progress.accept(
                        Math.min(consumer.position(partition), range.end()) - range.start());
            }
            written.add(commit(segment.close(range.end())));
        } finally {
            segment.discard();
        }
        return written;
    }

    private OpenSegment open(
            TopicPartition partition, Uuid topicId, long startOffset, String writerId) {
        return new OpenSegment(partition, topicId, settings, writerId, spoolDirectory, startOffset);
    }

    private static Path commit(ClosedSegment segment) throws IOException {
        segment.commit();
        return segment.path();
    }
}
