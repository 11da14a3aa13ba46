// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;

/** A value state whose values are read for many keys at once, where it is known that they are. */
final class BatchedValueState<T> extends BatchedState implements ValueState<T> {

    private final ValueState<T> state;
    private final ExpectedReads expected;
    private final List<Slot> window = new ArrayList<>();
    private int first;

    /** Null outside of bundles. */
    @Nullable private BundleEntry<?> entry;

    /** The slot of the entry; null if nothing was done with it yet. */
    @Nullable private Slot current;

    BatchedValueState(RocksDBBundleState bundle, ValueState<T> state, ExpectedReads expected) {
        super(bundle, state);
        this.state = state;
        this.expected = expected;
    }

    @Override
    void expect(int index, BundleEntry<?> of) {
        if (window.isEmpty()) {
            first = index;
        }
        Slot slot = null;
        if (expected.ofValue(of)) {
            slot = new Slot(of.stateKey);
            add(slot);
        }
        window.add(slot);
    }

    @Override
    void moveTo(int index, BundleEntry<?> to) {
        entry = to;
        current = window.get(index - first);
    }

    @Override
    void forget() {
        window.clear();
        entry = null;
        current = null;
    }

    private Slot slot() {
        if (current == null) {
            current = new Slot(entry.stateKey);
            add(current);
        }
        return current;
    }

    @Override
    public T value() throws IOException {
        if (entry == null) {
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
        if (entry == null) {
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
        if (entry == null) {
            state.clear();
        } else {
            slot().write(null);
        }
    }

    /** Not kept, as a state that is asked for again may get another. */
    @SuppressWarnings("unchecked")
    private TypeSerializer<T> serializer() {
        return ((InternalKvState<?, ?, T>) state).getValueSerializer();
    }
}
