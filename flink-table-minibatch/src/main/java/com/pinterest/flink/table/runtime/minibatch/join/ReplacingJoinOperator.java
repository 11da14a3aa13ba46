// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.StreamingJoinOperator;

/**
 * An inner or outer join that processes rows one by one, like upstream's, if an input may replace a
 * row without a retraction. State is upstream's.
 */
final class ReplacingJoinOperator extends StreamingJoinOperator {

    private static final long serialVersionUID = 1L;

    private final JoinInput left;
    private final JoinInput right;

    private transient SingleChanges changes;

    ReplacingJoinOperator(
            FlinkJoinType type,
            JoinInput left,
            JoinInput right,
            GeneratedJoinCondition condition,
            boolean[] filtersNulls,
            long leftTtlMillis,
            long rightTtlMillis) {
        super(
                left.type,
                right.type,
                condition,
                left.keys,
                right.keys,
                type.isLeftOuter(),
                type.isRightOuter(),
                filtersNulls,
                leftTtlMillis,
                rightTtlMillis);
        this.left = left;
        this.right = right;
    }

    @Override
    public void open() throws Exception {
        super.open();
        left.open(getRuntimeContext(), LEFT_RECORDS_STATE_NAME);
        right.open(getRuntimeContext(), RIGHT_RECORDS_STATE_NAME);
        changes = new SingleChanges(new PairJoin(left, right, joinCondition, collector));
    }

    @Override
    public void processElement1(StreamRecord<RowData> record) throws Exception {
        if (!changes.make(left, record.getValue(), right)) {
            super.processElement1(record);
        }
    }

    @Override
    public void processElement2(StreamRecord<RowData> record) throws Exception {
        if (!changes.make(right, record.getValue(), left)) {
            super.processElement2(record);
        }
    }
}
