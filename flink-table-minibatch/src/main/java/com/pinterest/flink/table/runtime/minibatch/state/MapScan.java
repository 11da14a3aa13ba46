// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import javax.annotation.Nullable;

/**
 * An iteration over the entries of a map: those of an iterator that many maps share, and the
 * changes since it was created. It reads some entries ahead, so that other maps can use the
 * iterator in between.
 */
final class MapScan<UK, UV> implements Iterator<Map.Entry<UK, UV>> {

    private static final int AHEAD = 128;

    private final BatchedMapState<UK, UV> state;
    private final byte[] prefix;

    /** The changed entries in the order of the database. */
    private final List<Slot> changed;

    private int nextChanged;
    private final List<Entry> ahead = new ArrayList<>();
    private int next;

    /** The last key that was read from the database. */
    @Nullable private byte[] taken;

    private boolean isDone;
    @Nullable private Entry last;

    /**
     * Creates a scan.
     *
     * @param changed the changes that the iterator does not see, in the order of the database
     */
    MapScan(BatchedMapState<UK, UV> state, byte[] prefix, List<Slot> changed) {
        this.state = state;
        this.prefix = prefix;
        this.changed = changed;
    }

    @Override
    public boolean hasNext() {
        while (next == ahead.size() && !isDone) {
            lookAhead();
        }
        return next < ahead.size();
    }

    private void lookAhead() {
        ahead.clear();
        next = 0;
        SharedIterator shared = state.sharedIterator();
        if (taken == null) {
            shared.seek(prefix);
        } else {
            shared.seekBehind(taken);
        }
        for (int i = 0; i < AHEAD; i++) {
            byte[] key = shared.key();
            if (key == null || !isOfThisMap(key)) {
                takeChangesUpTo(null);
                isDone = true;
                return;
            }
            if (!takeChangesUpTo(key)) {
                ahead.add(new Entry(key, shared.value()));
            }
            taken = key;
            shared.next();
        }
    }

    /**
     * Takes the changes up to a key.
     *
     * @param key the key; null for the end
     * @return whether the entry of this key was changed
     */
    private boolean takeChangesUpTo(@Nullable byte[] key) {
        while (nextChanged < changed.size()) {
            Slot slot = changed.get(nextChanged);
            int order = key == null ? -1 : Arrays.compareUnsigned(slot.key, key);
            if (order > 0) {
                return false;
            }
            nextChanged++;
            if (slot.value() != null) {
                ahead.add(new Entry(slot.key, slot.value()));
            }
            if (order == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isOfThisMap(byte[] key) {
        return key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public Map.Entry<UK, UV> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        last = ahead.get(next++);
        return last;
    }

    @Override
    public void remove() {
        if (last == null) {
            throw new IllegalStateException("Nothing was returned yet.");
        }
        state.delete(last.getKey());
    }

    /** An entry, decoded on access. */
    private final class Entry implements Map.Entry<UK, UV> {

        private final byte[] databaseKey;
        private final byte[] databaseValue;
        @Nullable private UK key;
        @Nullable private UV value;

        Entry(byte[] databaseKey, byte[] databaseValue) {
            this.databaseKey = databaseKey;
            this.databaseValue = databaseValue;
        }

        @Override
        public UK getKey() {
            if (key == null) {
                key = state.mapKey(databaseKey, prefix.length);
            }
            return key;
        }

        @Override
        public UV getValue() {
            if (value == null) {
                value = state.mapValue(databaseValue);
            }
            return value;
        }

        @Override
        public UV setValue(UV newValue) {
            UV before = getValue();
            state.write(getKey(), newValue);
            value = newValue;
            return before;
        }
    }
}
