// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * A semi or anti join, which emits rows of the left input that have, or do not have, a matching
 * row.
 */
final class ExistenceJoin extends Join {

    private final boolean isAnti;

    ExistenceJoin(
            JoinSide left,
            JoinSide right,
            boolean isAnti,
            JoinCondition condition,
            Collector<RowData> out) {
        super(left, right, condition, out);
        this.isAnti = isAnti;
    }

    @Override
    void change(JoinSide input, Changes changes, JoinSide other) throws Exception {
        List<Change> retracted = changes.retracted();
        List<Change> added = changes.added();
        if (!retracted.isEmpty() || !added.isEmpty()) {
            if (input == left) {
                emitOfLeft(retracted, added);
            } else {
                left.forEach(
                        (row, matches) -> {
                            changeMatches(row, matches, retracted, added);
                            return true;
                        });
            }
        }
        input.apply(changes);
    }

    private void emitOfLeft(List<Change> retracted, List<Change> added) throws Exception {
        List<Change> changes = new ArrayList<>(retracted);
        changes.addAll(added);
        right.forEach(
                (row, none) -> {
                    for (Change change : changes) {
                        if (matches(left, change.row, row)) {
                            change.matches++;
                        }
                        if (replacedMatches(left, change, row)) {
                            change.replaced.matches++;
                        }
                    }
                    // The number of matches must be known for stored rows.
                    return !added.isEmpty()
                            || retracted.stream().anyMatch(change -> change.matches == 0);
                });
        for (Change change : changes) {
            boolean was = change.replaced != null && isInResult(change.replaced.matches);
            if (isInResult(change.matches)) {
                boolean appears = change.replaced != null && !was;
                emit(appears ? RowKind.INSERT : change.kind, change.row);
            } else if (was) {
                emit(RowKind.DELETE, change.replaced.row);
            }
        }
    }

    private void changeMatches(RowData row, int before, List<Change> retracted, List<Change> added)
            throws Exception {
        int now = before;
        boolean isConcerned = false;
        for (Change change : retracted) {
            if (matches(right, change.row, row)) {
                now--;
                isConcerned = true;
            }
        }
        for (Change change : added) {
            if (replacedMatches(right, change, row)) {
                now--;
                isConcerned = true;
            }
            if (matches(right, change.row, row)) {
                now++;
                isConcerned = true;
            }
        }
        if (isInResult(before) != isInResult(now)) {
            emit(isInResult(now) ? RowKind.INSERT : RowKind.DELETE, row);
        }
        if (isConcerned) {
            left.count(row, before, now);
        }
    }

    private boolean isInResult(int matches) {
        return matches > 0 != isAnti;
    }

    private void emit(RowKind kind, RowData row) {
        // The row is stored as an insertion.
        row.setRowKind(kind);
        out.collect(row);
        row.setRowKind(RowKind.INSERT);
    }
}
