// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.RowData;

/** A bundle as a map for its function, in a given order. Can be iterated once. */
final class BundleEntries<V> extends AbstractMap<RowData, V> {

    private final BundleEntry<V>[] entries;

    BundleEntries(BundleEntry<V>[] entries) {
        this.entries = entries;
    }

    @Override
    public Set<Map.Entry<RowData, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<RowData, V>> iterator() {
                return Arrays.<Map.Entry<RowData, V>>asList(entries).iterator();
            }

            @Override
            public int size() {
                return entries.length;
            }
        };
    }

    /** Does nothing: the operator drops the bundle after the function has returned. */
    @Override
    public void clear() {}
}
