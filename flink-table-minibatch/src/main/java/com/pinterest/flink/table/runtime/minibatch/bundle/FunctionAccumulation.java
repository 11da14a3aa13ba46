// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;

/**
 * Gathers as the bundle function itself does.
 *
 * @param <V> what it gathers in
 */
final class FunctionAccumulation<V> implements Accumulation<V, V> {

    /** What a row takes in memory beside its bytes, about. */
    private static final int ROW_SIZE = 128;

    private final MapBundleFunction<RowData, V, RowData, RowData> function;

    FunctionAccumulation(MapBundleFunction<RowData, V, RowData, RowData> function) {
        this.function = function;
    }

    /** The operator opens and closes the function. */
    @Override
    public void open(ExecutionContext context) {}

    @Override
    public V add(@Nullable V gathered, RowData row) throws Exception {
        return function.addInput(gathered, row);
    }

    /** Nothing: what is gathered is rows. */
    @Override
    public long sizeOfKey() {
        return 0;
    }

    /** It may keep the row, and is not known to let go of others. */
    @Override
    public long keptOf(RowData row) {
        return ROW_SIZE + RowSize.of(row);
    }

    @Override
    public V result(V gathered) {
        return gathered;
    }

    @Override
    public void release() {}
}
