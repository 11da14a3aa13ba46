// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.annotation.Nullable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.TimerGauge;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * The limits of an operator's bundles, as they are applied: it counts the rows of a bundle,
 * finishes it when it is full, when its first row has waited long enough or when the operator says
 * so, and measures how long that takes.
 *
 * <p>Upstream's bundles end by count and with watermarks. With rowtime watermarks that does not
 * bound how long a row waits, and in no case how much memory the rows take or how long a checkpoint
 * waits until they are processed.
 *
 * <p>The operator calls this class, and this class calls {@link Bundle#finish}; there is no other
 * way to finish a bundle. Not thread-safe: it runs in the task's thread, as do its timers.
 */
public final class BundleControl {

    /** How much of the heap all bundles of the process may take together, approximately. */
    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory() / 5;

    /** Slow bundles do not shrink below this number of rows. */
    private static final long FEWEST_ROWS = 64;

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final BundleLimits limits;
    private final ProcessingTimeService time;
    private final LongSupplier nanos;
    private final Bundle bundle;
    private final long longestFlushNanos;
    private final Map<EndOfBundle, Counter> ends = new EnumMap<>(EndOfBundle.class);

    /** Finds the number of rows that pays off; null if bundles are not adaptive. */
    @Nullable private final SizeSearch search;

    /** How many rows can be finished within the allowed time. */
    private long rowsInTime;

    /** How many rows the current bundle may have. */
    private long rowLimit;

    /** How many bytes the current bundle may have. */
    private long byteLimit;

    private long rows;
    private long bytes;

    /** When the first row of the bundle came, in milliseconds; -1 if there is none. */
    private long start = -1;

    private boolean isWaiting;
    private boolean isClosed;
    private double lastReduction;
    private long lastFlushNanos;

    /** What an operator has gathered. */
    @FunctionalInterface
    public interface Bundle {

        /**
         * Emits the results of the gathered rows, and forgets the rows.
         *
         * @return how many keys the rows had
         */
        int finish() throws Exception;
    }

    /** Starts to apply limits to the bundles of an operator, until {@link #close}. */
    public BundleControl(BundleLimits limits, AbstractStreamOperator<?> operator, Bundle bundle) {
        this(
                limits,
                operator.getProcessingTimeService(),
                nanosWithoutBackpressure(operator),
                operator.getMetricGroup(),
                bundle);
    }

    /** Smaller bundles do not help if operators downstream are slow. */
    private static LongSupplier nanosWithoutBackpressure(AbstractStreamOperator<?> operator) {
        TimerGauge backpressure =
                operator.getContainingTask()
                        .getEnvironment()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getHardBackPressuredTimePerSecond();
        return () -> System.nanoTime() - 1_000_000 * backpressure.getAccumulatedCount();
    }

    BundleControl(
            BundleLimits limits,
            ProcessingTimeService time,
            LongSupplier nanos,
            MetricGroup metrics,
            Bundle bundle) {
        this.limits = limits;
        this.nanos = nanos;
        this.time = time;
        this.bundle = bundle;
        this.search = limits.isAdaptive ? new SizeSearch(limits.rows) : null;
        this.rowsInTime = limits.rows;
        this.rowLimit = limits.rows;
        this.longestFlushNanos =
                limits.latencyMillis == 0
                        ? Long.MAX_VALUE
                        : Math.round(limits.latencyMillis * limits.flushShare * 1e6);
        for (EndOfBundle why : EndOfBundle.values()) {
            ends.put(why, metrics.counter(why.metric()));
        }
        // The first one has upstream's name.
        metrics.gauge("bundleSize", () -> rows);
        metrics.gauge("bundleBytes", () -> bytes);
        metrics.gauge("bundleRowLimit", () -> rowLimit);
        metrics.gauge("bundleReduction", () -> lastReduction);
        metrics.gauge("bundleFlushMillis", () -> lastFlushNanos / 1_000_000);
        OPEN.incrementAndGet();
    }

    /**
     * Counts a row that has been gathered, and finishes the bundle if it is full.
     *
     * @param size how many bytes the row takes in memory, approximately
     */
    public void add(long size) throws Exception {
        rows++;
        bytes += size;
        if (start < 0) {
            start = time.getCurrentProcessingTime();
            byteLimit = limits.bytes > 0 ? limits.bytes : HEAP_BYTES / OPEN.get();
            if (!isWaiting) {
                registerTimer();
            }
        }
        if (rows >= rowLimit) {
            finish(EndOfBundle.ROWS);
        } else if (bytes >= byteLimit) {
            finish(EndOfBundle.BYTES);
        }
    }

    /** Registers a timer; there is only one at a time, since bundles may be many. */
    private void registerTimer() {
        if (limits.latencyMillis > 0) {
            isWaiting = true;
            // A failure of the timer fails the task, so there is nothing to wait for.
            ScheduledFuture<?> unused =
                    time.registerTimer(start + limits.latencyMillis, this::fire);
        }
    }

    private void fire(long now) throws Exception {
        isWaiting = false;
        if (start < 0 || isClosed) {
            return;
        }
        if (start + limits.latencyMillis <= now) {
            finish(EndOfBundle.LATENCY);
        } else {
            registerTimer();
        }
    }

    /** How many rows the current bundle has. */
    public long rows() {
        return rows;
    }

    /** Finishes the current bundle, if it has rows. */
    public void finish(EndOfBundle why) throws Exception {
        if (rows == 0) {
            return;
        }
        ends.get(why).inc();
        long begin = nanos.getAsLong();
        long keys = bundle.finish();
        lastFlushNanos = nanos.getAsLong() - begin;
        lastReduction = (double) rows / Math.max(1, keys);
        limitNextBundle(why);
        rows = 0;
        bytes = 0;
        start = -1;
    }

    private void limitNextBundle(EndOfBundle why) {
        if (lastFlushNanos > longestFlushNanos) {
            double share = (double) longestFlushNanos / lastFlushNanos;
            rowsInTime = Math.max(Math.min(FEWEST_ROWS, limits.rows), (long) (rows * share));
        } else if (rowsInTime < limits.rows && lastFlushNanos < longestFlushNanos / 2) {
            rowsInTime = Math.min(limits.rows, rowsInTime + Math.max(1, rowsInTime / 4));
        }
        rowLimit = rowsInTime;
        if (search != null) {
            if (why == EndOfBundle.ROWS && rows == search.size()) {
                search.onFullBundle(lastReduction);
            }
            rowLimit = Math.min(rowsInTime, search.size());
        }
    }

    /** Stops its timer, and gives back its part of the heap. */
    public void close() {
        if (!isClosed) {
            isClosed = true;
            OPEN.decrementAndGet();
        }
    }
}
