// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import javax.annotation.Nullable;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.util.StreamRecordCollector;

/**
 * An operator that runs a bundle function of upstream's, or of ours, on rows that are gathered by
 * key. {@link InPlaceAggregation} gathers them where that is possible, else the function.
 *
 * @param <V> what the function gets for a key
 */
abstract class FunctionBundleOperator<V> extends AbstractBundleOperator
        implements OneInputStreamOperator<RowData, RowData> {

    private static final long serialVersionUID = 1L;

    protected final MapBundleFunction<RowData, V, RowData, RowData> function;

    /** Null if the function gathers the rows. */
    @Nullable private final InPlaceAggregation inPlace;

    protected transient GatheredRows<V> gathered;
    private transient StreamRecordCollector<RowData> collector;

    FunctionBundleOperator(
            MapBundleFunction<RowData, V, RowData, RowData> function,
            @Nullable InPlaceAggregation inPlace,
            BundleLimits limits) {
        super(limits);
        this.function = function;
        this.inPlace = inPlace;
    }

    /** Opens the function, and starts to gather. */
    protected final void openFunction(
            KeySelector<RowData, RowData> keySelector, ExecutionContext context) throws Exception {
        collector = new StreamRecordCollector<>(output);
        function.open(context);
        Accumulation<Object, V> accumulation = accumulation();
        accumulation.open(context);
        gathered = new GatheredRows<>(keySelector, accumulation);
        openControl();
        getMetricGroup()
                .gauge(
                        "bundleRatio",
                        () ->
                                gathered.keyCount() == 0
                                        ? 0.0
                                        : (double) rows() / gathered.keyCount());
    }

    @SuppressWarnings("unchecked")
    private Accumulation<Object, V> accumulation() throws Exception {
        Accumulation<?, ?> chosen =
                inPlace != null && inPlace.isUseful(getRuntimeContext())
                        ? inPlace
                        : new FunctionAccumulation<>(function);
        return (Accumulation<Object, V>) chosen;
    }

    /** Nothing: a row that is gathered accesses no state. */
    @Override
    @SuppressWarnings("rawtypes")
    public final void setKeyContextElement1(StreamRecord record) {}

    @Override
    public void processElement(StreamRecord<RowData> record) throws Exception {
        countRow(gathered.add(record.getValue()));
    }

    /** Runs the function on the results of the gathered rows, and forgets the rows. */
    protected final void runFunction(BundleEntry<V>[] results) throws Exception {
        function.finishBundle(new BundleEntries<>(results), collector);
    }

    /** As upstream, a failure of the function here does not fail a job that is done. */
    @Override
    public final void close() throws Exception {
        super.close();
        try {
            function.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("A function of a bundle could not be closed.", e);
        }
    }
}
