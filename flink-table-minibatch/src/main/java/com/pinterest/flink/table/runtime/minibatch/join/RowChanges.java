// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/** Changes of one row, which at most one other follows: the input has a unique key. */
final class RowChanges implements Changes {

    private final boolean mendsKinds;

    @Nullable private Change retracted;
    @Nullable private Change added;

    /**
     * A retraction of a row that was added in this bundle, but not inserted: whether there was one
     * before is not known, since not all inputs retract what they update.
     */
    @Nullable private Change uncertain;

    /** Whether the first change was an insertion. */
    private boolean isNew;

    private boolean isEmpty = true;

    /**
     * Creates changes without any.
     *
     * @param mendsKinds whether a sum has the kind that fits it, not that of the last change
     */
    RowChanges(boolean mendsKinds) {
        this.mendsKinds = mendsKinds;
    }

    @Override
    public void add(Change change) {
        if (isEmpty) {
            isNew = change.kind == RowKind.INSERT;
            isEmpty = false;
        }
        if (!change.isRetraction()) {
            added = change;
            uncertain = null;
            if (mendsKinds && isNew) {
                change.kind = RowKind.INSERT;
            }
        } else if (added == null) {
            retracted = change;
        } else {
            added = null;
            if (retracted == null && !isNew) {
                uncertain = change;
            } else if (mendsKinds && retracted != null) {
                retracted.kind = change.kind;
            }
        }
    }

    @Override
    public void settle(JoinInput input) throws Exception {
        if (uncertain == null) {
            return;
        }
        input.forEach(
                (row, matches) -> {
                    settle(input, row);
                    return false;
                });
        settle(input, null);
    }

    boolean isUncertain() {
        return uncertain != null;
    }

    /**
     * Takes the row that is in the state for the one that is retracted, if that is uncertain.
     *
     * @param stored null if there is none
     */
    void settle(JoinInput input, @Nullable RowData stored) {
        if (uncertain != null && stored != null) {
            retracted = input.keep(stored);
            retracted.kind = uncertain.kind;
        }
        uncertain = null;
    }

    @Override
    public List<Change> retracted() {
        return retracted == null ? List.of() : List.of(retracted);
    }

    @Override
    public List<Change> added() {
        return added == null ? List.of() : List.of(added);
    }

    @Override
    public List<Change> removed() {
        return added == null ? retracted() : List.of();
    }

    @Override
    public int size() {
        return (retracted == null ? 0 : 1) + (added == null ? 0 : 1) + (uncertain == null ? 0 : 1);
    }
}
