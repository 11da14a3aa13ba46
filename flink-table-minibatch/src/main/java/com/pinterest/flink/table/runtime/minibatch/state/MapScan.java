// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import javax.annotation.Nullable;
import org.apache.flink.state.rocksdb.RocksIteratorWrapper;

/**
 * The entries of a map, by an iterator that many maps share. It takes some entries ahead, so that
 * another may use the shared one in between.
 */
final class MapScan<UK, UV> implements Iterator<Map.Entry<UK, UV>> {

    private static final int AHEAD = 128;

    private final BatchedMapState<UK, UV> state;
    private final RocksIteratorWrapper shared;
    private final byte[] prefix;
    private final List<Entry> ahead = new ArrayList<>();
    private int next;
    private boolean isDone;
    @Nullable private Entry last;

    MapScan(BatchedMapState<UK, UV> state, RocksIteratorWrapper shared, byte[] prefix) {
        this.state = state;
        this.shared = shared;
        this.prefix = prefix;
    }

    @Override
    public boolean hasNext() {
        if (next == ahead.size() && !isDone) {
            lookAhead();
        }
        return next < ahead.size();
    }

    private void lookAhead() {
        shared.seek(last == null ? prefix : last.databaseKey);
        if (last != null && shared.isValid() && Arrays.equals(shared.key(), last.databaseKey)) {
            shared.next();
        }
        ahead.clear();
        next = 0;
        while (ahead.size() < AHEAD) {
            byte[] key = shared.isValid() ? shared.key() : null;
            if (key == null || !isOfThisMap(key)) {
                isDone = true;
                return;
            }
            ahead.add(new Entry(key, shared.value()));
            shared.next();
        }
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

    /** An entry, decoded when it is asked for. */
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
