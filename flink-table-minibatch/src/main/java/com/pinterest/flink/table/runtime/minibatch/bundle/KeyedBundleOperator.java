// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.runtime.state.KeyFilters;
import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.BundleState;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import com.pinterest.flink.table.runtime.minibatch.state.ReadingFunction;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;

/**
 * An operator that runs a function with state on bundles, as upstream's {@code
 * KeyedMapBundleOperator} does. The function accesses the state through {@link BundleState}, in a
 * way that suits the backend.
 *
 * @param <V> what the function gets for a key
 */
public final class KeyedBundleOperator<V> extends FunctionBundleOperator<V> {

    private static final long serialVersionUID = 1L;

    /** Whether the function gets accumulators, to merge them with those of the state. */
    private final boolean mergesAccumulators;

    /** Whether keys come in the order of the state, not in that of upstream's bundles. */
    private final boolean sortsKeys;

    private transient BundleState state;

    private KeyedBundleOperator(
            MapBundleFunction<RowData, V, RowData, RowData> function,
            @Nullable InPlaceAggregation inPlace,
            boolean sortsKeys,
            BundleLimits limits) {
        super(function, inPlace, limits);
        this.mergesAccumulators = inPlace != null;
        this.sortsKeys = sortsKeys;
    }

    /** An operator whose function gathers its rows, and gets keys in the order of upstream. */
    public static <V> KeyedBundleOperator<V> of(
            MapBundleFunction<RowData, V, RowData, RowData> function, BundleLimits limits) {
        return new KeyedBundleOperator<>(function, null, false, limits);
    }

    /** As {@link #of}, with keys in the order of the state, for functions of ours. */
    public static <V> KeyedBundleOperator<V> sorted(
            MapBundleFunction<RowData, V, RowData, RowData> function, BundleLimits limits) {
        return new KeyedBundleOperator<>(function, null, true, limits);
    }

    /**
     * An operator whose function merges accumulators with those of the state.
     *
     * @param handler merges the accumulators of a bundle, as the function does
     */
    public static KeyedBundleOperator<RowData> merging(
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction handler,
            BundleLimits limits) {
        return new KeyedBundleOperator<>(
                function, InPlaceAggregation.ofAccumulators(handler), false, limits);
    }

    /** Our functions iterate over maps; upstream's aggregations and deduplications look up. */
    @Override
    protected void askForFilters(Configuration task) {
        if (sortsKeys) {
            askForPrefixes(task);
        } else {
            KeyFilters.askForEntries(task, getOperatorID());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        if (function instanceof ReadingFunction) {
            ((ReadingFunction) function).checkRestored(getKeyedStateBackend());
        }
        state = openState(expectedReads());
        openFunction(stateKeySelector(), new Context());
    }

    private Function<String, ExpectedReads> expectedReads() {
        if (function instanceof ReadingFunction) {
            return ((ReadingFunction) function)::expectedReads;
        }
        return mergesAccumulators ? new DistinctKeys() : DistinctKeys::valuesOnly;
    }

    @SuppressWarnings("unchecked")
    private KeySelector<RowData, RowData> stateKeySelector() {
        KeySelector<?, ?> selector = config.getStatePartitioner(0, getUserCodeClassloader());
        return (KeySelector<RowData, RowData>) selector;
    }

    @Override
    protected int finishBundle() throws Exception {
        BundleEntry<V>[] results = gathered.results();
        if (sortsKeys) {
            state.sort(results);
        }
        state.begin(results);
        runFunction(results);
        state.end();
        gathered.clear();
        return results.length;
    }

    /** What the function sees of the operator. */
    private final class Context implements ExecutionContext {

        /** The state backend's key follows where it has to. */
        @Nullable private RowData currentKey;

        @Override
        @Nullable
        public RowData currentKey() {
            return currentKey;
        }

        @Override
        public void setCurrentKey(RowData key) {
            currentKey = key;
            state.setCurrentKey(key);
        }

        @Override
        public RuntimeContext getRuntimeContext() {
            return KeyedBundleOperator.this.getRuntimeContext();
        }
    }
}
