// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;

/** The changes of an input without a unique key. A row and its retraction cancel each other. */
final class MultisetChanges implements Changes {

    private final List<Change> added = new ArrayList<>(2);

    /** Replaces the list after the first retraction. */
    @Nullable private Map<RowData, Deque<Change>> byRow;

    @Override
    public void add(Change change) {
        if (byRow == null && !change.isRetraction()) {
            added.add(change);
            return;
        }
        if (byRow == null) {
            byRow = new LinkedHashMap<>();
            added.forEach(this::sumUp);
            added.clear();
        }
        sumUp(change);
    }

    private void sumUp(Change change) {
        Deque<Change> ofRow = byRow.computeIfAbsent(change.row, row -> new ArrayDeque<>(1));
        if (ofRow.isEmpty() || ofRow.getLast().isRetraction() == change.isRetraction()) {
            ofRow.addLast(change);
        } else {
            ofRow.removeLast();
        }
        if (ofRow.isEmpty()) {
            byRow.remove(change.row);
        }
    }

    /** Does nothing: each row is retracted on its own. */
    @Override
    public void settle(JoinInput input) {}

    @Override
    public boolean readsState(JoinSide input) {
        return false;
    }

    /** Returns the rows, because the state counts equal ones. */
    @Override
    public Iterable<RowData> mapKeys(JoinSide input) {
        if (byRow != null) {
            return byRow.keySet();
        }
        List<RowData> rows = new ArrayList<>(added.size());
        added.forEach(change -> rows.add(change.row));
        return rows;
    }

    @Override
    public List<Change> retracted() {
        return byRow == null ? List.of() : sums(true);
    }

    @Override
    public List<Change> added() {
        return byRow == null ? added : sums(false);
    }

    private List<Change> sums(boolean isRetraction) {
        List<Change> sums = new ArrayList<>();
        for (Collection<Change> ofRow : byRow.values()) {
            for (Change change : ofRow) {
                if (change.isRetraction() == isRetraction) {
                    sums.add(change);
                }
            }
        }
        return sums;
    }

    @Override
    public List<Change> removed() {
        return retracted();
    }

    @Override
    public int size() {
        return byRow == null ? added.size() : byRow.values().stream().mapToInt(Deque::size).sum();
    }
}
