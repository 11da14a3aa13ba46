// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;

/**
 * A local aggregation: an operator without state whose function emits accumulators, as upstream's
 * {@code MapBundleOperator} does. While bundles do not pay off, it emits an accumulator for each
 * row.
 */
public final class LocalBundleOperator extends FunctionBundleOperator<RowData> {

    private static final long serialVersionUID = 1L;

    private final KeySelector<RowData, RowData> keySelector;
    private final boolean skipsBundles;

    private transient ReductionWatch reduction;

    /**
     * Creates the operator.
     *
     * @param handler aggregates the rows of a bundle, as the function does
     * @param skipsBundles whether rows skip bundles while there is little to aggregate
     */
    public LocalBundleOperator(
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction handler,
            KeySelector<RowData, RowData> keySelector,
            boolean skipsBundles,
            BundleLimits limits) {
        super(function, InPlaceAggregation.ofRows(handler), limits);
        this.keySelector = keySelector;
        this.skipsBundles = skipsBundles;
    }

    /** None: there is no state. */
    @Override
    protected void askForFilters(Configuration task) {}

    @Override
    public void open() throws Exception {
        super.open();
        reduction = new ReductionWatch(limits);
        openFunction(keySelector, new Context());
    }

    @Override
    public void processElement(StreamRecord<RowData> record) throws Exception {
        if (skipsBundles && reduction.skipsBundle()) {
            runFunction(gathered.resultOf(record.getValue()));
            gathered.clear();
        } else {
            super.processElement(record);
        }
    }

    @Override
    protected int finishBundle() throws Exception {
        BundleEntry<RowData>[] results = gathered.results();
        runFunction(results);
        gathered.clear();
        reduction.onBundle(rows(), results.length);
        return results.length;
    }

    /** What the function sees of the operator. */
    private final class Context implements ExecutionContext {

        @Override
        @Nullable
        public RowData currentKey() {
            return null;
        }

        @Override
        public void setCurrentKey(RowData key) {
            throw new UnsupportedOperationException("A local aggregation has no state.");
        }

        @Override
        public RuntimeContext getRuntimeContext() {
            return LocalBundleOperator.this.getRuntimeContext();
        }
    }
}
