// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import com.pinterest.flink.runtime.state.KeyFilters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.SerializedCompositeKeyBuilder;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBStateInternals;
import org.apache.flink.state.rocksdb.RocksDBWriteBatchWrapper;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.FlinkRuntimeException;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * State in RocksDB that is read for many keys at once, in the order of the database, and written in
 * batches, also in that order. The keys themselves are in the order of the operator, which may be
 * upstream's, because it determines the order of results.
 *
 * <p>A window is a run of entries with up to some thousands of reads: {@link WindowSize}. It is
 * read when its first key is set, and written when the operator leaves it. A key is in one window
 * only, so that no written value has to be read again, except by operations on a whole map state,
 * which write first.
 *
 * <p>States with a wrapper around the RocksDB state, such as those with a time to live, are
 * accessed as usual.
 *
 * <p>Not thread-safe.
 */
final class RocksDBBundleState implements BundleState {

    /** The maximum that the wrapper accepts. */
    private static final int WRITES_PER_BATCH = 1000;

    private final KeyContext operator;
    private final RocksDBKeyedStateBackend<RowData> backend;
    private final SerializedCompositeKeyBuilder<RowData> keys;
    private final Function<String, ExpectedReads> expectedReads;

    private final boolean hasEntryFilters;

    /** Whether the database filters by prefixes of keys. */
    private final boolean hasPrefixes;

    private final List<BatchedState<?>> states = new ArrayList<>();
    private final WindowSize windowSize = new WindowSize();

    /** Whether there is a state that uses the backend's current key. */
    private boolean followsBackend;

    /** Null outside of bundles. */
    @Nullable private BundleEntry<?>[] entries;

    /** The index of the current entry, or -1. */
    private int current;

    /** The first entry after the window. */
    private int endOfWindow;

