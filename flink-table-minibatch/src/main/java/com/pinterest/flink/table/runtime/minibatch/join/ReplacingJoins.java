// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.MiniBatchStreamingJoinOperator;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.AsyncStateStreamingJoinOperator;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/** Makes the operators of regular joins that go row by row. */
public final class ReplacingJoins {

    private ReplacingJoins() {}

    /**
     * An operator that is right where an input replaces a row without a retraction (FLINK-40681),
     * as the planner allows where a unique key contains the join key.
     *
     * @param upstreams the operator that upstream has; it is taken where no input can replace rows,
     *     or where that changes nothing. Upstream's bundles lose the deletion of a row that was
     *     replaced in the same bundle, whatever the join
     * @param hasCondition whether the join has a condition beside the equality of keys
     * @param leftTtlMillis how long a row is kept; 0 for ever
     * @param rightTtlMillis how long a row is kept; 0 for ever
     */
    public static TwoInputStreamOperator<RowData, RowData, RowData> of(
            TwoInputStreamOperator<RowData, RowData, RowData> upstreams,
            FlinkJoinType type,
            InternalTypeInfo<RowData> leftType,
            InternalTypeInfo<RowData> rightType,
            GeneratedJoinCondition condition,
            boolean hasCondition,
            JoinInputSideSpec leftKeys,
            JoinInputSideSpec rightKeys,
            boolean[] filtersNulls,
            long leftTtlMillis,
            long rightTtlMillis) {
        JoinInput left = JoinInput.left(leftType, leftKeys, type, hasCondition, leftTtlMillis);
        JoinInput right = JoinInput.right(rightType, rightKeys, type, hasCondition, rightTtlMillis);
        boolean losesDeletions =
                upstreams instanceof MiniBatchStreamingJoinOperator
                        && (leftKeys.hasUniqueKey() || rightKeys.hasUniqueKey());
        if (!left.readsState() && !right.readsState() && !losesDeletions) {
            return upstreams;
        }
        if (type == FlinkJoinType.SEMI || type == FlinkJoinType.ANTI) {
            return new ReplacingSemiAntiJoinOperator(
                    type == FlinkJoinType.ANTI,
                    left,
                    right,
                    condition,
                    filtersNulls,
                    leftTtlMillis,
                    rightTtlMillis);
        }
        if (upstreams instanceof AsyncStateStreamingJoinOperator) {
            return new AsyncReplacingJoinOperator(
                    type,
                    new AsyncJoinInput(true, leftType, leftKeys, type, hasCondition, leftTtlMillis),
                    new AsyncJoinInput(
                            false, rightType, rightKeys, type, hasCondition, rightTtlMillis),
                    condition,
                    filtersNulls,
                    leftTtlMillis,
                    rightTtlMillis);
        }
        return new ReplacingJoinOperator(
                type, left, right, condition, filtersNulls, leftTtlMillis, rightTtlMillis);
    }
}
