// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.concurrent.TimeUnit;

/**
 * The pace of a reader that follows a {@link ReplayClock}: after a record, it is shut until the
 * clock shows the record's timestamp. So a record comes when the one before it is due.
 *
 * <p>Not thread-safe.
 */
final class ReplayPace {

    /** How long to wait before asking again whether the clock has started. */
    private static final long UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final double rate;
    private boolean started;
    private long startTimestamp;
    private long startNanos;
    private boolean waiting;
    private long timestamp;

    /**
     * @param rate how many times as fast as time the clock runs
     */
    ReplayPace(double rate) {
        this.rate = rate;
    }

    void start(ReplayClockEvent clock, long now) {
        started = true;
        startTimestamp = clock.startTimestamp();
        startNanos = now - clock.elapsedNanos();
    }

    /** Takes the timestamp of a record that was read. */
    void read(long recordTimestamp) {
        timestamp = waiting ? Math.max(timestamp, recordTimestamp) : recordTimestamp;
        waiting = true;
    }

    /** Returns for how many nanoseconds the reader has to wait, 0 if it has not. */
    long shutFor(long now) {
        if (!waiting) {
            return 0;
        }
        if (!started) {
            return UNKNOWN_NANOS;
        }
        double due =
                (timestamp - startTimestamp) / rate * TimeUnit.MILLISECONDS.toNanos(1)
                        - (now - startNanos);
        if (due <= 0) {
            waiting = false;
            return 0;
        }
        return (long) Math.ceil(due);
    }
}
