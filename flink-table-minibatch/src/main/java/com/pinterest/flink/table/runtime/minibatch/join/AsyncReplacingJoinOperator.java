// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.AsyncStateStreamingJoinOperator;

/**
 * An inner or outer join that processes rows one by one over asynchronous state, like upstream's,
 * if an input may replace a row without a retraction. State is upstream's.
 */
final class AsyncReplacingJoinOperator extends AsyncStateStreamingJoinOperator {

    private static final long serialVersionUID = 1L;

    private final AsyncJoinInput left;
    private final AsyncJoinInput right;

    private transient Join join;

    AsyncReplacingJoinOperator(
            FlinkJoinType type,
            AsyncJoinInput left,
            AsyncJoinInput right,
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
        join = new PairJoin(left, right, joinCondition, collector);
    }

    @Override
    public void processElement1(StreamRecord<RowData> record) throws Exception {
        RowData row = record.getValue();
        if (!left.readsState(row.getRowKind())) {
            super.processElement1(record);
            return;
        }
        left.storedLike(row)
                .thenAccept(
                        stored -> {
                            if (stored == null) {
                                super.processElement1(new StreamRecord<>(row));
                            } else {
                                change(left, row, stored, right);
                            }
                        });
    }

    @Override
    public void processElement2(StreamRecord<RowData> record) throws Exception {
        RowData row = record.getValue();
        if (!right.readsState(row.getRowKind())) {
            super.processElement2(record);
            return;
        }
        right.storedLike(row)
                .thenAccept(
                        stored -> {
                            if (stored == null) {
                                super.processElement2(new StreamRecord<>(row));
                            } else {
                                change(right, row, stored, left);
                            }
                        });
    }

    private void change(AsyncJoinInput input, RowData row, RowData stored, AsyncJoinInput other) {
        Changes changes = SingleChanges.of(input, row, stored);
        other.find(any -> true)
                .thenAccept(
                        found -> {
                            other.show(found);
                            join.change(input, changes, other);
                            other.show(null);
                        });
    }
}
