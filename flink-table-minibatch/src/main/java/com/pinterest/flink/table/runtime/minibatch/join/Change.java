// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import javax.annotation.Nullable;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.types.RowKind;

/** A row that is added to an input of a join, or retracted from it. Mutable; not thread-safe. */
final class Change {

    /** The row, always with the kind insertion. */
    final BinaryRowData row;

    /** The kind of the rows that are emitted for it. */
    RowKind kind;

    /** The number of matching rows of the other input; counted when the change is processed. */
    int matches;

    /**
     * The row in the state that this one replaces although the input has not retracted it; null if
     * there is none.
     */
    @Nullable Change replaced;

    /** Whether the replaced row matched the row that this one is being joined with. */
    boolean updatesPair;

    /** Creates a change for a row as it arrived. The row is kept. */
    Change(BinaryRowData row) {
        this.row = row;
        this.kind = row.getRowKind();
        row.setRowKind(RowKind.INSERT);
    }

    boolean isRetraction() {
        return kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    }
}
