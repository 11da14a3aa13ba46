// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import org.apache.flink.api.common.state.State;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.table.data.RowData;

/**
 * State that gains nothing from batches, such as state on the heap. All accesses go to the backend.
 */
final class DirectBundleState implements BundleState {

    private final KeyContext backend;

    DirectBundleState(KeyContext backend) {
        this.backend = backend;
    }

    @Override
    public void sort(BundleEntry<?>[] entries) {}

    @Override
    public void begin(BundleEntry<?>[] entries) {}

    @Override
    public void setCurrentKey(RowData key) {
        backend.setCurrentKey(key);
    }

    @Override
    public void end() {}

    @Override
    public void close() {}

    @Override
    public <S extends State> S register(String name, S state) {
        return state;
    }
}
