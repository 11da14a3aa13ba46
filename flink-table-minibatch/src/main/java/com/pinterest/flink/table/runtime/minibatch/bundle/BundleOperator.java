// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.runtime.state.KeyFilters;
import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.BundleState;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import com.pinterest.flink.table.runtime.minibatch.state.ReadingFunction;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.util.StreamRecordCollector;

/**
 * Gathers rows by key. It runs upstream's bundle functions, and does for them what {@code
 * KeyedMapBundleOperator} and {@code MapBundleOperator} do, in fewer steps:
 *
 * <ul>
 *   <li>A row takes one look into the bundle. Its key is copied if it is new there. Nothing is said
 *       to the state backend, since a row that is gathered accesses no state.
 *   <li>Where {@link InPlaceAggregation} gathers, accumulators stay in place.
 *   <li>The function accesses state in a way that suits the backend: {@link BundleState}. Where
 *       upstream has bundles too, keys come in its order, that of a {@link HashMap}, which
 *       functions behind may show.
 * </ul>
 *
 * @param <V> what the function gets for a key
 */
public final class BundleOperator<V> extends AbstractBundleOperator
        implements OneInputStreamOperator<RowData, RowData> {

    private static final long serialVersionUID = 1L;

    /** What a key takes in memory beside its row and what is gathered, about. */
    private static final int ENTRY_SIZE = 256;

    private final MapBundleFunction<RowData, V, RowData, RowData> function;

    /** Null if there is none. */
    @Nullable private final InPlaceAggregation inPlace;

    /** Null if the operator is keyed: then the keys of the state are those of the bundle. */
    @Nullable private final KeySelector<RowData, RowData> keySelector;

    /** Whether the function gets accumulators, to merge them with those of the state. */
    private final boolean mergesAccumulators;

    /** Whether keys come in the order of the state. */
    private final boolean sorts;

    /** Whether bundles are left out where they gain nothing. */
    private final boolean stepsAside;

    private transient Accumulation<Object, V> accumulation;
    private transient KeyProjection keys;
    private transient BundleState state;
    private transient StreamRecordCollector<RowData> collector;
    private transient Map<RowData, BundleEntry<Object>> bundle;
    private transient ReductionWatch reduction;

    private BundleOperator(
            MapBundleFunction<RowData, V, RowData, RowData> function,
            @Nullable InPlaceAggregation inPlace,
            BundleLimits limits,
            @Nullable KeySelector<RowData, RowData> keySelector,
            boolean mergesAccumulators,
            boolean sorts,
            boolean stepsAside) {
        super(limits);
        this.function = function;
        this.inPlace = inPlace;
        this.keySelector = keySelector;
        this.mergesAccumulators = mergesAccumulators;
        this.sorts = sorts;
        this.stepsAside = stepsAside;
    }

    /** An operator with state, whose function gathers its rows itself. */
    public static <V> BundleOperator<V> keyed(
            MapBundleFunction<RowData, V, RowData, RowData> function, BundleLimits limits) {
        return new BundleOperator<>(function, null, limits, null, false, false, false);
    }

    /** As {@link #keyed}, in the order of the state, for functions that upstream does not have. */
    public static <V> BundleOperator<V> sorted(
            MapBundleFunction<RowData, V, RowData, RowData> function, BundleLimits limits) {
        return new BundleOperator<>(function, null, limits, null, false, true, false);
    }

    /**
     * An operator whose function merges accumulators with those of the state.
     *
     * @param handler merges the accumulators of a bundle, as the function does
     */
    public static BundleOperator<RowData> merging(
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction handler,
            BundleLimits limits) {
        return new BundleOperator<>(
                function,
                InPlaceAggregation.ofAccumulators(handler),
                limits,
                null,
                true,
                false,
                false);
    }

    /**
     * An operator without state, whose function hands on accumulators.
     *
     * @param handler aggregates the rows of a bundle, as the function does
     * @param stepsAside whether rows are passed on, each as an accumulator of its own, as long as
     *     there is little to sum up
     */
    public static BundleOperator<RowData> local(
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction handler,
            BundleLimits limits,
            KeySelector<RowData, RowData> keySelector,
            boolean stepsAside) {
        return new BundleOperator<>(
                function,
                InPlaceAggregation.ofRows(handler),
                limits,
                keySelector,
                false,
                false,
                stepsAside);
    }

    /** Functions of ours go through maps; of upstream's, aggregations and deduplications ask. */
    @Override
    protected void askForFilters(Configuration task) {
        if (sorts) {
            askForPrefixes(task);
        } else if (keySelector == null) {
            KeyFilters.askForEntries(task, getOperatorID());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        collector = new StreamRecordCollector<>(output);
        bundle = new HashMap<>();
        KeySelector<RowData, RowData> selector = keySelector;
        if (selector == null) {
            selector = stateKeySelector();
            if (function instanceof ReadingFunction) {
                ((ReadingFunction) function).checkRestored(getKeyedStateBackend());
            }
            state = openState(expectedReads());
        }
        keys = new KeyProjection(selector);
        ExecutionContext context = new Context();
        function.open(context);
        accumulation = accumulation();
        accumulation.open(context);
        reduction = new ReductionWatch(limits);
        openControl();
        getMetricGroup()
                .gauge(
                        "bundleRatio",
                        () -> bundle.isEmpty() ? 0.0 : (double) rows() / bundle.size());
    }

    private Function<String, ExpectedReads> expectedReads() {
        if (function instanceof ReadingFunction) {
            return ((ReadingFunction) function)::expectedReads;
        }
        return mergesAccumulators ? new DistinctKeys() : DistinctKeys::valuesOnly;
    }

    @SuppressWarnings("unchecked")
    private Accumulation<Object, V> accumulation() throws Exception {
        Accumulation<?, ?> chosen =
                inPlace != null && inPlace.isUseful(getRuntimeContext())
                        ? inPlace
                        : new FunctionAccumulation<>(function);
        return (Accumulation<Object, V>) chosen;
    }

    @SuppressWarnings("unchecked")
    private KeySelector<RowData, RowData> stateKeySelector() {
        KeySelector<?, ?> selector = config.getStatePartitioner(0, getUserCodeClassloader());
        return (KeySelector<RowData, RowData>) selector;
    }

    /** Nothing: a row that is gathered accesses no state. */
    @Override
    @SuppressWarnings("rawtypes")
    public void setKeyContextElement1(StreamRecord record) {}

    @Override
    public void processElement(StreamRecord<RowData> record) throws Exception {
        RowData row = record.getValue();
        RowData key = keys.of(row);
        if (stepsAside && reduction.passesOn()) {
            passOn(key, row);
            return;
        }
        BundleEntry<Object> entry = bundle.get(key);
        long size;
        if (entry == null) {
            RowData kept = keys.keep(key);
            entry = new BundleEntry<>(kept);
            bundle.put(kept, entry);
            entry.setValue(accumulation.add(null, row));
            size = ENTRY_SIZE + accumulation.sizeOfKey() + RowSize.of(kept) + RowSize.of(row);
        } else {
            entry.setValue(accumulation.add(entry.getValue(), row));
            size = accumulation.keptOf(row);
        }
        gathered(size);
    }

    /** Finishes a bundle of one row; the bundle that is gathered is empty then. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    private void passOn(RowData key, RowData row) throws Exception {
        BundleEntry<V> entry = new BundleEntry<>(key);
        entry.setValue(accumulation.result(accumulation.add(null, row)));
        function.finishBundle(new BundleEntries<>(new BundleEntry[] {entry}), collector);
        accumulation.release();
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    protected int finishBundle() throws Exception {
        BundleEntry<Object>[] entries = bundle.values().toArray(new BundleEntry[0]);
        for (BundleEntry<Object> entry : entries) {
            entry.setValue(accumulation.result(entry.getValue()));
        }
        if (sorts) {
            state.sort(entries);
        }
        if (state != null) {
            state.begin(entries);
        }
        function.finishBundle((Map<RowData, V>) new BundleEntries<>(entries), collector);
        if (state != null) {
            state.end();
        }
        bundle.clear();
        accumulation.release();
        reduction.onBundle(rows(), entries.length);
        return entries.length;
    }

    /** All that the job has to do is done: as upstream, a failure here does not fail it. */
    @Override
    public void close() throws Exception {
        super.close();
        try {
            function.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("A function of a bundle could not be closed.", e);
        }
    }

    /** What the function sees of the operator. */
    private final class Context implements ExecutionContext {

        /** That of the state backend follows where it has to. */
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
            return BundleOperator.this.getRuntimeContext();
        }
    }
}
