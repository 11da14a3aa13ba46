// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.io.Serializable;
import java.time.Duration;

/**
 * How large a bundle may get.
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

    /**
     * Creates limits.
     *
     * @param rows the most rows
     * @param latency how long a row may wait, in processing time; zero for as long as may be
     * @param bytes how much of the heap a bundle may take, about; 0 for an even part of what all
     *     bundles of the process may take
     * @param flushShare the part of the latency that it may take to finish a bundle
     * @param isAdaptive whether bundles get smaller where that sums up as many rows in a result
     */
    public BundleLimits(
            long rows, Duration latency, long bytes, double flushShare, boolean isAdaptive) {
        if (rows <= 0
                || latency.isNegative()
                || bytes < 0
                || !(flushShare > 0 && flushShare <= 1)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Not limits of a bundle: %d rows, %s, %d bytes, share %s.",
                            rows, latency, bytes, flushShare));
        }
        this.rows = rows;
        this.latencyMillis = latency.toMillis();
        this.bytes = bytes;
        this.flushShare = flushShare;
        this.isAdaptive = isAdaptive;
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
