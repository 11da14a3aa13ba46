// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Arrays;
import javax.annotation.Nullable;
import org.apache.flink.state.rocksdb.RocksDBOperationUtils;
import org.apache.flink.state.rocksdb.RocksIteratorWrapper;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;

/**
 * An iterator of the database that many maps share. It seeks only if necessary: after the end of
 * one map it is often at the next one, because keys are in the order of the database.
 */
final class SharedIterator {

    private final boolean keepsToPrefix;
    private final ReadOptions options;
    private final RocksIteratorWrapper iterator;

    private int targets;
    private int seeks;

    /**
     * The iterator is at the first entry that is not smaller than this key; null before the first
     * seek.
     */
    @Nullable private byte[] from;

    /** Whether the entry with exactly this key was passed. */
    private boolean isPassed;

    /** The key at the position of the iterator; null at the end. */
    @Nullable private byte[] key;

    /**
     * Creates an iterator.
     *
     * @param keepsToPrefix whether it may skip entries without the prefix of the sought key, if the
     *     column family has prefixes
     */
    SharedIterator(
            RocksDB database,
            ColumnFamilyHandle columnFamily,
            ReadOptions readOptions,
            boolean keepsToPrefix) {
        this.keepsToPrefix = keepsToPrefix;
        options = new ReadOptions(readOptions);
        if (keepsToPrefix) {
            options.setTotalOrderSeek(false).setPrefixSameAsStart(true);
        }
        iterator = RocksDBOperationUtils.getRocksIterator(database, columnFamily, options);
    }

    /** Moves to the first entry with a key that is not smaller than a key. */
    void seek(byte[] target) {
        targets++;
        if (!isBehind(target)) {
            seeks++;
            iterator.seek(target);
            from = target;
            isPassed = false;
            findKey();
        }
    }

    /** Moves to the first entry after a key; it is already there unless it was used in between. */
    void seekBehind(byte[] passed) {
        if (isPassed && Arrays.equals(from, passed)) {
            return;
        }
        seek(passed);
        if (Arrays.equals(key, passed)) {
            next();
        }
    }

    /** Returns whether most targets were found at the current position. */
    boolean seldomSeeks() {
        return seeks < targets / 2;
    }

    /**
     * Returns whether no entry between the target and the current position was passed, and none can
     * follow.
     */
    private boolean isBehind(byte[] target) {
        if (from == null || (keepsToPrefix && !Arrays.equals(from, target))) {
            return false;
        }
        int order = Arrays.compareUnsigned(from, target);
        return (order < 0 || (order == 0 && !isPassed))
                && (key == null || Arrays.compareUnsigned(key, target) >= 0);
    }

    /** Moves to the next entry. */
    void next() {
        iterator.next();
        from = key;
        isPassed = true;
        findKey();
    }

    private void findKey() {
        key = iterator.isValid() ? iterator.key() : null;
    }

    /** Returns the key of the entry; null after the last one. */
    @Nullable
    byte[] key() {
        return key;
    }

    byte[] value() {
        return iterator.value();
    }

    void close() {
        iterator.close();
        options.close();
    }
}
