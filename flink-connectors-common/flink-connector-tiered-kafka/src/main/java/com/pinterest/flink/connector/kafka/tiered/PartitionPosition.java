// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How far a partition has been read, and from which tier it goes on.
 *
 * <p>Not safe for use by several threads.
 */
final class PartitionPosition {

    /** Where the next record comes from. */
    enum Tier {
        /** Not known yet: it has to be looked up. */
        UNKNOWN,
        /** The archive has the offset. */
        ARCHIVE,
        /** Kafka has it, or will be the first to have it. */
        KAFKA,
        /** Neither has it, and the gap policy is to wait. */
        WAITING
    }

    /** How often in a row a listed segment may be gone before that is an error. */
    private static final int MAX_LOST_SEGMENTS = 3;

    private final TopicPartition partition;
    @Nullable private final Uuid topicId;
    private final long stoppingOffset;
    private long offset;
    private Tier tier = Tier.UNKNOWN;
    private boolean paused;
    @Nullable private PartitionCatalogue listing;
    @Nullable private SegmentReader segment;
    private long waitingSinceNanos;
    private long nextLookUpNanos;
    private int lostSegments;

    /**
     * @param topicId the id of the topic that the offset belongs to; {@code null} if that is not
     *     known, because the offset comes from the state of {@code KafkaSource}
     */
    PartitionPosition(
            TopicPartition partition, @Nullable Uuid topicId, long offset, long stoppingOffset) {
        this.partition = partition;
        this.topicId = topicId;
        this.offset = offset;
        this.stoppingOffset = stoppingOffset;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Returns the id of the topic that the offset belongs to, {@code null} if it is not known. */
    @Nullable
    Uuid topicId() {
        return topicId;
    }

    /** Returns the offset that is read next; all below it have been read. */
    long offset() {
        return offset;
    }

    void setOffset(long next) {
        offset = next;
    }

    /** Returns the offset at which reading ends, {@code Long.MAX_VALUE} without an end. */
    long stoppingOffset() {
        return stoppingOffset;
    }

    boolean isFinished() {
        return offset >= stoppingOffset;
    }

    Tier tier() {
        return tier;
    }

    void setTier(Tier next) {
        tier = next;
    }

    boolean isPaused() {
        return paused;
    }

    void setPaused(boolean paused) {
        this.paused = paused;
    }

    /**
     * Remembers the listing of the archive, and opens the segment of the offset if there is one. If
     * that was deleted in the meantime, the tier is unknown again.
     *
     * @return whether the listing has a segment with the offset
     */
    boolean enterArchive(PartitionCatalogue newListing) throws IOException {
        listing = newListing;
        return openSegment();
    }

    private boolean openSegment() throws IOException {
        Optional<SegmentFile> file = listing.segmentFor(offset);
        if (file.isEmpty()) {
            return false;
        }
        try {
            segment = SegmentReader.open(file.get());
        } catch (FileNotFoundException e) {
            handleLostSegment(e);
            return true;
        }
        segment.seek(offset);
        tier = Tier.ARCHIVE;
        return true;
    }

    /** A segment may be deleted after it was listed: another one, merged, has its offsets then. */
    private void handleLostSegment(FileNotFoundException failure) throws IOException {
        lostSegments++;
        if (lostSegments > MAX_LOST_SEGMENTS) {
            throw new IOException(
                    "A segment of "
                            + partition
                            + " is listed at offset "
                            + offset
                            + " and cannot be found",
                    failure);
        }
        closeSegment();
        listing = null;
        tier = Tier.UNKNOWN;
    }

    /**
     * Reads the next block of the archive. If the listing has no segment for what comes after it,
     * the tier becomes unknown.
     *
     * @return the records below the stopping offset, possibly none
     */
    List<ConsumerRecord<byte[], byte[]>> readArchive() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records;
        try {
            records = segment.readBlock();
        } catch (FileNotFoundException e) {
            handleLostSegment(e);
            return List.of();
        }
        lostSegments = 0;
        offset = segment.position();
        if (records == null || offset >= segment.coverage().end()) {
            closeSegment();
            if (!isFinished() && !openSegment()) {
                listing = null;
                tier = Tier.UNKNOWN;
            }
        }
        return records == null ? List.of() : below(records, stoppingOffset);
    }

    /** Returns the records, which are in order, without those at an offset or above. */
    static List<ConsumerRecord<byte[], byte[]>> below(
            List<ConsumerRecord<byte[], byte[]>> records, long end) {
        int size = records.size();
        while (size > 0 && records.get(size - 1).offset() >= end) {
            size--;
        }
        return records.subList(0, size);
    }

    void closeSegment() throws IOException {
        if (segment != null) {
            segment.close();
            segment = null;
        }
    }

    /** Starts to wait, or goes on waiting, until the next look-up. */
    void waitUntil(long nowNanos, long nextNanos) {
        if (tier != Tier.WAITING) {
            tier = Tier.WAITING;
            waitingSinceNanos = nowNanos;
        }
        nextLookUpNanos = nextNanos;
    }

    /** Returns for how long the partition has been waiting, 0 if it does not. */
    long waitedNanos(long nowNanos) {
        return tier == Tier.WAITING ? nowNanos - waitingSinceNanos : 0;
    }

    long nextLookUpNanos() {
        return nextLookUpNanos;
    }

    boolean isDue(long nowNanos) {
        return tier == Tier.UNKNOWN || (tier == Tier.WAITING && nowNanos - nextLookUpNanos >= 0);
    }

    @Override
    public String toString() {
        return partition + "@" + offset + " (" + tier + ")";
    }
}
