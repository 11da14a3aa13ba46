// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/** The changes of one row, which at most one other row follows: the input has a unique key. */
final class RowChanges implements Changes {

    private final boolean consistentRowKinds;

    @Nullable private Change retracted;
    @Nullable private Change added;

    /**
     * A retraction of a row that was added in this bundle, but not inserted. It is unknown whether
     * the state contains one, because not all inputs retract the rows that they replace.
     */
    @Nullable private Change uncertain;

    /** Whether the first change was an insertion. */
    private boolean isNew;

    private boolean isEmpty = true;

    /**
     * Creates empty changes.
     *
     * @param consistentRowKinds whether combined changes get a consistent kind, instead of the kind
     *     of the last change
     */
    RowChanges(boolean consistentRowKinds) {
        this.consistentRowKinds = consistentRowKinds;
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
            if (consistentRowKinds && isNew) {
                change.kind = RowKind.INSERT;
            }
        } else if (added == null) {
            retracted = change;
        } else {
            added = null;
            if (retracted == null && !isNew) {
                uncertain = change;
            } else if (consistentRowKinds && retracted != null) {
                retracted.kind = change.kind;
            }
        }
    }

    @Override
    public void settle(JoinInput input) throws Exception {
        if (readsState(input)) {
            settle(input, input.stored());
        }
    }

    @Override
    public boolean readsState(JoinSide input) {
        if (retracted != null) {
            return input.readsState(retracted.kind);
        }
        return uncertain != null
                || (added != null && !isNew && input.readsState(RowKind.UPDATE_AFTER));
    }

    /** Returns none: the state is a value. */
    @Override
    public Iterable<RowData> mapKeys(JoinSide input) {
        return List.of();
    }

    /**
     * Uses the row in the state instead of the retracted or replaced one.
     *
     * @param stored the row in the state; null if there is none
     */
    void settle(JoinSide input, @Nullable RowData stored) {
        Change before = stored == null ? null : input.keep(stored);
        if (before != null && retracted != null) {
            before.kind = retracted.kind;
            retracted = before;
        } else if (before != null && uncertain != null) {
            before.kind = uncertain.kind;
            retracted = before;
        } else if (before != null) {
            added.replaced = before;
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
