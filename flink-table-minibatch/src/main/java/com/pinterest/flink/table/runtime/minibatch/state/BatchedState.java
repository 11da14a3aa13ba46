// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.State;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.state.rocksdb.RocksDBStateInternals;
import org.apache.flink.state.rocksdb.RocksDBWriteBatchWrapper;
import org.apache.flink.util.FlinkRuntimeException;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * One state, as a bundle accesses it: in batches.
 *
 * <p>A window is a run of entries of the bundle whose state is read in one batch and written in one
 * batch. In between, slots cache the entries of the database. Outside of bundles, all accesses go
 * to the backend's state.
 *
 * @param <S> the slots of an entry of the bundle
 */
abstract class BatchedState<S> {

    /**
     * The number of bundles after which an iterator over all keys is tried again. If it finds most
     * keys at its position, it is cheaper than a filter lookup and a seek.
     */
    private static final int BUNDLES_BY_PREFIX = 16;

    final RocksDBBundleState bundle;
    final DataOutputSerializer output = new DataOutputSerializer(128);
    final DataInputDeserializer input = new DataInputDeserializer();

    private final State state;

    /** All slots of the window. */
    private final List<Slot> slots = new ArrayList<>();

    /** The slots of each entry of the window. */
    private final List<S> window = new ArrayList<>();

    /** The index of the window's first entry in the bundle. */
    private int first;

    /** The current entry; null outside of bundles. */
    @Nullable private BundleEntry<?> entry;

    @Nullable private SharedIterator iterator;

    /** The number of bundles for which the iterator still keeps to prefixes. */
    private int bundlesByPrefix;

    BatchedState(RocksDBBundleState bundle, State state) {
        this.bundle = bundle;
        this.state = state;
    }

    /** Whether this is the given state; the backend returns the same object for each request. */
    final boolean isOf(State other) {
        return state == other;
    }

    /** Adds an entry, at an index of the bundle, to the window. */
    final void expect(int index, BundleEntry<?> of) {
        if (window.isEmpty()) {
            first = index;
        }
        window.add(expectedSlots(of));
    }

    /**
     * Makes, and {@linkplain #add adds}, the slots of an entry that are certainly read.
     *
     * @return what {@link #moveTo} gets for the entry
     */
    abstract S expectedSlots(BundleEntry<?> of);

    /** Makes an entry of the window the current one. */
    final void moveTo(int index, BundleEntry<?> to) {
        entry = to;
        moveTo(window.get(index - first));
    }

    /** Makes the slots of an entry the current ones; null outside of bundles. */
    abstract void moveTo(@Nullable S slotsOfEntry);

    /** The current entry; null outside of bundles. */
    @Nullable
    final BundleEntry<?> entry() {
        return entry;
    }

    /** The slots of each entry of the window. */
    final List<S> window() {
        return window;
    }

    final void add(Slot slot) {
        slots.add(slot);
    }

    final int slotCount() {
        return slots.size();
    }

    /** The size of the keys and values of the slots, in bytes. */
    final long bytes() {
        long bytes = 0;
        for (Slot slot : slots) {
            byte[] value = slot.value();
            bytes += slot.key.length + (value == null ? 0 : value.length);
        }
        return bytes;
    }

    final ColumnFamilyHandle columnFamily() {
        return RocksDBStateInternals.columnFamily(state);
    }

    /** The value of a slot, read from the database if it is not known; null if there is none. */
    @Nullable
    final byte[] read(Slot slot) {
        if (!slot.isKnown()) {
            try {
                slot.read(bundle.database().get(columnFamily(), slot.key));
            } catch (RocksDBException e) {
                throw new FlinkRuntimeException("RocksDB could not read an entry.", e);
            }
        }
        return slot.value();
    }

    /** An iterator for the duration of the bundle; it does not see what the bundle writes. */
    final SharedIterator sharedIterator() {
        if (iterator == null) {
            iterator = bundle.newIterator(columnFamily(), bundlesByPrefix > 0);
        }
        return iterator;
    }

    void closeIterators() {
        if (iterator != null) {
            if (bundlesByPrefix > 0) {
                bundlesByPrefix--;
            } else if (!iterator.seldomSeeks()) {
                bundlesByPrefix = BUNDLES_BY_PREFIX;
            }
            iterator.close();
            iterator = null;
        }
    }

    /** Reads all slots, in the order of the database. */
    final void read() throws RocksDBException {
        if (slots.isEmpty()) {
            return;
        }
        KeyOrder.sort(slots, slot -> slot.key);
        List<Slot> others = lookUp(slots);
        if (others.isEmpty()) {
            return;
        }
        List<byte[]> keys = new ArrayList<>(others.size());
        others.forEach(slot -> keys.add(slot.key));
        List<byte[]> values =
                bundle.database()
                        .multiGetAsList(Collections.nCopies(keys.size(), columnFamily()), keys);
        for (int i = 0; i < values.size(); i++) {
            others.get(i).read(values.get(i));
        }
    }

    /**
     * Reads slots without a multi-get, where that is cheaper.
     *
     * @return the slots that were not read
     */
    List<Slot> lookUp(List<Slot> sorted) throws RocksDBException {
        return sorted;
    }

    /** Writes the changed slots, in the order of the database, and leaves the window. */
    final void write(RocksDBWriteBatchWrapper writes) throws RocksDBException {
        writeChanges(slots, writes);
        slots.clear();
        window.clear();
        entry = null;
        moveTo(null);
    }

    /** Writes all changed slots while the window goes on. */
    final void writeNow() {
        writeNow(slots);
    }

    /** Writes the changed ones of some slots while the window goes on. */
    final void writeNow(List<Slot> some) {
        try (RocksDBWriteBatchWrapper writes = bundle.newBatch()) {
            writeChanges(some, writes);
        } catch (RocksDBException e) {
            throw new FlinkRuntimeException("RocksDB failed in a batch of writes.", e);
        }
    }

    /** Forgets all slots; changes must have been written. */
    final void forgetSlots() {
        slots.clear();
    }

    /** Writes the changed slots, in the order of the database. */
    private void writeChanges(List<Slot> some, RocksDBWriteBatchWrapper writes)
            throws RocksDBException {
        List<Slot> changed = new ArrayList<>();
        for (Slot slot : some) {
            if (slot.isChanged()) {
                changed.add(slot);
            }
        }
        // Expected slots are in order already.
        KeyOrder.sort(changed, slot -> slot.key);
        ColumnFamilyHandle columnFamily = columnFamily();
        for (Slot slot : changed) {
            byte[] value = slot.value();
            if (value == null) {
                writes.remove(columnFamily, slot.key);
            } else {
                writes.put(columnFamily, slot.key, value);
            }
            slot.read(value);
        }
    }
}
