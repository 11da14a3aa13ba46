// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.state.rocksdb;

import org.apache.flink.api.common.state.State;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

/** What this package keeps to itself, for code that reads and writes many entries at once. */
public final class RocksDBStateInternals {

    private RocksDBStateInternals() {}

    /** Whether a state is a value state of RocksDB's, without anything around it. */
    public static boolean isValueState(State state) {
        return state instanceof RocksDBValueState;
    }

    /** Whether a state is a map state of RocksDB's, without anything around it. */
    public static boolean isMapState(State state) {
        return state instanceof RocksDBMapState;
    }

    /** Where the entries of a state are. */
    public static ColumnFamilyHandle columnFamily(State state) {
        return ((AbstractRocksDBState<?, ?, ?>) state).columnFamily;
    }

    /** Whether a value state gives something for a key without an entry. */
    public static boolean hasDefaultValue(State state) {
        return ((AbstractRocksDBState<?, ?, ?>) state).getDefaultValue() != null;
    }

    /** The database of a backend. */
    public static RocksDB database(RocksDBKeyedStateBackend<?> backend) {
        return backend.db;
    }

    /** How many bytes a batch of writes may have. */
    public static long writeBatchSize(RocksDBKeyedStateBackend<?> backend) {
        return backend.getWriteBatchSize();
    }
}
