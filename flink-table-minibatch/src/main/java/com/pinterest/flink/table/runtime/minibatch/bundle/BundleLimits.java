// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static org.apache.flink.util.Preconditions.checkArgument;

import java.io.Serializable;
import java.time.Duration;

/**
 * The limits of a bundle: a number of rows, and as far as they are set a latency and a memory size.
 *
 * <p>Immutable.
 */
public final class BundleLimits implements Serializable {

    private static final long serialVersionUID = 1L;

    final long rows;
    final long latencyMillis;
    final long bytes;
    final double flushShare;
    final boolean isAdaptive;

    private BundleLimits(
            long rows, long latencyMillis, long bytes, double flushShare, boolean isAdaptive) {
        checkArgument(rows > 0, "A bundle cannot have at most %s rows.", rows);
        checkArgument(latencyMillis >= 0, "A row cannot wait %s ms.", latencyMillis);
        checkArgument(bytes >= 0, "A bundle cannot have at most %s bytes.", bytes);
        checkArgument(
                flushShare > 0 && flushShare <= 1,
                "The share of the latency has to be above 0 and at most 1, not %s.",
                flushShare);
        this.rows = rows;
        this.latencyMillis = latencyMillis;
        this.bytes = bytes;
        this.flushShare = flushShare;
        this.isAdaptive = isAdaptive;
    }

    /**
     * Bundles with at most so many rows, without a limit of the latency, and with an even part of
     * the heap that all bundles of the process may take.
     */
    public static BundleLimits ofRows(long rows) {
        return new BundleLimits(rows, 0, 0, 1, false);
    }

    /** The same, with a time that a row may wait, in processing time; zero for no limit. */
    public BundleLimits withLatency(Duration latency) {
        return new BundleLimits(rows, latency.toMillis(), bytes, flushShare, isAdaptive);
    }

    /** The same, with an approximate size on the heap; zero for an even part, as by default. */
    public BundleLimits withBytes(long size) {
        return new BundleLimits(rows, latencyMillis, size, flushShare, isAdaptive);
    }

    /** The same, with the part of the latency that it may take to finish a bundle; 1 by default. */
    public BundleLimits withFlushShare(double share) {
        return new BundleLimits(rows, latencyMillis, bytes, share, isAdaptive);
    }

    /** The same, with bundles that shrink while that makes no more results, or not. */
    public BundleLimits withAdaptiveSize(boolean adaptive) {
        return new BundleLimits(rows, latencyMillis, bytes, flushShare, adaptive);
    }

    @Override
    public String toString() {
        return String.format(
                "%d rows, %d ms, %s, flushed within %d ms",
                rows,
                latencyMillis,
                bytes == 0 ? "a part of the heap" : bytes + " bytes",
                Math.round(latencyMillis * flushShare));
    }
}
