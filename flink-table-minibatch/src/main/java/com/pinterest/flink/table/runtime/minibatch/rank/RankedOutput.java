// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.io.Serializable;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * The output of a Top-N, which emits the changes of the first rows of a key by rank or by row. A
 * row that stays is the same object in the lists before and after.
 */
final class RankedOutput implements Serializable {

    private static final long serialVersionUID = 1L;

    private final long rankStart;
    private final boolean outputRankNumber;
    private final boolean generateUpdateBefore;

    RankedOutput(long rankStart, boolean outputRankNumber, boolean generateUpdateBefore) {
        this.rankStart = rankStart;
        this.outputRankNumber = outputRankNumber;
        this.generateUpdateBefore = generateUpdateBefore;
    }

    /** Emits the difference of two lists. Different objects are different rows. */
    void emit(List<RowData> before, List<RowData> after, Collector<RowData> out) {
        emit(before, after, 0, out);
    }

    /**
     * Emits the difference of two lists.
     *
     * @param skipped the number of ranks before both lists
     */
    void emit(List<RowData> before, List<RowData> after, int skipped, Collector<RowData> out) {
        if (outputRankNumber) {
            emitByRank(before, after, skipped, out);
        } else {
            emitByRow(
                    inRange(before, skipped),
                    inRange(after, skipped),
                    new IdentityHashMap<>(),
                    Function.identity(),
                    out);
        }
    }

    /**
     * Emits the difference of two lists.
     *
     * @param keyOf the part of a row that it has in common with the row that it replaces
     */
    void emit(
            List<RowData> before,
            List<RowData> after,
            Function<RowData, RowData> keyOf,
            Collector<RowData> out) {
        if (outputRankNumber) {
            emitByRank(before, after, 0, out);
        } else {
            emitByRow(inRange(before, 0), inRange(after, 0), new HashMap<>(), keyOf, out);
        }
    }

    private List<RowData> inRange(List<RowData> rows, int skipped) {
        return rows.subList(Math.min(firstIndex(skipped), rows.size()), rows.size());
    }

    /** Returns the start of the range of ranks in a list that follows this number of ranks. */
    private int firstIndex(int skipped) {
        return Math.max(0, (int) rankStart - 1 - skipped);
    }

    /**
     * Emits the changes of each rank. All retractions are emitted first: a row that moves also has
     * its own unique key, for which the last change counts.
     */
    void emitByRank(
            List<RowData> before, List<RowData> after, int skipped, Collector<RowData> out) {
        int first = firstIndex(skipped);
        int ranks = Math.max(before.size(), after.size());
        for (int index = first; index < ranks; index++) {
            RowData old = row(before, index);
            if (old != row(after, index)) {
                emitOld(old, row(after, index), skipped + index + 1L, out);
            }
        }
        for (int index = first; index < ranks; index++) {
            RowData now = row(after, index);
            if (now != row(before, index)) {
                emitNew(row(before, index), now, skipped + index + 1L, out);
            }
        }
    }

    @Nullable
    private static RowData row(List<RowData> rows, int index) {
        return index < rows.size() ? rows.get(index) : null;
    }

    private void emitByRow(
            List<RowData> before,
            List<RowData> after,
            Map<RowData, RowData> old,
            Function<RowData, RowData> keyOf,
            Collector<RowData> out) {
        for (RowData row : before) {
            old.put(keyOf.apply(row), row);
        }
        RowData[] places = new RowData[after.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = old.remove(keyOf.apply(after.get(i)));
        }
        for (RowData row : before) {
            if (old.containsKey(keyOf.apply(row))) {
                emitOld(row, null, 0, out);
            }
        }
        for (int i = 0; i < places.length; i++) {
            if (places[i] != after.get(i)) {
                emitOld(places[i], after.get(i), 0, out);
                emitNew(places[i], after.get(i), 0, out);
            }
        }
    }

    private void emitOld(
            @Nullable RowData old, @Nullable RowData now, long rank, Collector<RowData> out) {
        if (old != null && now == null) {
            emit(RowKind.DELETE, old, rank, out);
        } else if (old != null && generateUpdateBefore) {
            emit(RowKind.UPDATE_BEFORE, old, rank, out);
        }
    }

    private void emitNew(
            @Nullable RowData old, @Nullable RowData now, long rank, Collector<RowData> out) {
        if (now != null) {
            emit(old == null ? RowKind.INSERT : RowKind.UPDATE_AFTER, now, rank, out);
        }
    }

    private void emit(RowKind kind, RowData row, long rank, Collector<RowData> out) {
        if (outputRankNumber) {
            out.collect(new JoinedRowData(kind, row, GenericRowData.of(rank)));
        } else {
            // The row stays in memory and is stored as an insertion.
            row.setRowKind(kind);
            out.collect(row);
            row.setRowKind(RowKind.INSERT);
        }
    }
}
