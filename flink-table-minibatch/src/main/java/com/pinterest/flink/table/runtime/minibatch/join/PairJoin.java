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
 * An inner or outer join. Outer joins emit insertions and deletions; an inner join emits the row
 * kinds of its inputs (like {@code StreamingJoinOperator}).
 */
final class PairJoin extends Join {

    private final boolean isOuter;
    private final JoinedRowData pair = new JoinedRowData();
    private final List<Change> matching = new ArrayList<>();

    PairJoin(JoinSide left, JoinSide right, JoinCondition condition, Collector<RowData> out) {
        super(left, right, condition, out);
        this.isOuter = left.isCounted() || right.isCounted();
    }

    @Override
    void change(JoinSide input, Changes changes, JoinSide other) throws Exception {
        List<Change> retracted = changes.retracted();
        List<Change> added = changes.added();
        if (input.isCounted() && input.hasCondition()) {
            retractAlone(input, added, other);
        }
        if (input.isCounted() && !retracted.isEmpty() && !added.isEmpty()) {
            // In two passes, because only the end of a pass shows whether a row had no match, and
            // its retraction has to come before the added rows.
            emit(input, retracted, List.of(), other);
            emit(input, List.of(), added, other);
        } else if (!retracted.isEmpty() || !added.isEmpty()) {
            emit(input, retracted, added, other);
        }
        input.apply(changes);
    }

    /** Retracts rows without a match that are replaced by rows with one. */
    private void retractAlone(JoinSide input, List<Change> added, JoinSide other) throws Exception {
        List<Change> replacing = new ArrayList<>();
        for (Change change : added) {
            if (change.replaced != null) {
                replacing.add(change);
            }
        }
        if (replacing.isEmpty()) {
            return;
        }
        other.forEach(
                (row, none) -> {
                    for (Change change : replacing) {
                        countMatches(input, change, row);
                        if (replacedMatches(input, change, row)) {
                            change.replaced.matches++;
                        }
                    }
                    return true;
                });
        for (Change change : replacing) {
            if (change.replaced.matches == 0 && change.matches > 0) {
                emitAlone(input, change.replaced, RowKind.DELETE);
            }
            // They are counted again when they are emitted.
            change.matches = 0;
            change.replaced.matches = 0;
        }
    }

    private boolean countMatches(JoinSide input, Change change, RowData row) {
        boolean matches = matches(input, change.row, row);
        if (matches) {
            change.matches++;
        }
        return matches;
    }

    private void emit(JoinSide input, List<Change> retracted, List<Change> added, JoinSide other)
            throws Exception {
        other.forEach(
                (row, matches) -> {
                    emit(input, retracted, added, other, row, matches);
                    return true;
                });
        if (input.isCounted()) {
            for (Change change : retracted) {
                if (change.matches == 0) {
                    emitAlone(input, change, RowKind.DELETE);
                }
            }
            for (Change change : added) {
                if (change.matches == 0) {
                    boolean wasAlone = change.replaced != null && change.replaced.matches == 0;
                    emitAlone(input, change, wasAlone ? RowKind.UPDATE_AFTER : RowKind.INSERT);
                }
            }
        }
    }

    /** Emits the results of the changes for one row of the other input. */
    private void emit(
            JoinSide input,
            List<Change> retracted,
            List<Change> added,
            JoinSide other,
            RowData row,
            int before)
            throws Exception {
        int removed = 0;
        for (Change change : retracted) {
            if (countMatches(input, change, row)) {
                removed++;
                emit(isOuter ? RowKind.DELETE : change.kind, input, change.row, row);
            }
        }
        matching.clear();
        for (Change change : added) {
            boolean matched = replacedMatches(input, change, row);
            boolean matches = countMatches(input, change, row);
            if (matched) {
                change.replaced.matches++;
                removed++;
            }
            if (matches) {
                change.updatesPair = matched;
                matching.add(change);
            } else if (matched) {
                emit(RowKind.DELETE, input, change.replaced.row, row);
            }
        }
        int now = before - removed + matching.size();
        if (other.isCounted() && before <= 0 && now > 0) {
            emit(RowKind.DELETE, other, row, input.nullRow());
        }
        for (Change change : matching) {
            emit(kind(change), input, change.row, row);
        }
        if (other.isCounted()) {
            if (before > 0 && now <= 0) {
                emit(RowKind.INSERT, other, row, input.nullRow());
            }
            if (removed > 0 || !matching.isEmpty()) {
                other.count(row, before, now);
            }
        }
    }

    /** Returns the row kind of the pair of an added row and a matching one. */
    private RowKind kind(Change change) {
        if (change.replaced != null) {
            return change.updatesPair ? RowKind.UPDATE_AFTER : RowKind.INSERT;
        }
        return isOuter ? RowKind.INSERT : change.kind;
    }

    private void emitAlone(JoinSide input, Change change, RowKind kind) {
        emit(kind, input, change.row, input == left ? right.nullRow() : left.nullRow());
    }

    private void emit(RowKind kind, JoinSide input, RowData row, RowData ofOther) {
        pair.setRowKind(kind);
        if (input == left) {
            pair.replace(row, ofOther);
        } else {
            pair.replace(ofOther, row);
        }
        out.collect(pair);
    }
}
