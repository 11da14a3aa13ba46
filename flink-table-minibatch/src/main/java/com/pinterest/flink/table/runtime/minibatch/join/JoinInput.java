// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.state.JoinRecordStateView;
import org.apache.flink.table.runtime.operators.join.stream.state.JoinRecordStateViews;
import org.apache.flink.table.runtime.operators.join.stream.state.OuterJoinRecordStateView;
import org.apache.flink.table.runtime.operators.join.stream.state.OuterJoinRecordStateViews;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * One input of a join with its rows of the current key in the state. They are in upstream's views,
 * which determine the layout.
 *
 * <p>Not thread-safe.
 */
public final class JoinInput extends JoinSide {

    private static final long serialVersionUID = 1L;

    private final long ttlMillis;

    private transient JoinRecordStateView rows;

    /** Null if matches are not counted. */
    private transient OuterJoinRecordStateView countedRows;

    /**
     * The state of the view, with rows, or pairs of a row and its count, as values. Null unless it
     * is a map by unique keys.
     */
    @Nullable private transient MapState<RowData, Object> rowsByKey;

    private JoinInput(
            boolean isLeft,
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            FlinkJoinType join,
            boolean hasCondition,
            long ttlMillis) {
        super(isLeft, type, keys, join, hasCondition);
        this.ttlMillis = ttlMillis;
    }

    /**
     * Creates the left input of a join.
     *
     * @param hasCondition whether the join has a condition besides the equality of keys
     * @param ttlMillis time to live of a row in milliseconds; 0 for no limit
     */
    public static JoinInput left(
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            FlinkJoinType join,
            boolean hasCondition,
            long ttlMillis) {
        return new JoinInput(true, type, keys, join, hasCondition, ttlMillis);
    }

    /**
     * Creates the right input of a join.
     *
     * @param hasCondition whether the join has a condition besides the equality of keys
     * @param ttlMillis time to live of a row in milliseconds; 0 for no limit
     */
    public static JoinInput right(
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            FlinkJoinType join,
            boolean hasCondition,
            long ttlMillis) {
        return new JoinInput(false, type, keys, join, hasCondition, ttlMillis);
    }

    void open(RuntimeContext context, String state) {
        open();
        if (isCounted()) {
            countedRows = OuterJoinRecordStateViews.create(context, state, keys, type, ttlMillis);
            rows = countedRows;
        } else {
            rows = JoinRecordStateViews.create(context, state, keys, type, ttlMillis);
        }
        if (keys.hasUniqueKey() && !keys.joinKeyContainsUniqueKey()) {
            // A name has only one state: this is that of the view.
            rowsByKey =
                    context.getMapState(
                            new MapStateDescriptor<>(state, keys.getUniqueKeyType(), storedType()));
        }
    }

    @SuppressWarnings("unchecked")
    private TypeInformation<Object> storedType() {
        TypeInformation<?> stored = isCounted() ? new TupleTypeInfo<>(type, Types.INT) : type;
        return (TypeInformation<Object>) stored;
    }

    /**
     * Returns the row in the state, if the join key contains the unique key; null if there is none.
     */
    @Nullable
    RowData stored() throws Exception {
        RowData[] stored = new RowData[1];
        forEach(
                (row, matches) -> {
                    stored[0] = row;
                    return false;
                });
        return stored[0];
    }

    /** Returns the row in the state with a unique key; null if there is none. */
    @Nullable
    RowData stored(RowData uniqueKey) throws Exception {
        Object stored = rowsByKey.get(uniqueKey);
        return (RowData) (stored instanceof Tuple2 ? ((Tuple2<?, ?>) stored).f0 : stored);
    }

    /** Returns the row in the state with the same unique key as a row; null if there is none. */
    @Nullable
    RowData storedLike(RowData row) throws Exception {
        return keys.joinKeyContainsUniqueKey()
                ? stored()
                : stored(keys.getUniqueKeySelector().getKey(row));
    }

    @Override
    void forEach(Visitor visitor) throws Exception {
        if (!isCounted()) {
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

    @Override
    void apply(Changes changes) throws Exception {
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
    void count(RowData row, int before, int now) throws Exception {
        if (now != before || ttlMillis > 0) {
            countedRows.updateNumOfAssociations(row, now);
        }
    }
}
