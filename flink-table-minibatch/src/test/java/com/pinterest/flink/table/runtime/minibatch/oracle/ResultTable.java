// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;

/** The table that a changelog makes, and what is wrong with the changelog. */
final class ResultTable {

    private final RowData.FieldGetter[] getters;

    /** Null if rows are retracted as a whole. */
    @Nullable private final int[] key;

    /** How often a row is there; with a key, by the key the row. */
    private final Map<List<String>, Integer> counts = new TreeMap<>(ResultTable::compare);

    private final Map<List<String>, List<String>> rows = new TreeMap<>(ResultTable::compare);
    private final List<String> changes = new ArrayList<>();

    @Nullable private String invalid;

    ResultTable(LogicalType[] types, @Nullable int[] key) {
        this.getters = new RowData.FieldGetter[types.length];
        Arrays.setAll(getters, i -> RowData.createFieldGetter(types[i].copy(true), i));
        this.key = key;
    }

    private static int compare(List<String> one, List<String> other) {
        return one.toString().compareTo(other.toString());
    }

    void addAll(List<RowData> all) {
        all.forEach(this::add);
    }

    private void add(RowData change) {
        List<String> row = new ArrayList<>();
        for (RowData.FieldGetter getter : getters) {
            Object field = getter.getFieldOrNull(change);
            // There are two zeros.
            row.add(field instanceof Double ? "" + ((Double) field + 0.0) : "" + field);
        }
        RowKind kind = change.getRowKind();
        boolean isGone = kind == RowKind.DELETE || kind == RowKind.UPDATE_BEFORE;
        changes.add(kind.shortString() + row);
        boolean isMissing = false;
        if (key == null) {
            int count = counts.merge(row, isGone ? -1 : 1, Integer::sum);
            isMissing = isGone && count < 0;
            if (count == 0) {
                counts.remove(row);
            }
        } else {
            List<String> keyed = new ArrayList<>();
            for (int index : key) {
                keyed.add(row.get(index));
            }
            if (isGone) {
                isMissing = rows.remove(keyed) == null;
            } else {
                rows.put(keyed, row);
            }
        }
        if (isMissing && invalid == null) {
            invalid = kind.shortString() + row;
        }
    }

    /** The first row that was retracted without being there; null for none. */
    @Nullable
    String invalid() {
        return invalid;
    }

    boolean isEmpty() {
        return counts.isEmpty() && rows.isEmpty();
    }

    /** Whether it is what an aggregation without groups makes of no rows. */
    boolean isOneRowOfNothing() {
        List<List<String>> all = new ArrayList<>(counts.keySet());
        all.addAll(rows.values());
        return all.size() == 1
                && all.get(0).stream().allMatch(f -> f.equals("0") || f.equals("null"));
    }

    boolean isSame(ResultTable other) {
        return counts.equals(other.counts) && rows.equals(other.rows);
    }

    String changes() {
        return String.join("\n    ", changes);
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        counts.forEach((row, count) -> lines.add(row + (count == 1 ? "" : " times " + count)));
        rows.values().forEach(row -> lines.add(row.toString()));
        return lines.isEmpty() ? "nothing" : String.join("\n    ", lines);
    }
}
