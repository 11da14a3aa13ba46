// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.Features;
import com.pinterest.flink.table.runtime.minibatch.bundle.AbstractBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import com.pinterest.flink.table.runtime.minibatch.bundle.KeyedBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.LocalBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.TimerMiniBatchAssigner;
import com.pinterest.flink.table.runtime.minibatch.join.JoinInput;
import com.pinterest.flink.table.runtime.minibatch.join.JoinOperator;
import com.pinterest.flink.table.runtime.minibatch.join.ReplacingJoins;
import com.pinterest.flink.table.runtime.minibatch.rank.AppendOnlyTopN;
import com.pinterest.flink.table.runtime.minibatch.rank.RetractableTopNOperator;
import com.pinterest.flink.table.runtime.minibatch.rank.TopN;
import com.pinterest.flink.table.runtime.minibatch.rank.TopNFunctions;
import com.pinterest.flink.table.runtime.minibatch.rank.TopRow;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.generated.GeneratedRecordEqualiser;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.bundle.KeyedMapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.operators.bundle.MapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.trigger.BundleTrigger;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.operators.rank.AbstractTopNFunction;
import org.apache.flink.table.runtime.operators.rank.AppendOnlyTopNFunction;
import org.apache.flink.table.runtime.operators.rank.ComparableRecordComparator;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.operators.rank.FastTop1Function;
import org.apache.flink.table.runtime.operators.rank.RankRange;
import org.apache.flink.table.runtime.operators.rank.RankType;
import org.apache.flink.table.runtime.operators.rank.RetractableTopNFunction;
import org.apache.flink.table.runtime.operators.rank.UpdatableTopNFunction;
import org.apache.flink.table.runtime.operators.wmassigners.ProcTimeMiniBatchAssignerOperator;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * The factory of operators for plans with mini-batch: ours, or upstream's if an option says so. It
 * also creates joins without mini-batch: {@link ReplacingJoins}.
 *
 * <p>Patches of the plan nodes call it. The nodes, their chaining and their state are the same in
 * both cases.
 */
public final class MiniBatchOperators {

    private static final BundleLimits ROW_BY_ROW = BundleLimits.ofRows(1);

    private MiniBatchOperators() {}

    private static boolean batchesState(ReadableConfig config) {
        return isOn(config, MiniBatchOptions.BATCHED_STATE);
    }

    private static boolean isOn(ReadableConfig config, ConfigOption<Boolean> option) {
        return config.get(option) && Features.ofCluster(config).isActive(Feature.MINI_BATCH);
    }

