// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * The sum of an input's changes, of one join key. The bundles of upstream ({@code BufferBundle})
 * sum up alike.
 *
 * <p>Not thread-safe.
 */
interface Changes {

    /** Adds a change that came after all others. */
    void add(Change change) throws Exception;

    /**
     * Reads from the state what the changes alone do not tell; to be called with the key set,
     * before the sum is asked for.
     */
    void settle(JoinInput input) throws Exception;

    /** Whether {@link #settle} reads the state. */
    boolean readsState(JoinSide input);

    /** The keys of the state's map that {@link #settle} or the changes themselves read. */
    Iterable<RowData> mapKeys(JoinSide input);

    /** The rows that are retracted from what has been emitted. */
    List<Change> retracted();

    /** The rows that are added then. */
    List<Change> added();

    /** Of the retracted rows, those in whose place in the state no other is put. */
    List<Change> removed();

    /** How many changes there are. */
    int size();
}
