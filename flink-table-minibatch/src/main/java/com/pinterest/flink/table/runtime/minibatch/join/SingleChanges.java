// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.table.data.RowData;

/**
 * Processing of single changes that depend on the row in the state with the same unique key.
 * Upstream's operators count a row that replaces another one as an additional row, and rely on all
 * fields of a deletion.
 *
 * <p>Not thread-safe.
 */
final class SingleChanges {

    private final Join join;

    SingleChanges(Join join) {
        this.join = join;
    }

    /**
     * Processes a change, unless the state contains no such row: then upstream's operators are
     * correct.
     *
     * @return whether the change was processed
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

    /** Returns the changes for a row that is in the state. */
    static Changes of(JoinSide input, RowData row, RowData stored) {
        RowChanges changes = new RowChanges(false);
        changes.add(input.keep(row));
        changes.settle(input, stored);
        return changes;
    }
}
