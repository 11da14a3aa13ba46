// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.table.data.RowData;

/** Changes of an input with a unique key, by that key. */
final class KeyedChanges implements Changes {

    private final KeySelector<RowData, RowData> uniqueKeySelector;
    private final boolean mendsKinds;
    private final Map<RowData, RowChanges> byKey = new LinkedHashMap<>();

    KeyedChanges(KeySelector<RowData, RowData> uniqueKeySelector, boolean mendsKinds) {
        this.uniqueKeySelector = uniqueKeySelector;
        this.mendsKinds = mendsKinds;
    }

    @Override
    public void add(Change change) throws Exception {
        RowData key = uniqueKeySelector.getKey(change.row);
        byKey.computeIfAbsent(key, none -> new RowChanges(mendsKinds)).add(change);
    }

    @Override
    public void settle(JoinInput input) throws Exception {
        Map<RowData, RowChanges> uncertain = new HashMap<>();
        byKey.forEach(
                (key, changes) -> {
                    if (changes.isUncertain()) {
                        uncertain.put(key, changes);
                    }
                });
        if (!uncertain.isEmpty()) {
            input.forEach(
                    (row, matches) -> {
                        RowChanges changes = uncertain.remove(uniqueKeySelector.getKey(row));
                        if (changes != null) {
                            changes.settle(input, row);
                        }
                        return !uncertain.isEmpty();
                    });
            uncertain.values().forEach(changes -> changes.settle(input, null));
        }
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
