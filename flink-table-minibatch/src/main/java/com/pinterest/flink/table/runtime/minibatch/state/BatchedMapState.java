// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.util.FlinkRuntimeException;
import org.rocksdb.RocksDBException;

/**
 * A map state whose values are read for many keys at once, if the reads are known beforehand, and
 * written for many keys at once in any case. One iterator of the database serves the iterations
 * over the maps of all keys, merged with the changes of the bundle.
 */
final class BatchedMapState<UK, UV> extends BatchedState<SlotMap<UK>> implements MapState<UK, UV> {

    private final MapState<UK, UV> state;
    private final ExpectedReads expected;
    private final MapLookups lookups = new MapLookups();

    /** The number of unexpected slots in the window. */
    private int unexpected;

    /** The slots of the current entry, by the keys of the map; null outside of bundles. */
    @Nullable private SlotMap<UK> current;

    /** Whether the entry was accessed through the backend's state, which the iterator misses. */
    private boolean isPastIterator;

    /**
     * Creates the accesses to a state.
     *
     * @param expected the keys of the map that are certainly read
     */
    BatchedMapState(RocksDBBundleState bundle, MapState<UK, UV> state, ExpectedReads expected) {
        super(bundle, state);
        this.state = state;
        this.expected = expected;
    }

    @Override
    SlotMap<UK> expectedSlots(BundleEntry<?> of) {
        SlotMap<UK> slots = new SlotMap<>();
        for (Object each : expected.ofMap(of)) {
            @SuppressWarnings("unchecked")
            UK key = (UK) each;
            Slot slot = new Slot(databaseKey(of, key), of);
            if (slots.expect(key, slot)) {
                add(slot);
            }
        }
        return slots;
    }

    @Override
    List<Slot> lookUp(List<Slot> sorted) throws RocksDBException {
        if (bundle.hasEntryFilters()) {
            return sorted;
        }
        List<Slot> others = new ArrayList<>();
        int end;
        for (int start = 0; start < sorted.size(); start = end) {
            end = start + 1;
            while (end < sorted.size() && sorted.get(end).entry == sorted.get(start).entry) {
                end++;
            }
            List<Slot> ofMap = sorted.subList(start, end);
            int read = lookups.read(bundle.database(), columnFamily(), bundle.readOptions(), ofMap);
            others.addAll(ofMap.subList(read, ofMap.size()));
        }
        return others;
    }

    @Override
    void closeIterators() {
        super.closeIterators();
        lookups.close();
    }

    @Override
    void moveTo(@Nullable SlotMap<UK> slotsOfEntry) {
        current = slotsOfEntry;
        isPastIterator = false;
        if (slotsOfEntry == null) {
            unexpected = 0;
        }
    }

    private byte[] databaseKey(BundleEntry<?> of, UK key) {
        output.clear();
        try {
            output.write(of.stateKey);
            serializer().getKeySerializer().serialize(key, output);
        } catch (IOException e) {
            throw new FlinkRuntimeException("Key of a map state cannot be written.", e);
        }
        return output.getCopyOfBuffer();
    }

    private Slot slot(UK key) {
        Slot expectedSlot = current.expected(key);
        if (expectedSlot != null) {
            return expectedSlot;
        }
        Slot slot = new Slot(databaseKey(entry(), key));
        Slot known = current.sameAs(slot);
        if (known != null) {
            return known;
        }
        if (unexpected >= bundle.windowSize().slots()) {
            writeEarly();
        }
        current.add(slot);
        add(slot);
        unexpected++;
        return slot;
    }

    /** Writes and forgets all slots, so that the size of a map is not limited by memory. */
    private void writeEarly() {
        bundle.windowSize().onWindow(slotCount(), bytes());
        writeNow();
        forgetSlots();
        window().forEach(SlotMap::clear);
        unexpected = 0;
        closeIterators();
    }

    @Override
    public UV get(UK key) throws Exception {
        if (current == null) {
            return state.get(key);
        }
        byte[] bytes = read(slot(key));
        return bytes == null ? null : mapValue(bytes);
    }

