// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * Inner and outer joins. Those emit insertions and deletions; an inner join emits what its inputs
 * are (as {@code StreamingJoinOperator} does).
 */
final class PairJoin extends Join {

    private final boolean isOuter;
    private final JoinedRowData pair = new JoinedRowData();
    private final List<Change> matching = new ArrayList<>();

    PairJoin(JoinInput left, JoinInput right, JoinCondition condition, Collector<RowData> out) {
        super(left, right, condition, out);
        this.isOuter = left.isCounted() || right.isCounted();
    }

    @Override
    void change(JoinInput input, Changes changes, JoinInput other) throws Exception {
        List<Change> retracted = changes.retracted();
        List<Change> added = changes.added();
        if (input.isCounted() && !retracted.isEmpty() && !added.isEmpty()) {
            // That a row was alone is known at the end only, and is retracted before the next.
            emit(input, retracted, List.of(), other);
            emit(input, List.of(), added, other);
        } else if (!retracted.isEmpty() || !added.isEmpty()) {
            emit(input, retracted, added, other);
        }
        input.apply(changes);
    }

    private void emit(JoinInput input, List<Change> retracted, List<Change> added, JoinInput other)
            throws Exception {
        other.forEach(
                (row, matches) -> {
                    emit(input, retracted, added, other, row, matches);
                    return true;
                });
        if (input.isCounted()) {
            emitAlone(input, retracted, RowKind.DELETE);
            emitAlone(input, added, RowKind.INSERT);
        }
    }

    /** Emits what the changes mean for one row of the other input. */
    private void emit(
            JoinInput input,
            List<Change> retracted,
            List<Change> added,
            JoinInput other,
            RowData row,
            int matches)
            throws Exception {
        int removed = 0;
        for (Change change : retracted) {
            if (matches(input, change.row, row)) {
                change.matches++;
                removed++;
                emit(isOuter ? RowKind.DELETE : change.kind, input, change.row, row);
            }
        }
        matching.clear();
        for (Change change : added) {
            if (matches(input, change.row, row)) {
                change.matches++;
                matching.add(change);
            }
        }
        int now = matches - removed + matching.size();
        if (other.isCounted() && matches <= 0 && now > 0) {
            emit(RowKind.DELETE, other, row, input.nullRow());
        }
        for (Change change : matching) {
            emit(isOuter ? RowKind.INSERT : change.kind, input, change.row, row);
        }
        if (other.isCounted()) {
            if (matches > 0 && now <= 0) {
                emit(RowKind.INSERT, other, row, input.nullRow());
            }
            if (removed > 0 || !matching.isEmpty()) {
                other.count(row, matches, now);
            }
        }
    }

    private void emitAlone(JoinInput input, List<Change> changes, RowKind kind) {
        for (Change change : changes) {
            if (change.matches == 0) {
                emit(kind, input, change.row, input == left ? right.nullRow() : left.nullRow());
            }
        }
    }

    private void emit(RowKind kind, JoinInput input, RowData row, RowData ofOther) {
        pair.setRowKind(kind);
        if (input == left) {
            pair.replace(row, ofOther);
        } else {
            pair.replace(ofOther, row);
        }
        out.collect(pair);
    }
}
