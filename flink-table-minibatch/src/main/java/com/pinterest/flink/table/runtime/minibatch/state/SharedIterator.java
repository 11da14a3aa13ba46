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
 * An iterator of a database that many maps share. It is sought only where that is needed: behind
 * the end of one map often stands the next one, as keys come in the order of the database.
 */
final class SharedIterator {

    private final boolean keepsToPrefix;
    private final ReadOptions options;
    private final RocksIteratorWrapper iterator;

    private int targets;
    private int seeks;

    /** It stands at the first entry that is not below this key; null before the first seek. */
    @Nullable private byte[] from;

    /** Whether the entry of that very key has been passed. */
    private boolean isPassed;

    /** The key that it stands at; null at the end of what it sees. */
    @Nullable private byte[] key;

    /**
     * Creates an iterator.
     *
     * @param keepsToPrefix whether it need not see other entries than those with the prefix of what
     *     it sought, where the column family has prefixes
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

    /** Goes to the first entry whose key is not below a key. */
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

    /** Goes to the first entry behind a key, where it is already unless it was used in between. */
    void seekBehind(byte[] passed) {
        if (isPassed && Arrays.equals(from, passed)) {
            return;
        }
        seek(passed);
        if (Arrays.equals(key, passed)) {
            next();
        }
    }

    /** Whether most targets were found where it stood. */
    boolean seldomSeeks() {
        return seeks < targets / 2;
    }

    /** Whether no entry between the target and this position was passed, and none is to come. */
    private boolean isBehind(byte[] target) {
        if (from == null || (keepsToPrefix && !Arrays.equals(from, target))) {
            return false;
        }
        int order = Arrays.compareUnsigned(from, target);
        return (order < 0 || (order == 0 && !isPassed))
                && (key == null || Arrays.compareUnsigned(key, target) >= 0);
    }

    /** Goes on from an entry. */
    void next() {
        iterator.next();
        from = key;
        isPassed = true;
        findKey();
    }

    private void findKey() {
        key = iterator.isValid() ? iterator.key() : null;
    }

    /** The key of the entry; null behind the last one. */
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