    private RocksDBBundleState(
            RocksDBKeyedStateBackend<RowData> backend,
            AbstractStreamOperator<?> operator,
            Function<String, ExpectedReads> expectedReads) {
        this.operator = operator;
        this.backend = backend;
        this.expectedReads = expectedReads;
        Configuration task = operator.getContainingTask().getEnvironment().getTaskConfiguration();
        this.hasEntryFilters = KeyFilters.hasEntries(task, operator.getOperatorID());
        this.hasPrefixes = KeyFilters.hasPrefixes(task, operator.getOperatorID());
        this.keys =
                new SerializedCompositeKeyBuilder<>(
                        backend.getKeySerializer(),
                        CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                                backend.getNumberOfKeyGroups()),
                        64);
    }

    @SuppressWarnings("unchecked")
    static RocksDBBundleState of(
            KeyedStateBackend<?> backend,
            AbstractStreamOperator<?> operator,
            Function<String, ExpectedReads> expectedReads) {
        return new RocksDBBundleState(
                (RocksDBKeyedStateBackend<RowData>) backend, operator, expectedReads);
    }

    RocksDB database() {
        return RocksDBStateInternals.database(backend);
    }

    WindowSize windowSize() {
        return windowSize;
    }

    /**
     * Returns whether the database filters entries, so that a lookup of most missing ones is cheap.
     */
    boolean hasEntryFilters() {
        return hasEntryFilters;
    }

    ReadOptions readOptions() {
        return backend.getReadOptions();
    }

    /**
     * Creates an iterator for a bundle.
     *
     * @param byPrefix whether it may be restricted to prefixes, if the database has them
     */
    SharedIterator newIterator(ColumnFamilyHandle columnFamily, boolean byPrefix) {
        return new SharedIterator(database(), columnFamily, readOptions(), byPrefix && hasPrefixes);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <S extends State> S register(String name, S state) {
        for (BatchedState<?> each : states) {
            if (each.isOf(state)) {
                return (S) each;
            }
        }
        BatchedState<?> batched = batched(name, state);
        if (batched == null) {
            followsBackend = true;
            return state;
        }
        states.add(batched);
        return (S) batched;
    }

    @Nullable
    private BatchedState<?> batched(String name, State state) {
        ExpectedReads expected = expectedReads.apply(name);
        if (RocksDBStateInternals.isValueState(state)
                && !RocksDBStateInternals.hasDefaultValue(state)) {
            return new BatchedValueState<>(this, (ValueState<?>) state, expected);
        }
        if (RocksDBStateInternals.isMapState(state)) {
            return new BatchedMapState<>(this, (MapState<?, ?>) state, expected);
        }
        return null;
    }

    @Override
    public void sort(BundleEntry<?>[] bundle) {
        buildStateKeys(bundle);
        KeyOrder.sort(Arrays.asList(bundle), entry -> entry.stateKey);
    }

    @Override
    public void begin(BundleEntry<?>[] bundle) {
        buildStateKeys(bundle);
        entries = bundle;
        current = -1;
        endOfWindow = 0;
    }

    private void buildStateKeys(BundleEntry<?>[] bundle) {
        KeyGroupRange range = backend.getKeyGroupRange();
        for (BundleEntry<?> entry : bundle) {
            if (entry.stateKey != null) {
                continue;
            }
            int group =
                    KeyGroupRangeAssignment.assignToKeyGroup(
                            entry.getKey(), backend.getNumberOfKeyGroups());
            if (!range.contains(group)) {
                throw new IllegalArgumentException(
                        String.format(
                                "Key group %d of a key is not in %s: the hash code of the key is not"
                                        + " stable, or its record was partitioned by another key.",
                                group, range.prettyPrintInterval()));
            }
            keys.setKeyAndKeyGroup(entry.getKey(), group);
            entry.stateKey =
                    keys.buildCompositeKeyNamespace(
                            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE);
        }
    }

    @Override
    public void setCurrentKey(RowData key) {
        if (entries != null) {
            if (current >= 0 && entries[current].getKey() == key) {
                return;
            }
            if (current + 1 < entries.length && entries[current + 1].getKey() == key) {
                moveOn();
                return;
            }
            end();
        }
        operator.setCurrentKey(key);
    }

    private void moveOn() {
        current++;
        try {
            if (current == endOfWindow) {
                writeWindow();
                readWindow();
            }
        } catch (RocksDBException e) {
            throw new FlinkRuntimeException("RocksDB failed in a batch of accesses.", e);
        }
        for (BatchedState<?> state : states) {
            state.moveTo(current, entries[current]);
        }
        if (followsBackend) {
            useBackend();
        }
    }

    private void readWindow() throws RocksDBException {
        int slots = 0;
        while (endOfWindow < entries.length && slots < windowSize.slots()) {
            int slotsBefore = slots;
            for (BatchedState<?> state : states) {
                slots -= state.slotCount();
                state.expect(endOfWindow, entries[endOfWindow]);
                slots += state.slotCount();
            }
            // States without expected reads must also limit the window.
            slots = Math.max(slots, slotsBefore + 1);
            endOfWindow++;
        }
        for (BatchedState<?> state : states) {
            state.read();
        }
    }

    private void writeWindow() throws RocksDBException {
        int slots = 0;
        long bytes = 0;
        try (RocksDBWriteBatchWrapper writes = newBatch()) {
            for (BatchedState<?> state : states) {
                slots += state.slotCount();
                bytes += state.bytes();
                state.write(writes);
            }
        }
        windowSize.onWindow(slots, bytes);
    }

    RocksDBWriteBatchWrapper newBatch() {
        return new RocksDBWriteBatchWrapper(
                database(),
                backend.getWriteOptions(),
                WRITES_PER_BATCH,
                RocksDBStateInternals.writeBatchSize(backend));
    }

    /** Sets the current key on the backend. */
    void useBackend() {
        operator.setCurrentKey(entries[current].getKey());
    }

    @Override
    public void end() {
        if (entries == null) {
            return;
        }
        entries = null;
        try {
            writeWindow();
        } catch (RocksDBException e) {
            throw new FlinkRuntimeException("RocksDB failed in a batch of writes.", e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        states.forEach(BatchedState::closeIterators);
    }
}
