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
 * The row at which a reader holds: rows up to this one are handed out, and no more until a file
 * exists, or for good if there is no such file. Immutable.
 *
 * <p>The hold is an option of the job and not a part of its checkpoints: a job that goes on from a
 * savepoint holds where its own options say, or nowhere.
 */
final class RowHold implements Serializable {

    /** Lets all rows pass. */
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

    /** Holds behind so many rows for good. */
    static RowHold at(long row) {
        return new RowHold(row, null);
    }

    /** Holds at the same row, until a file exists. */
    RowHold until(Path file) {
        return new RowHold(row, requireNonNull(file, "file"));
    }

    /** Whether the rows that have been read are all that may be handed out while this holds. */
    boolean isReached(long rowsRead) {
        return rowsRead >= row;
    }

    /** How many of the next rows may be handed out before this is reached. */
    int limit(int rows, long rowsRead) {
        return (int) Math.min(rows, row - rowsRead);
    }

    /** Whether the file is there that ends this. */
    boolean isOver() throws IOException {
        return until != null && until.getFileSystem().exists(until);
    }

    /**
     * Waits for 100 ms: not for the end of the hold, as the thread must come back to its source to
     * learn that the job ends.
     */
    void pause() throws InterruptedIOException {
        Pause.of(POLL_NANOS);
    }
}
