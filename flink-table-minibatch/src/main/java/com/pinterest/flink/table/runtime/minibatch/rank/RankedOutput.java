// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.io.Serializable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/** Emits how the first rows of a key have changed, rank by rank or row by row. */
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

    /**
     * Emits the difference between two lists of the first rows. The rows of both are the same
     * objects.
     */
    void emit(List<RowData> before, List<RowData> after, Collector<RowData> out) {
        if (outputRankNumber || rankStart > 1) {
            emitByRank(before, after, out);
        } else {
            emitByRow(before, after, out);
        }
    }

    private void emitByRank(List<RowData> before, List<RowData> after, Collector<RowData> out) {
        int ranks = Math.max(before.size(), after.size());
        for (int index = (int) rankStart - 1; index < ranks; index++) {
            RowData old = index < before.size() ? before.get(index) : null;
            RowData now = index < after.size() ? after.get(index) : null;
            if (old == now) {
                continue;
            }
            if (old == null) {
                emit(RowKind.INSERT, now, index, out);
            } else if (now == null) {
                emit(RowKind.DELETE, old, index, out);
            } else {
                if (generateUpdateBefore) {
                    emit(RowKind.UPDATE_BEFORE, old, index, out);
                }
                emit(RowKind.UPDATE_AFTER, now, index, out);
            }
        }
    }

    private void emitByRow(List<RowData> before, List<RowData> after, Collector<RowData> out) {
        Set<RowData> old = identities(before);
        Set<RowData> now = identities(after);
        for (int index = 0; index < before.size(); index++) {
            if (!now.contains(before.get(index))) {
                emit(RowKind.DELETE, before.get(index), index, out);
            }
        }
        for (int index = 0; index < after.size(); index++) {
            if (!old.contains(after.get(index))) {
                emit(RowKind.INSERT, after.get(index), index, out);
            }
        }
    }

    private static Set<RowData> identities(List<RowData> rows) {
        Set<RowData> identities = Collections.newSetFromMap(new IdentityHashMap<>());
        identities.addAll(rows);
        return identities;
    }

    private void emit(RowKind kind, RowData row, int index, Collector<RowData> out) {
        if (outputRankNumber) {
            out.collect(new JoinedRowData(kind, row, GenericRowData.of(index + 1L)));
        } else {
            // The row stays in memory and goes into state, as an insertion.
            row.setRowKind(kind);
            out.collect(row);
            row.setRowKind(RowKind.INSERT);
        }
    }
}
