// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.keyselector.BinaryRowDataKeySelector;

/** The keys of rows, copied only when they are to be kept. */
public final class KeyProjection {

    private final KeySelector<RowData, RowData> selector;
    private final boolean isReused;

    public KeyProjection(KeySelector<RowData, RowData> selector) {
        this.selector = selector;
        this.isReused = selector instanceof BinaryRowDataKeySelector;
    }

    /** A key, valid until the next call. */
    public RowData of(RowData row) throws Exception {
        return isReused
                ? ((BinaryRowDataKeySelector) selector).getReusedKey(row)
                : selector.getKey(row);
    }

    /** A key to keep. */
    public RowData keep(RowData key) {
        return isReused ? ((BinaryRowData) key).copy() : key;
    }
}
