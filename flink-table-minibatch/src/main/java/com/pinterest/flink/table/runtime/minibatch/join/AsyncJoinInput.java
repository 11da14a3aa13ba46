// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.v2.StateFuture;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.state.JoinRecordAsyncStateView;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.state.JoinRecordAsyncStateViews;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.state.OuterJoinRecordAsyncStateView;
import org.apache.flink.table.runtime.operators.join.stream.asyncprocessing.state.OuterJoinRecordAsyncStateViews;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.operators.join.stream.utils.OuterRecord;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * One input of a join over asynchronous state, with the rows that were read from the state. State
 * is in upstream's asynchronous views, which determine its layout. Writes are not awaited, because
 * accesses to a key keep their order.
 *
 * <p>Not thread-safe.
 */
final class AsyncJoinInput extends JoinSide {

    private static final long serialVersionUID = 1L;

    private final long ttlMillis;

    private transient JoinRecordAsyncStateView rows;

    /** Null if matches are not counted. */
    private transient OuterJoinRecordAsyncStateView countedRows;

    /** The rows that {@link #forEach} iterates over. */
    private transient List<OuterRecord> found;

    AsyncJoinInput(
            boolean isLeft,
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            FlinkJoinType join,
            boolean hasCondition,
            long ttlMillis) {
        super(isLeft, type, keys, join, hasCondition);
        this.ttlMillis = ttlMillis;
    }

    void open(StreamingRuntimeContext context, String state) {
        open();
        if (isCounted()) {
            countedRows =
                    OuterJoinRecordAsyncStateViews.create(context, state, keys, type, ttlMillis);
            rows = countedRows;
        } else {
            rows = JoinRecordAsyncStateViews.create(context, state, keys, type, ttlMillis);
        }
    }

    /** Returns the row in the state with the same unique key as a row; null if there is none. */
    StateFuture<RowData> storedLike(RowData row) throws Exception {
        KeySelector<RowData, RowData> selector = keys.getUniqueKeySelector();
        RowData key = selector.getKey(row);
        return find(stored -> keys.joinKeyContainsUniqueKey() || isOf(key, stored))
                .thenApply(found -> found.isEmpty() ? null : found.get(0).record);
    }

    private boolean isOf(RowData key, RowData stored) {
        try {
            return keys.getUniqueKeySelector().getKey(stored).equals(key);
        } catch (Exception e) {
            throw new FlinkRuntimeException("The unique key of a row could not be read.", e);
        }
    }

    /** Returns the rows in the state that meet a condition. */
    StateFuture<List<OuterRecord>> find(Function<RowData, Boolean> condition) {
        return isCounted()
                ? countedRows.findMatchedRecordsAndNumOfAssociations(condition)
                : rows.findMatchedRecords(condition);
    }

    /** Sets the rows that {@link #forEach} iterates over; null for none. */
    void show(@Nullable List<OuterRecord> some) {
        // The views reuse their lists.
        found = some == null ? List.of() : new ArrayList<>(some);
    }

    @Override
    void forEach(Visitor visitor) throws Exception {
        for (OuterRecord row : found) {
            if (!visitor.visit(row.record, row.numOfAssociations)) {
                return;
            }
        }
    }

    @Override
    void apply(Changes changes) {
        for (Change change : changes.removed()) {
            rows.retractRecord(change.row);
        }
        for (Change change : changes.added()) {
            if (isCounted()) {
                countedRows.addRecord(change.row, change.matches);
            } else {
                rows.addRecord(change.row);
            }
        }
    }

    @Override
    void count(RowData row, int before, int now) {
        if (now != before || ttlMillis > 0) {
            countedRows.updateNumOfAssociations(row, now);
        }
    }
}
