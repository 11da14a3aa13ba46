// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * The clock of a job whose sources replay records at a multiple of the rate at which they came: at
 * its start it shows the timestamp of the oldest first record of all partitions of all sources, and
 * from there it runs so many times as fast as time. The JobManager has it.
 *
 * <p>It starts at the first report of a reader. If the first record of another partition turns out
 * to be older, it starts again from there, so that no partition has to catch up at full speed.
 *
 * <p>Thread-safe.
 */
final class ReplayClock {

    /** Of the jobs of this JVM, by id. */
    private static final Map<String, ReplayClock> CLOCKS = new HashMap<>();

    private final String job;
    private final double rate;
    private final Set<Runnable> listeners = new LinkedHashSet<>();
    @Nullable private Long startTimestamp;
    private long startNanos;

    private ReplayClock(String job, double rate) {
        this.job = job;
        this.rate = rate;
    }

    /**
     * Returns the clock of a job, which has to be {@linkplain #leave left}.
     *
     * @param listener called when the clock starts, also when it starts again
     * @throws IllegalArgumentException if another source of the job has another rate
     */
    static ReplayClock join(String job, double rate, Runnable listener) {
        synchronized (CLOCKS) {
            ReplayClock clock = CLOCKS.computeIfAbsent(job, missing -> new ReplayClock(job, rate));
            if (clock.rate != rate) {
                throw new IllegalArgumentException(
                        "Sources of one job have different replay rates, "
                                + clock.rate
                                + " and "
                                + rate
                                + ": they share one clock");
            }
            synchronized (clock) {
                clock.listeners.add(listener);
            }
            return clock;
        }
    }

    void leave(Runnable listener) {
        synchronized (CLOCKS) {
            synchronized (this) {
                listeners.remove(listener);
                if (listeners.isEmpty()) {
                    CLOCKS.remove(job);
                }
            }
        }
    }

    /** Takes the timestamp of the first record of a partition. */
    void report(long timestamp, long nanoTime) {
        Set<Runnable> told;
        synchronized (this) {
            if (startTimestamp != null && startTimestamp <= timestamp) {
                return;
            }
            startTimestamp = timestamp;
            startNanos = nanoTime;
            told = new LinkedHashSet<>(listeners);
        }
        told.forEach(Runnable::run);
    }

    /** Returns what a reader needs to know, or {@code null} before the start. */
    @Nullable
    synchronized ReplayClockEvent event(long nanoTime) {
        return startTimestamp == null
                ? null
                : new ReplayClockEvent(startTimestamp, nanoTime - startNanos);
    }
}
