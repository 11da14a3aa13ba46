// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;

/**
 * The rows of a bundle by key, gathered by an {@link Accumulation}. Keys come in the order of a
 * {@link HashMap}, as in upstream's bundles: functions downstream may show it.
 *
 * <p>A row takes one lookup; its key is copied if it is new.
 *
 * @param <V> what a bundle function gets for a key
 */
final class GatheredRows<V> {

    /** How many bytes a key takes beside its row and what is gathered, approximately. */
    private static final int ENTRY_SIZE = 256;

    private final KeyProjection keys;
    private final Accumulation<Object, V> accumulation;
    private final Map<RowData, BundleEntry<Object>> entries = new HashMap<>();

    GatheredRows(KeySelector<RowData, RowData> keySelector, Accumulation<Object, V> accumulation) {
        this.keys = new KeyProjection(keySelector);
        this.accumulation = accumulation;
    }

    /**
     * Adds a row, which may be reused after the call.
     *
     * @return how many bytes it takes in memory, approximately
     */
    long add(RowData row) throws Exception {
        RowData key = keys.of(row);
        BundleEntry<Object> entry = entries.get(key);
        if (entry == null) {
            RowData kept = keys.keep(key);
            entry = new BundleEntry<>(kept);
            entries.put(kept, entry);
            entry.setValue(accumulation.add(null, row));
            return ENTRY_SIZE + accumulation.sizeOfKey() + RowSize.of(kept) + RowSize.of(row);
        }
        entry.setValue(accumulation.add(entry.getValue(), row));
        return accumulation.keptOf(row);
    }

    /** How many keys there are. */
    int keyCount() {
        return entries.size();
    }

    /** What the function gets for each key; to be called once, before {@link #clear}. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    BundleEntry<V>[] results() throws Exception {
        BundleEntry[] results = entries.values().toArray(new BundleEntry[0]);
        for (BundleEntry entry : results) {
            entry.setValue(accumulation.result(entry.getValue()));
        }
        return results;
    }

    /**
     * What the function gets for a bundle that consists of one row; to be called while nothing is
     * gathered, and before {@link #clear}.
     *
     * @return an array of one entry, whose key may be reused for the next row
     */
    @SuppressWarnings({"rawtypes", "unchecked"})
    BundleEntry<V>[] resultOf(RowData row) throws Exception {
        BundleEntry<V> entry = new BundleEntry<>(keys.of(row));
        entry.setValue(accumulation.result(accumulation.add(null, row)));
        return new BundleEntry[] {entry};
    }

    /** Forgets all rows. */
    void clear() throws Exception {
        entries.clear();
        accumulation.release();
    }
}
