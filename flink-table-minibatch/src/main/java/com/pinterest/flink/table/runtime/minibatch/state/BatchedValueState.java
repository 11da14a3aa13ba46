// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;

/** A value state whose values are read for many keys at once, if the reads are known beforehand. */
final class BatchedValueState<T> extends BatchedState<Slot> implements ValueState<T> {

    private final ValueState<T> state;
    private final ExpectedReads expected;

    /** The slot of the current entry; null if it was not accessed yet. */
    @Nullable private Slot current;

    BatchedValueState(RocksDBBundleState bundle, ValueState<T> state, ExpectedReads expected) {
        super(bundle, state);
        this.state = state;
        this.expected = expected;
    }

    @Override
    @Nullable
    Slot expectedSlots(BundleEntry<?> of) {
        return expected.ofValue(of) ? newSlot(of) : null;
    }

    private Slot newSlot(BundleEntry<?> of) {
        Slot slot = new Slot(of.stateKey);
        add(slot);
        return slot;
    }

    @Override
    void moveTo(@Nullable Slot slotOfEntry) {
        current = slotOfEntry;
    }

    private Slot slot() {
        if (current == null) {
            current = newSlot(entry());
        }
        return current;
    }

    @Override
    public T value() throws IOException {
        if (entry() == null) {
            return state.value();
        }
        byte[] bytes = read(slot());
        if (bytes == null) {
            return null;
        }
        input.setBuffer(bytes);
        return serializer().deserialize(input);
    }

    @Override
    public void update(T value) throws IOException {
        if (entry() == null) {
            state.update(value);
        } else if (value == null) {
            slot().write(null);
        } else {
            output.clear();
            serializer().serialize(value, output);
            slot().write(output.getCopyOfBuffer());
        }
    }

    @Override
    public void clear() {
        if (entry() == null) {
            state.clear();
        } else {
            slot().write(null);
        }
    }

    /** Not cached: it may change when the state is requested again. */
    @SuppressWarnings("unchecked")
    private TypeSerializer<T> serializer() {
        return ((InternalKvState<?, ?, T>) state).getValueSerializer();
    }
}
