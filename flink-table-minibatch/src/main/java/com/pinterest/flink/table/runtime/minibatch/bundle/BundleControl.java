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
 * Ends bundles where they reach their limits, and tells how large they are.
 *
 * <p>Upstream's end by count and with watermarks. Those of rows with a time of their own say
 * nothing of how long a row waits; and neither says how much memory rows take, or how long it takes
 * to finish them, for which a checkpoint waits.
 *
 * <p>Not thread-safe: to be used by the thread of the task, which runs the timers, too.
 */
public final class BundleControl {

    /** What all bundles of the process may take of the heap together, about. */
    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory() / 5;

    /** Bundles are not made smaller than that for the time that they take. */
    private static final long FEWEST_ROWS = 64;

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final BundleLimits limits;
    private final ProcessingTimeService time;
    private final LongSupplier nanos;
    private final Ending ending;
    private final long longestFlushNanos;
    private final Map<EndOfBundle, Counter> ends = new EnumMap<>(EndOfBundle.class);

    /** How many rows are worth to be in a bundle; null if that is not asked. */
    @Nullable private final SizeSearch search;

    /** How many rows can be finished in the time that there is. */
    private long rowsInTime;

    /** How many rows this bundle may have. */
    private long rowLimit;

    @Nullable private EndOfBundle end;

    /** How many bytes this bundle may have. */
    private long byteLimit;

    private long rows;
    private long bytes;

    /** When the bundle began, in milliseconds; -1 if there is none. */
    private long start = -1;

    private boolean isWaiting;
    private boolean isClosed;
    private long flushStart;
    private double lastReduction;
    private long lastFlushNanos;

    /** Finishes a bundle. */
    public interface Ending {

        /** Finishes the bundle, and says so by {@link #beginFlush} and {@link #endFlush}. */
        void finish(EndOfBundle why) throws Exception;
    }

    /** Begins to watch the bundles of an operator, to be ended by {@link #close}. */
    public BundleControl(BundleLimits limits, AbstractStreamOperator<?> operator, Ending ending) {
        this(
                limits,
                operator.getProcessingTimeService(),
                nanosWithoutBackpressure(operator),
                operator.getMetricGroup(),
                ending);
    }

    /** Smaller bundles do not help against operators behind that are slow. */
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
            Ending ending) {
        this.limits = limits;
        this.nanos = nanos;
        this.time = time;
        this.ending = ending;
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
     * Counts a row that has been gathered, and ends the bundle if it is full.
     *
     * @param size how many bytes it takes in memory, about
     */
    public void add(long size) throws Exception {
        rows++;
        bytes += size;
        if (start < 0) {
            start = time.getCurrentProcessingTime();
            byteLimit = limits.bytes > 0 ? limits.bytes : HEAP_BYTES / OPEN.get();
            if (!isWaiting) {
                await();
            }
        }
        if (rows >= rowLimit) {
            ending.finish(EndOfBundle.ROWS);
        } else if (bytes >= byteLimit) {
            ending.finish(EndOfBundle.BYTES);
        }
    }

    /** One timer is there at a time, as bundles may be many more than there is time for. */
    private void await() {
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
            ending.finish(EndOfBundle.LATENCY);
        } else {
            await();
        }
    }

    /** How many rows the bundle has. */
    public long rows() {
        return rows;
    }

    /** A bundle begins to be finished. */
    public void beginFlush(EndOfBundle why) {
        ends.get(why).inc();
        end = why;
        flushStart = nanos.getAsLong();
    }

    /**
     * A bundle is finished.
     *
     * @param results how many keys its rows were of
     */
    public void endFlush(long results) {
        lastFlushNanos = nanos.getAsLong() - flushStart;
        lastReduction = (double) rows / Math.max(1, results);
        if (lastFlushNanos > longestFlushNanos) {
            double share = (double) longestFlushNanos / lastFlushNanos;
            rowsInTime = Math.max(Math.min(FEWEST_ROWS, limits.rows), (long) (rows * share));
        } else if (rowsInTime < limits.rows && lastFlushNanos < longestFlushNanos / 2) {
            rowsInTime = Math.min(limits.rows, rowsInTime + Math.max(1, rowsInTime / 4));
        }
        rowLimit = rowsInTime;
        if (search != null) {
            if (end == EndOfBundle.ROWS && rows == search.size()) {
                search.onFullBundle(lastReduction);
            }
            rowLimit = Math.min(rowsInTime, search.size());
        }
        rows = 0;
        bytes = 0;
        start = -1;
    }

    /** Ends to watch. */
    public void close() {
        if (!isClosed) {
            isClosed = true;
            OPEN.decrementAndGet();
        }
    }
}
