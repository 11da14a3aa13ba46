// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;

/** The changes of an input with a unique key, by that key. */
final class KeyedChanges implements Changes {

    private final KeySelector<RowData, RowData> uniqueKeySelector;
    private final boolean consistentRowKinds;
    private final Map<RowData, RowChanges> byKey = new LinkedHashMap<>();

    KeyedChanges(KeySelector<RowData, RowData> uniqueKeySelector, boolean consistentRowKinds) {
        this.uniqueKeySelector = uniqueKeySelector;
        this.consistentRowKinds = consistentRowKinds;
    }

    @Override
    public void add(Change change) throws Exception {
        RowData key = uniqueKeySelector.getKey(change.row);
        byKey.computeIfAbsent(key, none -> new RowChanges(consistentRowKinds)).add(change);
    }

    @Override
    public void settle(JoinInput input) throws Exception {
        for (Map.Entry<RowData, RowChanges> entry : byKey.entrySet()) {
            if (entry.getValue().readsState(input)) {
                entry.getValue().settle(input, input.stored(entry.getKey()));
            }
        }
    }

    /** Returns false: the state is a map. */
    @Override
    public boolean readsState(JoinSide input) {
        return false;
    }

    @Override
    public Iterable<RowData> mapKeys(JoinSide input) {
        List<RowData> keys = new ArrayList<>();
        byKey.forEach(
                (key, changes) -> {
                    if (changes.readsState(input)) {
                        keys.add(key);
                    }
                });
        return keys;
    }

    private List<Change> all(Function<RowChanges, List<Change>> part) {
        List<Change> all = new ArrayList<>();
        byKey.values().forEach(changes -> all.addAll(part.apply(changes)));
        return all;
    }

    @Override
    public List<Change> retracted() {
        return all(RowChanges::retracted);
    }

    @Override
    public List<Change> added() {
        return all(RowChanges::added);
    }

    @Override
    public List<Change> removed() {
        return all(RowChanges::removed);
    }

    @Override
    public int size() {
        return byKey.values().stream().mapToInt(RowChanges::size).sum();
    }
}
