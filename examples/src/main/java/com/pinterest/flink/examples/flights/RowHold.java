// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.Path;

/**
 * The row at which a reader holds. Rows up to this one are emitted, and no more until a file
 * exists, or never if there is no such file. Immutable.
 *
 * <p>The hold is an option of the job and not part of its checkpoints: a job that continues from a
 * savepoint holds where its own options say, or not at all.
 */
final class RowHold implements Serializable {

    /** Never holds. */
    static final RowHold NONE = new RowHold(Long.MAX_VALUE, null);

    private static final long serialVersionUID = 1L;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long row;
    @Nullable private final Path until;

    private RowHold(long row, @Nullable Path until) {
        if (row < 0) {
            throw new IllegalArgumentException("row is negative: " + row);
        }
        this.row = row;
        this.until = until;
    }

    /** Returns a hold after this number of rows that never ends. */
    static RowHold at(long row) {
        return new RowHold(row, null);
    }

    /** Returns a hold at the same row that ends when a file exists. */
    RowHold until(Path file) {
        return new RowHold(row, requireNonNull(file, "file"));
    }

    /** Returns whether all rows that may be emitted during the hold have been read. */
    boolean isReached(long rowsRead) {
        return rowsRead >= row;
    }

    /** Returns how many of the next rows may be emitted before the hold. */
    int limit(int rows, long rowsRead) {
        return (int) Math.min(rows, row - rowsRead);
    }

    /** Returns whether the file that ends the hold exists. */
    boolean isOver() throws IOException {
        return until != null && until.getFileSystem().exists(until);
    }

    /**
     * Waits for 100 ms. Does not wait for the end of the hold, because the thread has to return to
     * its source to notice the end of the job.
     */
    void pause() throws InterruptedIOException {
        Pause.of(POLL_NANOS);
    }
}
