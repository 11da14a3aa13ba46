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

/** The factory of operators of regular joins that process rows one by one. */
public final class ReplacingJoins {

    private ReplacingJoins() {}

    /**
     * Returns an operator that is correct if an input replaces a row without a retraction
     * (FLINK-40681), which the planner allows if a unique key contains the join key.
     *
     * @param upstreams upstream's operator, which is returned if no input can replace rows, or if
     *     it is correct in this case. Upstream's bundles lose the deletion of a row that was
     *     replaced in the same bundle, whatever the type of the join.
     * @param hasCondition whether the join has a condition besides the equality of keys
     * @param leftTtlMillis time to live of a row of the left input in milliseconds; 0 for no limit
     * @param rightTtlMillis time to live of a row of the right input in milliseconds; 0 for no
     *     limit
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
