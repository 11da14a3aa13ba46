// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Arrays;
import java.util.List;
import javax.annotation.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;

/**
 * Looks up several keys of one map, in order, by an iterator. Between two entries that follow each
 * other there are none, so where a map has few, as one that is new, a step tells of many keys that
 * they have none. Maps with many entries are better looked up key by key; after one of these, some
 * are not tried.
 *
 * <p>The iterator sees the database as it was when it was first needed, until {@link #close}.
 *
 * <p>Not thread-safe.
 */
final class MapLookups {

    /** Of fewer keys of a map, there is little to save. */
    private static final int FEWEST_KEYS = 4;

    private static final int MAPS_LEFT_OUT = 16;

    /** A map whose entries were deleted may have many traces of them, which an iterator passes. */
    private static final int MOST_DELETED = 64;

    /** How many maps are not to be tried. */
    private int leftOut;

    @Nullable private ReadOptions options;
    @Nullable private RocksIterator iterator;

    /** The iterator was sought for this key; null if it stands nowhere. */
    @Nullable private byte[] sought;

    /** What it found, the first key that is not below; null if there is none. */
    @Nullable private byte[] found;

    /**
     * Reads slots, from the first on, as long as this is the better way.
     *
     * @param slots of one map, in the order of the database
     * @return how many it has read
     */
    int read(
            RocksDB database,
            ColumnFamilyHandle columnFamily,
            ReadOptions readOptions,
            List<Slot> slots)
            throws RocksDBException {
        if (slots.size() < FEWEST_KEYS) {
            return 0;
        }
        if (leftOut > 0) {
            leftOut--;
            return 0;
        }
        if (iterator == null) {
            options = new ReadOptions(readOptions).setMaxSkippableInternalKeys(MOST_DELETED);
            iterator = database.newIterator(columnFamily, options);
        }
        int seeks = 0;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            if (!knows(slot.key)) {
                boolean pays = seeks < 2 || 2 * seeks <= i;
                if (!pays || !seek(slot.key)) {
                    leftOut = MAPS_LEFT_OUT;
                    return i;
                }
                seeks++;
            }
            slot.read(Arrays.equals(found, slot.key) ? iterator.value() : null);
        }
        return slots.size();
    }

    private boolean knows(byte[] key) {
        return sought != null
                && Arrays.compareUnsigned(sought, key) <= 0
                && (found == null || Arrays.compareUnsigned(key, found) <= 0);
    }

    /** Seeks a key, unless there are too many deleted entries behind it. */
    private boolean seek(byte[] key) throws RocksDBException {
        sought = null;
        iterator.seek(key);
        if (iterator.isValid()) {
            found = iterator.key();
        } else {
            try {
                iterator.status();
            } catch (RocksDBException e) {
                if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
                    return false;
                }
                throw e;
            }
            found = null;
        }
        sought = key;
        return true;
    }

    void close() {
        if (iterator != null) {
            iterator.close();
            options.close();
            iterator = null;
            sought = null;
        }
    }
}
