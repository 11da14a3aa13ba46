// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;

/**
 * The segments of one partition as one listing showed them, and what they cover together.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class PartitionCatalogue {

    /** By start; of those with the same start, the longest first. */
    private static final Comparator<SegmentFile> ORDER =
            Comparator.<SegmentFile>comparingLong(segment -> segment.coverage().start())
                    .thenComparing(
                            Comparator.<SegmentFile>comparingLong(
                                            segment -> segment.coverage().end())
                                    .reversed())
                    .thenComparing(segment -> segment.path().getName());

    private final List<SegmentFile> segments;

    /** For each segment, the largest end among it and those before. */
    private final long[] runningEnds;

    PartitionCatalogue(Collection<SegmentFile> segments) {
        List<SegmentFile> sorted = new ArrayList<>(segments);
        sorted.sort(ORDER);
        this.segments = List.copyOf(sorted);
        this.runningEnds = new long[sorted.size()];
        long end = 0;
        for (int i = 0; i < runningEnds.length; i++) {
            end = Math.max(end, sorted.get(i).coverage().end());
            runningEnds[i] = end;
        }
    }

    /** Returns the segments in the order of their starts. */
    public List<SegmentFile> segments() {
        return segments;
    }

    /** Returns the covered ranges, merged: in order, with a gap between any two. */
    public List<OffsetRange> coverage() {
        List<OffsetRange> merged = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= segments.size(); i++) {
            if (i == segments.size() || segments.get(i).coverage().start() > runningEnds[i - 1]) {
                merged.add(
                        new OffsetRange(
                                segments.get(first).coverage().start(), runningEnds[i - 1]));
                first = i;
            }
        }
        return merged;
    }

    /** Returns the ranges between the first and the last covered offset that no segment covers. */
    public List<OffsetRange> gaps() {
        List<OffsetRange> gaps = new ArrayList<>();
        List<OffsetRange> covered = coverage();
        for (int i = 1; i < covered.size(); i++) {
            long gapStart = covered.get(i - 1).end();
            long gapEnd = covered.get(i).start();
            gaps.add(new OffsetRange(gapStart, gapEnd));
        }
        return gaps;
    }

    /** Returns the ranges that more than one segment covers, merged and in order. */
    public List<OffsetRange> overlaps() {
        List<OffsetRange> overlaps = new ArrayList<>();
        for (int i = 1; i < segments.size(); i++) {
            OffsetRange range = segments.get(i).coverage();
            long end = Math.min(range.end(), runningEnds[i - 1]);
            if (range.start() < end) {
                add(overlaps, new OffsetRange(range.start(), end));
            }
        }
        return overlaps;
    }

    private static void add(List<OffsetRange> ranges, OffsetRange next) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).end() >= next.start()) {
            OffsetRange before = ranges.remove(last);
            ranges.add(new OffsetRange(before.start(), Math.max(before.end(), next.end())));
        } else {
            ranges.add(next);
        }
    }

    /** Returns the first covered offset; empty without segments. */
    public OptionalLong startOffset() {
        return segments.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(segments.get(0).coverage().start());
    }

    /** Returns the offset after the last covered one; empty without segments. */
    public OptionalLong endOffset() {
        return segments.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(runningEnds[runningEnds.length - 1]);
    }

    /** Returns the segment that covers an offset and reaches farthest; empty if none covers it. */
    public Optional<SegmentFile> segmentFor(long offset) {
        SegmentFile found = null;
        // From the last segment that starts at or before the offset backwards, as long as one
        // before can still reach it.
        for (int i = firstStartingAfter(offset) - 1; i >= 0 && runningEnds[i] > offset; i--) {
            SegmentFile segment = segments.get(i);
            if (segment.coverage().contains(offset)
                    && (found == null || segment.coverage().end() > found.coverage().end())) {
                found = segment;
            }
        }
        return Optional.ofNullable(found);
    }

    /** Returns the first covered offset at or above the given one; empty if there is none. */
    public OptionalLong nextCovered(long offset) {
        int next = firstStartingAfter(offset);
        if (next > 0 && runningEnds[next - 1] > offset) {
            return OptionalLong.of(offset);
        }
        return next == segments.size()
                ? OptionalLong.empty()
                : OptionalLong.of(segments.get(next).coverage().start());
    }

    private int firstStartingAfter(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).coverage().start() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Finds the earliest record with a timestamp at or above the given one, as {@code
     * Consumer.offsetsForTimes} does in Kafka. Opens one segment and reads one block of it, or
     * none.
     *
     * @param timestamp in milliseconds
     * @return empty if all records are older
     * @throws IOException if the segment cannot be read
     */
    public Optional<OffsetAndTimestamp> findTimestamp(long timestamp) throws IOException {
        for (SegmentFile segment : segments) {
            if (segment.name().maxTimestamp() >= timestamp
                    && segment.name().maxTimestamp() != SegmentFormat.NO_TIMESTAMP) {
                try (SegmentReader reader = SegmentReader.open(segment)) {
                    return reader.findTimestamp(timestamp);
                }
            }
        }
        return Optional.empty();
    }
}
