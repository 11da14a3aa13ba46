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
 * A lookup of several keys of one map, in order, by an iterator. Between two consecutive entries
 * there are no others, so that in a map with few entries, such as a new one, one step shows that
 * many keys have none. In maps with many entries, looking up keys one by one is better; after such
 * a map, the next ones are skipped for a while.
 *
 * <p>The iterator sees the database as it was when it was first used, until {@link #close}.
 *
 * <p>Not thread-safe.
 */
final class MapLookups {

    /** The minimum number of keys of a map; with fewer, little is saved. */
    private static final int FEWEST_KEYS = 4;

    private static final int MAPS_LEFT_OUT = 16;

    /** The maximum number of deleted entries to pass: a map may contain the traces of many. */
    private static final int MOST_DELETED = 64;

    /** The number of maps that are still to be skipped. */
    private int leftOut;

    @Nullable private ReadOptions options;
    @Nullable private RocksIterator iterator;

    /** The key that the iterator was last sought for; null if it has no position. */
    @Nullable private byte[] sought;

    /** The first key that is not smaller, which the iterator found; null if there is none. */
    @Nullable private byte[] found;

    /**
     * Reads slots, from the first on, as long as this is better than single lookups.
     *
     * @param slots the slots of one map, in the order of the database
     * @return the number of slots that were read
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

    /** Seeks a key, unless too many deleted entries follow. */
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