    private static BundleLimits limits(ReadableConfig config) {
        double flushShare = config.get(MiniBatchOptions.FLUSH_SHARE);
        if (!(flushShare > 0 && flushShare <= 1)) {
            throw new ValidationException(
                    String.format(
                            "%s is %s; it has to be above 0 and at most 1.",
                            MiniBatchOptions.FLUSH_SHARE.key(), flushShare));
        }
        return BundleLimits.ofRows(config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_SIZE))
                .withLatency(config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ALLOW_LATENCY))
                .withBytes(config.get(MiniBatchOptions.MAX_MEMORY).getBytes())
                .withFlushShare(flushShare)
                .withAdaptiveSize(config.get(MiniBatchOptions.ADAPTIVE_SIZE));
    }

    private static <O extends AbstractBundleOperator> O filtered(
            ReadableConfig config, O operator) {
        if (config.get(MiniBatchOptions.KEY_FILTERS)) {
            operator.filterKeys();
        }
        return operator;
    }

    /**
     * Creates the operator that ends bundles in processing time.
     *
     * @param intervalMillis the time between two markers
     */
    public static OneInputStreamOperator<RowData, RowData> assigner(
            ReadableConfig config, long intervalMillis) {
        return batchesState(config)
                ? new TimerMiniBatchAssigner(intervalMillis)
                : new ProcTimeMiniBatchAssignerOperator(intervalMillis);
    }

    /** Creates an operator that runs a function on bundles by the key of the state. */
    public static <V> OneInputStreamOperator<RowData, RowData> keyed(
            ReadableConfig config,
            MapBundleFunction<RowData, V, RowData, RowData> function,
            BundleTrigger<RowData> trigger) {
        return batchesState(config)
                ? filtered(config, KeyedBundleOperator.of(function, limits(config)))
                : new KeyedMapBundleOperator<>(function, trigger);
    }

    /**
     * Creates the operator of a global aggregation.
     *
     * @param localHandler merges accumulators within a bundle
     */
    public static OneInputStreamOperator<RowData, RowData> globalAggregation(
            ReadableConfig config,
            MapBundleFunction<RowData, RowData, RowData, RowData> function,
            GeneratedAggsHandleFunction localHandler,
            BundleTrigger<RowData> trigger) {
        return batchesState(config)
                ? filtered(
                        config, KeyedBundleOperator.merging(function, localHandler, limits(config)))
                : new KeyedMapBundleOperator<>(function, trigger);
    }

    /**
     * Creates the operator of a local aggregation.
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
                ? new LocalBundleOperator(
                        function,
                        handler,
                        keySelector,
                        config.get(MiniBatchOptions.SKIP_LOCAL),
                        limits(config))
                : new MapBundleOperator<>(function, trigger, keySelector);
    }

    /**
     * Creates the function of a Top-N over a table with a unique key whose rows only move up.
     *
     * @param cacheSize the maximum number of rows in memory, of all keys together
     */
    public static AbstractTopNFunction updatableTopN(
            ReadableConfig config,
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            RowDataKeySelector rowKeySelector,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            RankType rankType,
            RankRange ranks,
            boolean generateUpdateBefore,
            boolean outputRankNumber,
            long cacheSize) {
        if (isTopNOurs(config, ranks, outputRankNumber)) {
            return TopNFunctions.updatable(
                    ttl,
                    rowType,
                    rowKeySelector,
                    comparator,
                    sortKeySelector,
                    rankType,
                    (ConstantRankRange) ranks,
                    generateUpdateBefore,
                    outputRankNumber,
                    cacheSize);
        }
        return new UpdatableTopNFunction(
                ttl,
                rowType,
                rowKeySelector,
                comparator,
                sortKeySelector,
                rankType,
                ranks,
                generateUpdateBefore,
                outputRankNumber,
                cacheSize);
    }

    /** Creates the function of a Top-N over any table. */
    public static AbstractTopNFunction retractableTopN(
            ReadableConfig config,
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            ComparableRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            RankType rankType,
            RankRange ranks,
            GeneratedRecordEqualiser equaliser,
            boolean generateUpdateBefore,
            boolean outputRankNumber) {
        if (isTopNOurs(config, ranks, outputRankNumber)) {
            return TopNFunctions.retractable(
                    ttl,
                    rowType,
                    comparator,
                    sortKeySelector,
                    rankType,
                    (ConstantRankRange) ranks,
                    equaliser,
                    generateUpdateBefore,
                    outputRankNumber);
        }
        return new RetractableTopNFunction(
                ttl,
                rowType,
                comparator,
                sortKeySelector,
                rankType,
                ranks,
                equaliser,
                generateUpdateBefore,
                outputRankNumber);
    }

    private static boolean bundlesTopN(ReadableConfig config, RankRange ranks) {
        return bundles(config, MiniBatchOptions.TOP_N) && ranks instanceof ConstantRankRange;
    }

    /**
     * Returns whether a Top-N is ours. Without mini-batch, this is the case for ranks from an
     * offset that are not in the result: upstream's functions retract and emit them by rank, so a
     * consumer that uses the key loses rows.
     */
    private static boolean isTopNOurs(
            ReadableConfig config, RankRange ranks, boolean outputRankNumber) {
        boolean hasHiddenOffset =
                ranks instanceof ConstantRankRange
                        && ((ConstantRankRange) ranks).getRankStart() > 1
                        && !outputRankNumber;
        return hasHiddenOffset || bundlesTopN(config, ranks);
    }

    /**
     * Returns whether mini-batch is on with a bundle size. This is for operators that upstream runs
     * row by row, and that therefore work without a size.
     */
    private static boolean bundles(ReadableConfig config, ConfigOption<Boolean> option) {
        return config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED)
                && config.get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_SIZE) > 0
                && isOn(config, option);
    }

    /**
     * Creates the operator of a Top-N.
     *
     * @param upstreams the operator that runs it row by row
     * @param function the function of that operator
     * @param cacheSize the maximum number of rows in memory, of all keys together
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
        if (!isTopNOurs(config, ranks, outputRankNumber)) {
            return function instanceof RetractableTopNFunction
                    ? new RetractableTopNOperator((RetractableTopNFunction) function)
                    : upstreams;
        }
        TopN<?> bundled;
        if (function instanceof AppendOnlyTopNFunction) {
            bundled =
                    new AppendOnlyTopN(
                            ttl,
                            rowType,
                            comparator,
                            sortKeySelector,
                            (ConstantRankRange) ranks,
                            generateUpdateBefore,
                            outputRankNumber,
                            cacheSize);
        } else if (function instanceof FastTop1Function) {
            bundled =
                    new TopRow(
                            ttl,
                            rowType,
                            comparator,
                            sortKeySelector,
                            generateUpdateBefore,
                            outputRankNumber,
                            cacheSize);
        } else if (function instanceof TopNFunctions.Bundled) {
            bundled = ((TopNFunctions.Bundled) function).bundled();
        } else {
            return upstreams;
        }
        return bundlesTopN(config, ranks)
                ? filtered(config, KeyedBundleOperator.sorted(bundled, limits(config)))
                : KeyedBundleOperator.sorted(bundled, ROW_BY_ROW);
    }

    /**
     * Creates the operator of a regular join.
     *
     * @param upstreams upstream's operator
     * @param hasCondition whether the join has a condition besides the equality of keys
     * @param filterNulls for each field of the key, whether rows with null in it match no other row
     * @param leftTtlMillis time to live of a row of the left input in milliseconds; 0 for no limit
     * @param rightTtlMillis time to live of a row of the right input in milliseconds; 0 for no
     *     limit
     */
    public static TwoInputStreamOperator<RowData, RowData, RowData> join(
            ReadableConfig config,
            TwoInputStreamOperator<RowData, RowData, RowData> upstreams,
            FlinkJoinType type,
            InternalTypeInfo<RowData> leftType,
            InternalTypeInfo<RowData> rightType,
            GeneratedJoinCondition condition,
            boolean hasCondition,
            JoinInputSideSpec leftKeys,
            JoinInputSideSpec rightKeys,
            boolean[] filterNulls,
            long leftTtlMillis,
            long rightTtlMillis) {
        if (!bundles(config, MiniBatchOptions.JOIN)) {
            return ReplacingJoins.of(
                    upstreams,
                    type,
                    leftType,
                    rightType,
                    condition,
                    hasCondition,
                    leftKeys,
                    rightKeys,
                    filterNulls,
                    leftTtlMillis,
                    rightTtlMillis);
        }
        return filtered(
                config,
                new JoinOperator(
                        type,
                        JoinInput.left(leftType, leftKeys, type, hasCondition, leftTtlMillis),
                        JoinInput.right(rightType, rightKeys, type, hasCondition, rightTtlMillis),
                        condition,
                        filterNulls,
                        limits(config),
                        config.get(MiniBatchOptions.JOIN_CONSISTENT_ROW_KINDS),
                        config.get(MiniBatchOptions.SKIP_JOIN)));
    }

    /**
     * Appends {@code [mini-batch]} to the description of an operator of ours that gathers bundles.
     */
    public static void describe(
            Transformation<?> transformation, StreamOperatorFactory<?> operatorFactory) {
        if (!(operatorFactory instanceof SimpleOperatorFactory)) {
            return;
        }
        StreamOperator<?> operator = ((SimpleOperatorFactory<?>) operatorFactory).getOperator();
        if (operator instanceof AbstractBundleOperator) {
            transformation.setDescription(transformation.getDescription() + " [mini-batch]");
        }
    }
}
