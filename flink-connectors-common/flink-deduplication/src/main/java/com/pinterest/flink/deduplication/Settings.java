// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.io.Serializable;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.util.OutputTag;

/** What the operator needs to know of a {@link Deduplication}. Immutable. */
final class Settings<T> implements Serializable {

    private static final long serialVersionUID = 1;

    /** In milliseconds. */
    final long window;

    final boolean eventTime;
    final boolean refresh;
    final int pages;
    final boolean wide;

    final int fingerprintBits;

    /** In bytes for each subtask; 0 for a part of the heap. */
    final long memoryLimit;

    final LateRecords lateRecords;
    final OutputTag<T> lateTag;
    final @Nullable OutputTag<T> duplicateTag;

    Settings(Deduplication<T, ?> deduplication, OutputTag<T> lateTag) {
        window = deduplication.window.toMillis();
        eventTime = deduplication.eventTime;
        refresh = deduplication.refresh;
        pages = deduplication.pages;
        wide = deduplication.wide;
        fingerprintBits = deduplication.fingerprintBits;
        memoryLimit = deduplication.memoryLimit.getBytes();
        lateRecords = deduplication.lateRecords;
        this.lateTag = lateTag;
        duplicateTag = deduplication.duplicateTag;
    }

    /** The probability that a new key is taken for a live one. */
    double falseDropProbability(double liveKeys, int slicesBits) {
        int known = Math.min(fingerprintBits, Long.SIZE - slicesBits);
        return liveKeys / pages / Math.pow(2, wide ? known + Long.SIZE : known);
    }

    /**
     * The event time of a record, from its timestamp.
     *
     * @throws IllegalStateException if it is {@link Long#MIN_VALUE}: the record has none
     */
    static long requireTimestamp(long timestamp) {
        if (timestamp == Long.MIN_VALUE) {
            throw new IllegalStateException(
                    "A record has no timestamp, and the deduplication is in event time. Assign"
                            + " timestamps with a WatermarkStrategy, or use inProcessingTime().");
        }
        return timestamp;
    }

    /** The bits of a fingerprint that count. */
    long fingerprintMask() {
        return -1L << (Long.SIZE - fingerprintBits);
    }

    @Override
    public String toString() {
        return String.format(
                "within %s of %s time, first by arrival%s, %d-bit fingerprints in %d pages",
                Duration.ofMillis(window),
                eventTime ? "event" : "processing",
                refresh ? ", duplicates extend the window" : "",
                wide ? 128 : 64,
                pages);
    }
}
