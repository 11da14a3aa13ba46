// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import javax.annotation.Nullable;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.types.RowKind;

/** A row that is added to an input of a join, or retracted from it. */
final class Change {

    /** As an insertion, whatever the change is. */
    final BinaryRowData row;

    /** How rows that are made of it are to be emitted. */
    RowKind kind;

    /** How many rows of the other input match; counted while the change is made. */
    int matches;

    /**
     * The row in the state that this one takes the place of, though the input has not retracted it;
     * null if there is none.
     */
    @Nullable Change replaced;

    /** Whether the replaced row matched the row that this one is being joined with. */
    boolean updatesPair;

    /** Takes a row as it arrived, to keep it. */
    Change(BinaryRowData row) {
        this.row = row;
        this.kind = row.getRowKind();
        row.setRowKind(RowKind.INSERT);
    }

    boolean isRetraction() {
        return kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    }
}
