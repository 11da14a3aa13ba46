// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.util.Collection;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;

/**
 * An accumulation that gathers rows with the bundle function itself.
 *
 * @param <V> the type in which the function gathers rows
 */
final class FunctionAccumulation<V> implements Accumulation<V, V> {

    /** The approximate memory of a row besides its bytes. */
    private static final int ROW_SIZE = 128;

    private final MapBundleFunction<RowData, V, RowData, RowData> function;

    /**
     * Whether the last row was added to the previous ones, instead of dropped or put in their
     * place.
     */
    private boolean isKept;

    FunctionAccumulation(MapBundleFunction<RowData, V, RowData, RowData> function) {
        this.function = function;
    }

    /** Does nothing: the operator opens and closes the function. */
    @Override
    public void open(ExecutionContext context) {}

    @Override
    public V add(@Nullable V gathered, RowData row) throws Exception {
        int before = rows(gathered);
        V now = function.addInput(gathered, row);
        isKept = rows(now) > before;
        return now;
    }

    /**
     * Returns the number of gathered rows, which are in one of the collections that functions use,
     * or a single row.
     */
    private static int rows(@Nullable Object gathered) {
        if (gathered instanceof Collection) {
            return ((Collection<?>) gathered).size();
        }
        if (gathered instanceof Map) {
            return ((Map<?, ?>) gathered).size();
        }
        return gathered == null ? 0 : 1;
    }

    /** Returns 0: only rows are gathered. */
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
