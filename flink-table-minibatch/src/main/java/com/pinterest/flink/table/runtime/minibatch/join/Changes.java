// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * The combined changes of one join key in an input. Upstream's bundles ({@code BufferBundle})
 * combine changes in the same way.
 *
 * <p>Not thread-safe.
 */
interface Changes {

    /** Adds a change that came after all others. */
    void add(Change change) throws Exception;

    /**
     * Reads from the state what the changes alone do not show. Called with the key set, before the
     * result is used.
     */
    void settle(JoinInput input) throws Exception;

    /** Returns whether {@link #settle} reads the state. */
    boolean readsState(JoinSide input);

    /**
     * Returns the keys of the state's map that {@link #settle} or the processing of the changes
     * reads.
     */
    Iterable<RowData> mapKeys(JoinSide input);

    /** Returns the rows that are retracted from the emitted ones. */
    List<Change> retracted();

    /** Returns the rows that are added afterwards. */
    List<Change> added();

    /** Returns the retracted rows that no other row replaces in the state. */
    List<Change> removed();

    /** Returns the number of changes. */
    int size();
}
