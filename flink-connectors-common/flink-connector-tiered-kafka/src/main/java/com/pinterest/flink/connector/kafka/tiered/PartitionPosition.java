// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

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

    private final TopicPartition partition;
    private final long stoppingOffset;
    private long offset;
    private Tier tier = Tier.UNKNOWN;
    private boolean paused;
    @Nullable private PartitionCatalogue listing;
    @Nullable private SegmentReader segment;
    private long waitingSinceNanos;
    private long nextLookUpNanos;

    PartitionPosition(TopicPartition partition, long offset, long stoppingOffset) {
        this.partition = partition;
        this.offset = offset;
        this.stoppingOffset = stoppingOffset;
    }

    TopicPartition partition() {
        return partition;
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
     * Remembers the listing of the archive, and opens the segment of the offset if there is one.
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
        segment = SegmentReader.open(file.get());
        segment.seek(offset);
        tier = Tier.ARCHIVE;
        return true;
    }

    /**
     * Reads the next block of the archive. If the listing has no segment for what comes after it,
     * the tier becomes unknown.
     *
     * @return the records below the stopping offset, possibly none
     */
    List<ConsumerRecord<byte[], byte[]>> readArchive() throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = segment.readBlock();
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
