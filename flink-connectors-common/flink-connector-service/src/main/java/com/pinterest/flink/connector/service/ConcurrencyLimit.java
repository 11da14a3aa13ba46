// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

/**
 * How many calls may be in progress: grows by one for each success until the service is overloaded
 * for the first time, from then on by one for as many successes as the limit is, and falls by 30 %
 * when the service is overloaded (additive increase, multiplicative decrease). It falls once for
 * the calls that were in progress together, and grows only while it is used. Not thread-safe.
 */
final class ConcurrencyLimit {

    private static final int INITIAL = 4;
    private static final double DECREASE = 0.7;

    private final int max;
    private double limit;
    private boolean overloadedBefore;
    private long lastDecrease;

    ConcurrencyLimit(int max, long now) {
        this.max = max;
        this.limit = Math.min(INITIAL, max);
        this.lastDecrease = now;
    }

    int limit() {
        return (int) limit;
    }

    /**
     * A call has succeeded.
     *
     * @param active the calls that were in progress, with this one
     */
    void succeeded(int active) {
        if (2 * active >= limit()) {
            limit = Math.min(max, limit + (overloadedBefore ? 1 / limit : 1));
        }
    }

    /**
     * A call found the service overloaded.
     *
     * @param start when the call began
     */
    void overloaded(long start, long now) {
        if (!overloadedBefore || start - lastDecrease > 0) {
            overloadedBefore = true;
            lastDecrease = now;
            limit = Math.max(1, limit * DECREASE);
        }
    }
}
