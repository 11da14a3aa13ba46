// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;

/**
 * The way in which the rows of a key are gathered in a bundle. Not thread-safe.
 *
 * @param <A> the type in which rows are gathered
 * @param <V> the type that a bundle function gets for a key
 */
interface Accumulation<A, V> {

    /** Opens the accumulation before the first row. */
    void open(ExecutionContext context) throws Exception;

    /**
     * Adds a row. The row may be reused after the call.
     *
     * @param gathered the result for the previous rows of the key; null for the first row
     * @return the result including this row
     */
    A add(@Nullable A gathered, RowData row) throws Exception;

    /** Returns the approximate memory of a key without its rows, in bytes. */
    long sizeOfKey();

    /**
     * Returns the approximate number of bytes that are kept of the last added row, if it was not
     * the first of its key.
     */
    long keptOf(RowData row);

    /** Returns the value for the bundle function. Called once for each key. */
    V result(A gathered) throws Exception;

    /** Releases everything that was gathered so far. */
    void release() throws Exception;
}
