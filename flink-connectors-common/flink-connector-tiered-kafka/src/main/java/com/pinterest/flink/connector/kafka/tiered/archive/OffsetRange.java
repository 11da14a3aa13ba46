// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

/**
 * The offsets of a partition from a first one, inclusive, to an end, exclusive; never empty.
 *
 * <p>Immutable.
 */
public final class OffsetRange {

    private final long start;
    private final long end;

    /**
     * @throws IllegalArgumentException if the range is empty or begins below 0
     */
    public OffsetRange(long start, long end) {
        if (start < 0 || start >= end) {
            throw new IllegalArgumentException("No range of offsets: [" + start + ", " + end + ")");
        }
        this.start = start;
        this.end = end;
    }

    /** Returns the first offset. */
    public long start() {
        return start;
    }

    /** Returns the offset after the last one. */
    public long end() {
        return end;
    }

    public boolean contains(long offset) {
        return start <= offset && offset < end;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetRange
                && start == ((OffsetRange) other).start
                && end == ((OffsetRange) other).end;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(start) + Long.hashCode(end);
    }

    /** Returns the range as {@code [start, end)}. */
    @Override
    public String toString() {
        return "[" + start + ", " + end + ")";
    }
}