    @Nullable
    UV mapValue(byte[] bytes) {
        input.setBuffer(bytes);
        try {
            boolean isNull = input.readBoolean();
            return isNull ? null : serializer().getValueSerializer().deserialize(input);
        } catch (IOException e) {
            throw new FlinkRuntimeException("Value of a map state cannot be read.", e);
        }
    }

    UK mapKey(byte[] databaseKey, int from) {
        input.setBuffer(databaseKey, from, databaseKey.length - from);
        try {
            return serializer().getKeySerializer().deserialize(input);
        } catch (IOException e) {
            throw new FlinkRuntimeException("Key of a map state cannot be read.", e);
        }
    }

    @Override
    public void put(UK key, UV value) throws Exception {
        if (current == null) {
            state.put(key, value);
        } else {
            write(key, value);
        }
    }

    void write(UK key, UV value) {
        Slot slot = slot(key);
        output.clear();
        try {
            output.writeBoolean(value == null);
            if (value != null) {
                serializer().getValueSerializer().serialize(value, output);
            }
        } catch (IOException e) {
            throw new FlinkRuntimeException("Value of a map state cannot be written.", e);
        }
        slot.write(output.getCopyOfBuffer());
    }

    @Override
    public void putAll(Map<UK, UV> map) throws Exception {
        if (current == null) {
            state.putAll(map);
            return;
        }
        for (Map.Entry<UK, UV> each : map.entrySet()) {
            put(each.getKey(), each.getValue());
        }
    }

    @Override
    public void remove(UK key) throws Exception {
        if (current == null) {
            state.remove(key);
        } else {
            delete(key);
        }
    }

    void delete(UK key) {
        slot(key).write(null);
    }

    @Override
    public boolean contains(UK key) throws Exception {
        return current == null ? state.contains(key) : read(slot(key)) != null;
    }

    // ----- as a whole

    /** The backend's state, after the changes have been written to it. */
    private MapState<UK, UV> whole() throws Exception {
        if (current != null) {
            writeNow(current.slots());
            // The caller may change entries through the result.
            current.clear();
            bundle.useBackend();
            isPastIterator = true;
        }
        return state;
    }

    private boolean canScan() {
        return current != null && !isPastIterator;
    }

    private Iterator<Map.Entry<UK, UV>> scan() {
        List<Slot> changed = new ArrayList<>();
        for (Slot slot : current.slots()) {
            if (slot.isChanged()) {
                changed.add(slot);
            }
        }
        KeyOrder.sort(changed, slot -> slot.key);
        return new MapScan<>(this, entry().stateKey, changed);
    }

    @Override
    public Iterable<Map.Entry<UK, UV>> entries() throws Exception {
        return canScan() ? this::scan : whole().entries();
    }

    @Override
    public Iterable<UK> keys() throws Exception {
        return canScan() ? () -> mapped(scan(), Map.Entry::getKey) : whole().keys();
    }

    @Override
    public Iterable<UV> values() throws Exception {
        return canScan() ? () -> mapped(scan(), Map.Entry::getValue) : whole().values();
    }

    private static <T, R> Iterator<R> mapped(Iterator<T> elements, Function<T, R> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return elements.hasNext();
            }

            @Override
            public R next() {
                return function.apply(elements.next());
            }

            @Override
            public void remove() {
                elements.remove();
            }
        };
    }

    @Override
    public Iterator<Map.Entry<UK, UV>> iterator() throws Exception {
        return canScan() ? scan() : whole().iterator();
    }

    @Override
    public boolean isEmpty() throws Exception {
        return canScan() ? !scan().hasNext() : whole().isEmpty();
    }

    @Override
    public void clear() {
        try {
            whole().clear();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new FlinkRuntimeException("Map state cannot be cleared.", e);
        }
    }

    /** Not cached: it may change when the state is requested again. */
    @SuppressWarnings("unchecked")
    private MapSerializer<UK, UV> serializer() {
        return (MapSerializer<UK, UV>)
                ((InternalKvState<?, ?, Map<UK, UV>>) state).getValueSerializer();
    }
}
