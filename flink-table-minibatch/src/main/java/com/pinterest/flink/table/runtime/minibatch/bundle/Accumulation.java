// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;

/**
 * How rows of a key are gathered in a bundle.
 *
 * @param <A> what they are gathered in
 * @param <V> what a bundle function gets of it
 */
interface Accumulation<A, V> {

    /** Prepares to gather. */
    void open(ExecutionContext context) throws Exception;

    /**
     * Adds a row, which may be reused after the call.
     *
     * @param gathered what was gathered so far, null if this is the first row
     * @return what is gathered now
     */
    A add(@Nullable A gathered, RowData row) throws Exception;

    /** What a key takes in memory beside its rows, in bytes, about. */
    long sizeOfKey();

    /** How many bytes are kept of the row that was added last, about, if it was not the first. */
    long keptOf(RowData row);

    /** What the bundle function gets; called once for each key. */
    V result(A gathered) throws Exception;

    /** All that was gathered so far is no longer needed. */
    void release() throws Exception;
}
