// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.join.stream.state.JoinRecordStateView;
import org.apache.flink.table.runtime.operators.join.stream.state.JoinRecordStateViews;
import org.apache.flink.table.runtime.operators.join.stream.state.OuterJoinRecordStateView;
import org.apache.flink.table.runtime.operators.join.stream.state.OuterJoinRecordStateViews;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;

/**
 * One input of a join, and its rows in the state, of the current key. They are in upstream's views,
 * which give the layout.
 *
 * <p>Not thread-safe.
 */
public final class JoinInput implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int CHANGE_SIZE = 256;
    private static final int KEYED_CHANGE_SIZE = 512;

    private final InternalTypeInfo<RowData> type;
    private final JoinInputSideSpec keys;
    private final boolean isCounted;
    private final long ttlMillis;

    private transient RowDataSerializer serializer;
    private transient JoinRecordStateView rows;

    /** Null if matches are not counted. */
    private transient OuterJoinRecordStateView countedRows;

    private transient RowData nullRow;

    /**
     * Describes an input.
     *
     * @param isCounted whether the state has how many rows of the other input match each row
     * @param ttlMillis how long a row is kept; 0 for ever
     */
    public JoinInput(
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            boolean isCounted,
            long ttlMillis) {
        this.type = type;
        this.keys = keys;
        this.isCounted = isCounted;
        this.ttlMillis = ttlMillis;
    }

    void open(RuntimeContext context, String state) {
        serializer = type.toRowSerializer();
        nullRow = new GenericRowData(type.toRowType().getFieldCount());
        if (isCounted) {
            countedRows = OuterJoinRecordStateViews.create(context, state, keys, type, ttlMillis);
            rows = countedRows;
        } else {
            rows = JoinRecordStateViews.create(context, state, keys, type, ttlMillis);
        }
    }

    /** Whether state has rows by themselves, with the number of each. */
    boolean isMultiset() {
        return !keys.hasUniqueKey();
    }

    boolean isCounted() {
        return isCounted;
    }

    /** A row of nulls. */
    RowData nullRow() {
        return nullRow;
    }

    /** Takes a row that may be reused, as one that is equal to those of the state. */
    Change keep(RowData row) {
        return new Change(serializer.toBinaryRow(row).copy());
    }

    /** Changes without any. */
    Changes newChanges(boolean mendsKinds) {
        if (keys.joinKeyContainsUniqueKey()) {
            return new RowChanges(mendsKinds);
        }
        return keys.hasUniqueKey()
                ? new KeyedChanges(keys.getUniqueKeySelector(), mendsKinds)
                : new MultisetChanges();
    }

    /** Goes through the rows in the state. */
    void forEach(Visitor visitor) throws Exception {
        if (!isCounted) {
            for (RowData row : rows.getRecords()) {
                if (!visitor.visit(row, -1)) {
                    return;
                }
            }
            return;
        }
        for (Tuple2<RowData, Integer> row : countedRows.getRecordsAndNumOfAssociations()) {
            if (!visitor.visit(row.f0, row.f1)) {
                return;
            }
        }
    }

    /** What a change takes in memory, about, with its part of the keys. */
    long sizeOf(Change change) {
        boolean hasOwnKey = keys.hasUniqueKey() && !keys.joinKeyContainsUniqueKey();
        return change.row.getSizeInBytes() + (hasOwnKey ? KEYED_CHANGE_SIZE : CHANGE_SIZE);
    }

    /** Makes changes, whose matches have been counted, in the state. */
    void apply(Changes changes) throws Exception {
        for (Change change : changes.removed()) {
            rows.retractRecord(change.row);
        }
        for (Change change : changes.added()) {
            if (isCounted) {
                countedRows.addRecord(change.row, change.matches);
            } else {
                rows.addRecord(change.row);
            }
        }
    }

    /** Notes how many rows match a row; one that expires is young again then. */
    void count(RowData row, int before, int now) throws Exception {
        if (now != before || ttlMillis > 0) {
            countedRows.updateNumOfAssociations(row, now);
        }
    }

    /** What is done with each row. */
    interface Visitor {

        /**
         * Visits a row.
         *
         * @param matches how many rows of the other input match, -1 if that is not counted
         * @return whether to go on
         */
        boolean visit(RowData row, int matches) throws Exception;
    }
}
