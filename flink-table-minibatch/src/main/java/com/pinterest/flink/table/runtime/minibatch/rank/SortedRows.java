// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * The first rows by their sort key, up to a maximum number. Rows with equal keys are in the order
 * in which they were added.
 *
 * <p>Not thread-safe.
 */
final class SortedRows extends AbstractCollection<RowData> {

    private final Comparator<RowData> comparator;
    private final long limit;
    private final List<RowData> keys = new ArrayList<>();
    private final List<RowData> rows = new ArrayList<>();

    SortedRows(Comparator<RowData> comparator, long limit) {
        this.comparator = comparator;
        this.limit = limit;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Iterator<RowData> iterator() {
        return rows.iterator();
    }

    RowData key(int index) {
        return keys.get(index);
    }

    RowData row(int index) {
        return rows.get(index);
    }

    List<RowData> rows() {
        return rows;
    }

    /** Returns whether a row with this key would be among the first. */
    boolean takes(RowData key) {
        return rows.size() < limit || comparator.compare(key, keys.get(rows.size() - 1)) < 0;
    }

    /** Adds a row that is among the first. Drops the last row if there are too many. */
    void add(RowData key, RowData row) {
        int index = end(key);
        keys.add(index, key);
        rows.add(index, row);
        if (rows.size() > limit) {
            keys.remove(rows.size() - 1);
            rows.remove(rows.size() - 1);
        }
    }

    /** Returns the index after the rows with keys that are smaller than or equal to a key. */
    private int end(RowData key) {
        int low = 0;
        int high = keys.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (comparator.compare(keys.get(middle), key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns an independent copy. */
    SortedRows copy() {
        SortedRows copy = new SortedRows(comparator, limit);
        copy.keys.addAll(keys);
        copy.rows.addAll(rows);
        return copy;
    }

    /** Returns the rows with the same key as the row at an index, from that index on. */
    List<RowData> from(int index) {
        int end = index + 1;
        while (end < keys.size() && comparator.compare(keys.get(index), keys.get(end)) == 0) {
            end++;
        }
        return rows.subList(index, end);
    }
}
