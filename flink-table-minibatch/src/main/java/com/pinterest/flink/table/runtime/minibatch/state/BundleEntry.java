// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;

/**
 * A key of a bundle with the rows that were gathered for it.
 *
 * <p>Not thread-safe.
 *
 * @param <V> the type in which they are gathered
 */
public final class BundleEntry<V> implements Map.Entry<RowData, V> {

    private final RowData key;
    @Nullable private V value;

    /** The serialized key; set while the bundle is finished. */
    @Nullable byte[] stateKey;

    /** Creates an entry without a value. */
    public BundleEntry(RowData key) {
        this.key = key;
    }

    @Override
    public RowData getKey() {
        return key;
    }

    /** Returns what was gathered; null if nothing was. */
    @Override
    @Nullable
    public V getValue() {
        return value;
    }

    @Override
    @Nullable
    public V setValue(@Nullable V newValue) {
        V before = value;
        value = newValue;
        return before;
    }
}
