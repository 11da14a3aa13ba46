// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.concurrent.TimeUnit;

/**
 * The share of a {@link RateLimit} that a reader has, as a bucket of tokens. It is open while the
 * bucket is not in debt, so a record may be larger than what is left; the debt is paid before the
 * next one. An idle reader gathers the tokens of {@link #BURST_NANOS} at most.
 *
 * <p>Not thread-safe.
 */
final class RateGate {

    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** So that a fast reader does not wake up for each record. */
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final RateLimit limit;
    private double share;
    private double records;
    private double bytes;
    private long filledAt;

    RateGate(RateLimit limit, long now) {
        this.limit = limit;
        this.filledAt = now;
    }

    /**
     * Sets which part of all partitions the reader has. Before the first call, the part is nothing.
     *
     * @param own at most {@code all}
     */
    void setPartitions(int own, int all, long now) {
        fill(now);
        share = limit.scope() == RateLimit.Scope.PARTITION ? own : (double) own / Math.max(1, all);
    }

    /** Takes the tokens for a record. */
    void charge(int size) {
        records -= 1;
        bytes -= size;
    }

    /**
     * Returns for how many nanoseconds the gate stays shut, 0 if it is open. It may open earlier if
     * the part of the reader grows.
     */
    long shutFor(long now) {
        fill(now);
        double seconds =
                Math.max(-records / (share * limit.records()), -bytes / (share * limit.bytes()));
        if (share > 0 && seconds <= 0) {
            return 0;
        }
        double nanos = share > 0 ? seconds * TimeUnit.SECONDS.toNanos(1) : BURST_NANOS;
        return Math.max(SHORTEST_WAIT_NANOS, (long) nanos);
    }

    private void fill(long now) {
        double seconds = (double) (now - filledAt) / TimeUnit.SECONDS.toNanos(1);
        filledAt = now;
        records = filled(records, limit.records(), seconds);
        bytes = filled(bytes, limit.bytes(), seconds);
    }

    private double filled(double tokens, double perSecond, double seconds) {
        if (perSecond == Double.POSITIVE_INFINITY) {
            return 0;
        }
        double rate = share * perSecond;
        double burst = rate * BURST_NANOS / TimeUnit.SECONDS.toNanos(1);
        return Math.min(burst, tokens + rate * seconds);
    }
}
