// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.table.data.RowData;

/**
 * Makes those changes of single rows that depend on the row in the state with the same unique key.
 * Upstream's operators take a row that replaces another for one more, and believe each field of a
 * deletion.
 *
 * <p>Not thread-safe.
 */
final class SingleChanges {

    private final Join join;

    SingleChanges(Join join) {
        this.join = join;
    }

    /**
     * Makes a change, unless the state has no such row: then upstream's operators are right.
     *
     * @return whether the change was made
     */
    boolean make(JoinInput input, RowData row, JoinInput other) throws Exception {
        if (!input.readsState(row.getRowKind())) {
            return false;
        }
        RowData stored = input.storedLike(row);
        if (stored == null) {
            return false;
        }
        join.change(input, of(input, row, stored), other);
        return true;
    }

    /** A change of the row that is in the state. */
    static Changes of(JoinSide input, RowData row, RowData stored) {
        RowChanges changes = new RowChanges(false);
        changes.add(input.keep(row));
        changes.settle(input, stored);
        return changes;
    }
}
