// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

/**
 * How many calls may be repetitions: a share of the others, and ten a second besides. Not
 * thread-safe.
 */
final class RetryBudget {

    private static final double RESERVE_PER_NANO = 10 / 1e9;
    private static final double MAX_TOKENS = 100;

    private final double share;
    private double tokens = 10;
    private long lastRefill;

    RetryBudget(double share, long now) {
        this.share = share;
        this.lastRefill = now;
    }

    /** A call was made that is no repetition. */
    void called() {
        tokens = Math.min(MAX_TOKENS, tokens + share);
    }

    /** Returns true, and counts a repetition, if one may be made now. */
    boolean tryRetry(long now) {
        refill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** The nanoseconds until a repetition may be made if there are no other calls. */
    long nanosUntilRetry(long now) {
        refill(now);
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / RESERVE_PER_NANO);
    }

    private void refill(long now) {
        tokens = Math.min(MAX_TOKENS, tokens + (now - lastRefill) * RESERVE_PER_NANO);
        lastRefill = now;
    }
}
