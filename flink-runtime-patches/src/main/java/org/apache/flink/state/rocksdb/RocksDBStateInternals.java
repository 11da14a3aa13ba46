// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.state.rocksdb;

import org.apache.flink.api.common.state.State;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

/** The package-private parts of RocksDB state that code needs to access many entries at once. */
public final class RocksDBStateInternals {

    private RocksDBStateInternals() {}

    /** Whether a state is a value state of RocksDB that is not wrapped. */
    public static boolean isValueState(State state) {
        return state instanceof RocksDBValueState;
    }

    /** Whether a state is a map state of RocksDB that is not wrapped. */
    public static boolean isMapState(State state) {
        return state instanceof RocksDBMapState;
    }

    /** The column family that holds the entries of a state. */
    public static ColumnFamilyHandle columnFamily(State state) {
        return ((AbstractRocksDBState<?, ?, ?>) state).columnFamily;
    }

    /** Whether a value state has a default value for keys without an entry. */
    public static boolean hasDefaultValue(State state) {
        return ((AbstractRocksDBState<?, ?, ?>) state).getDefaultValue() != null;
    }

    /** The database of a backend. */
    public static RocksDB database(RocksDBKeyedStateBackend<?> backend) {
        return backend.db;
    }

    /** The maximum size of a write batch, in bytes. */
    public static long writeBatchSize(RocksDBKeyedStateBackend<?> backend) {
        return backend.getWriteBatchSize();
    }
}
