// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.keyselector.BinaryRowDataKeySelector;

/**
 * A projection of rows to their keys. It copies a key only if it has to be kept. Not thread-safe.
 */
public final class KeyProjection {

    private final KeySelector<RowData, RowData> selector;
    private final boolean isReused;

    public KeyProjection(KeySelector<RowData, RowData> selector) {
        this.selector = selector;
        this.isReused = selector instanceof BinaryRowDataKeySelector;
    }

    /** Returns the key of a row, which is valid until the next call. */
    public RowData of(RowData row) throws Exception {
        return isReused
                ? ((BinaryRowDataKeySelector) selector).getReusedKey(row)
                : selector.getKey(row);
    }

    /** Returns a copy of a key, which may be kept. */
    public RowData keep(RowData key) {
        return isReused ? ((BinaryRowData) key).copy() : key;
    }
}
