// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.operators.join.stream.StreamingSemiAntiJoinOperator;

/**
 * A semi or anti join that processes rows one by one, like upstream's, if an input may replace a
 * row without a retraction. State is upstream's.
 */
final class ReplacingSemiAntiJoinOperator extends StreamingSemiAntiJoinOperator {

    private static final long serialVersionUID = 1L;

    private final boolean isAnti;
    private final JoinInput left;
    private final JoinInput right;

    private transient SingleChanges changes;

    ReplacingSemiAntiJoinOperator(
            boolean isAnti,
            JoinInput left,
            JoinInput right,
            GeneratedJoinCondition condition,
            boolean[] filtersNulls,
            long leftTtlMillis,
            long rightTtlMillis) {
        super(
                isAnti,
                left.type,
                right.type,
                condition,
                left.keys,
                right.keys,
                filtersNulls,
                leftTtlMillis,
                rightTtlMillis);
        this.isAnti = isAnti;
        this.left = left;
        this.right = right;
    }

    @Override
    public void open() throws Exception {
        super.open();
        left.open(getRuntimeContext(), LEFT_RECORDS_STATE_NAME);
        right.open(getRuntimeContext(), RIGHT_RECORDS_STATE_NAME);
        changes =
                new SingleChanges(new ExistenceJoin(left, right, isAnti, joinCondition, collector));
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
