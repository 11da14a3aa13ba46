// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.Features;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleOperator;
import com.pinterest.flink.table.runtime.minibatch.rank.AppendOnlyTopN;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.bundle.KeyedMapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.operators.bundle.MapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.trigger.BundleTrigger;
import org.apache.flink.table.runtime.operators.bundle.trigger.CountBundleTrigger;
import org.apache.flink.table.runtime.operators.rank.AbstractTopNFunction;
import org.apache.flink.table.runtime.operators.rank.AppendOnlyTopNFunction;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.operators.rank.RankRange;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * Makes the operators of plans with mini-batch: ours, or upstream's where an option says so.
 *
 * <p>The planner calls it, by patches of its nodes. Nodes, their chaining and their state are the
 * same in both cases.
 */
public final class MiniBatchOperators {

    private MiniBatchOperators() {}

    private static boolean batchesState(ReadableConfig config) {
        return isOn(config, MiniBatchOptions.BATCHED_STATE);
    }

    private static boolean isOn(ReadableConfig config, ConfigOption<Boolean> option) {
        return config.get(option) && Features.ofCluster(config).isActive(Feature.MINI_BATCH);
    }

    /** Runs a function on bundles by the key of the state. */
    public static <V> OneInputStreamOperator<RowData, RowData> keyed(
            ReadableConfig config,
            MapBundleFunction<RowData, V, RowData, RowData> function,
            BundleTrigger<RowData> trigger) {
        return batchesState(config)
                ? BundleOperator.keyed(function, trigger)
                : new KeyedMapBundleOperator<>(function, trigger);
    }

    /**
     * Runs a global aggregation.
     *
     * @param localHandler merges accumulators within a bundle
     */
    public static OneInputStreamOperator<RowData, RowData> globalAggregation(
            ReadableConfig config,
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction localHandler,
            BundleTrigger<RowData> trigger) {
        return batchesState(config)
                ? BundleOperator.merging(function, localHandler, trigger)
                : new KeyedMapBundleOperator<>(function, trigger);
    }

    /**
     * Runs a local aggregation.
     *
     * @param handler accumulates rows
     */
    public static OneInputStreamOperator<RowData, RowData> localAggregation(
            ReadableConfig config,
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction handler,
            BundleTrigger<RowData> trigger,
            KeySelector<RowData, RowData> keySelector) {
        return batchesState(config)
                ? BundleOperator.local(function, handler, trigger, keySelector)
                : new MapBundleOperator<>(function, trigger, keySelector);
    }

    /**
     * Runs a Top-N.
     *
     * @param upstreams the operator that runs it row by row
     * @param function what that operator runs
     * @param cacheSize how many rows to keep in memory, of all keys
     */
    public static StreamOperator<RowData> topN(
            ReadableConfig config,
            StreamOperator<RowData> upstreams,
            AbstractTopNFunction function,
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            RankRange ranks,
            boolean generateUpdateBefore,
            boolean outputRankNumber,
            long cacheSize) {
        if (!config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED)
                || !isOn(config, MiniBatchOptions.TOP_N)
                || !(function instanceof AppendOnlyTopNFunction)
                || !(ranks instanceof ConstantRankRange)) {
            return upstreams;
        }
        return BundleOperator.keyed(
                new AppendOnlyTopN(
                        ttl,
                        rowType,
                        comparator,
                        sortKeySelector,
                        (ConstantRankRange) ranks,
                        generateUpdateBefore,
                        outputRankNumber,
                        cacheSize),
                new CountBundleTrigger<>(
                        config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_SIZE)));
    }
}
