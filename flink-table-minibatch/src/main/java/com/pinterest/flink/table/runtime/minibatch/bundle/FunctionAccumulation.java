// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.util.Collection;
import java.util.Map;
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

    /**
     * Whether the last row was added to those that were there, not dropped or put in their place.
     */
    private boolean isKept;

    FunctionAccumulation(MapBundleFunction<RowData, V, RowData, RowData> function) {
        this.function = function;
    }

    /** The operator opens and closes the function. */
    @Override
    public void open(ExecutionContext context) {}

    @Override
    public V add(@Nullable V gathered, RowData row) throws Exception {
        int before = rows(gathered);
        V now = function.addInput(gathered, row);
        isKept = rows(now) > before;
        return now;
    }

    /** How many rows are gathered, in one of the collections that functions use, or by itself. */
    private static int rows(@Nullable Object gathered) {
        if (gathered instanceof Collection) {
            return ((Collection<?>) gathered).size();
        }
        if (gathered instanceof Map) {
            return ((Map<?, ?>) gathered).size();
        }
        return gathered == null ? 0 : 1;
    }

    /** Nothing: what is gathered is rows. */
    @Override
    public long sizeOfKey() {
        return 0;
    }

    @Override
    public long keptOf(RowData row) {
        return isKept ? ROW_SIZE + RowSize.of(row) : 0;
    }

    @Override
    public V result(V gathered) {
        return gathered;
    }

    @Override
    public void release() {}
}
