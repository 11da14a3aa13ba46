// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/**
 * A rate limit of a reader in rows per second. Not thread-safe.
 *
 * <p>Time that was lost, for example to backpressure, is not made up for: the rate is never
 * exceeded.
 */
final class RowRate {

    /** No limit. */
    static final int UNLIMITED = 0;

    private static final int BATCHES_PER_SECOND = 10;
    private static final int MAX_BATCH_ROWS = 2_000;

    private final int rowsPerSecond;
    private long nextBatchNanos = System.nanoTime();

    RowRate(int rowsPerSecond) {
        if (rowsPerSecond < 0) {
            throw new IllegalArgumentException("rows per second are negative: " + rowsPerSecond);
        }
        this.rowsPerSecond = rowsPerSecond;
    }

    /** Returns the number of rows per batch: about one batch every 100 ms, and at least one row. */
    int batchRows() {
        return rowsPerSecond == UNLIMITED
                ? MAX_BATCH_ROWS
                : Math.min(MAX_BATCH_ROWS, Math.max(1, rowsPerSecond / BATCHES_PER_SECOND));
    }

    /**
     * Waits until the next batch is due: at most 100 ms, or a second below 10 rows per second.
     *
     * @throws InterruptedIOException if the thread was interrupted; its interrupt status stays set
     */
    void awaitBatch() throws InterruptedIOException {
        if (rowsPerSecond == UNLIMITED) {
            return;
        }
        Pause.of(nextBatchNanos - System.nanoTime());
        nextBatchNanos =
                Math.max(nextBatchNanos, System.nanoTime())
                        + TimeUnit.SECONDS.toNanos(1) * batchRows() / rowsPerSecond;
    }
}
