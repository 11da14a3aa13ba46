// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.io.Serializable;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.types.RowKind;

/**
 * One input of a join, and its rows of the current key, wherever these are.
 *
 * <p>Not thread-safe.
 */
abstract class JoinSide implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int CHANGE_SIZE = 256;
    private static final int KEYED_CHANGE_SIZE = 512;

    final InternalTypeInfo<RowData> type;
    final JoinInputSideSpec keys;
    private final boolean isCounted;
    private final boolean hasCondition;
    private final boolean replacesRows;

    private transient RowDataSerializer serializer;
    private transient RowData nullRow;

    /**
     * Describes an input.
     *
     * @param isLeft whether it is the left one
     * @param hasCondition whether the join has a condition beside the equality of keys
     */
    JoinSide(
            boolean isLeft,
            InternalTypeInfo<RowData> type,
            JoinInputSideSpec keys,
            FlinkJoinType join,
            boolean hasCondition) {
        this.type = type;
        this.keys = keys;
        this.hasCondition = hasCondition;
        this.isCounted = isLeft ? join.isLeftOuter() || isExistence(join) : join.isRightOuter();
        // An inner join without a condition emits the same whatever was there.
        this.replacesRows = keys.hasUniqueKey() && (join != FlinkJoinType.INNER || hasCondition);
    }

    private static boolean isExistence(FlinkJoinType join) {
        return join == FlinkJoinType.SEMI || join == FlinkJoinType.ANTI;
    }

    final void open() {
        serializer = type.toRowSerializer();
        nullRow = new GenericRowData(type.toRowType().getFieldCount());
    }

    /** Whether the state has how many rows of the other input match each row. */
    final boolean isCounted() {
        return isCounted;
    }

    /** Whether rows match by a condition, too, not by their keys alone. */
    final boolean hasCondition() {
        return hasCondition;
    }

    /**
     * Whether what a single change means depends on the row in the state that has its unique key.
     *
     * <p>Where a unique key contains the join key, the planner may leave out retractions by update:
     * a row then takes the place of another. And a deletion may have no more than its key, while
     * the condition needs the other fields.
     */
    final boolean readsState(RowKind kind) {
        switch (kind) {
            case UPDATE_AFTER:
                return replacesRows;
            case DELETE:
                return hasCondition && keys.hasUniqueKey();
            default:
                return false;
        }
    }

    /** Whether that can be so for any change. */
    final boolean readsState() {
        return readsState(RowKind.UPDATE_AFTER) || readsState(RowKind.DELETE);
    }

    /** A row of nulls. */
    final RowData nullRow() {
        return nullRow;
    }

    /** Takes a row that may be reused, as one that is equal to those of the state. */
    final Change keep(RowData row) {
        return new Change(serializer.toBinaryRow(row).copy());
    }

    /** Changes without any. */
    final Changes newChanges(boolean consistentRowKinds) {
        if (keys.joinKeyContainsUniqueKey()) {
            return new RowChanges(consistentRowKinds);
        }
        return keys.hasUniqueKey()
                ? new KeyedChanges(keys.getUniqueKeySelector(), consistentRowKinds)
                : new MultisetChanges();
    }

    /** What a change takes in memory, about, with its part of the keys. */
    final long sizeOf(Change change) {
        boolean hasOwnKey = keys.hasUniqueKey() && !keys.joinKeyContainsUniqueKey();
        return (long) change.row.getSizeInBytes() + (hasOwnKey ? KEYED_CHANGE_SIZE : CHANGE_SIZE);
    }

    /** Goes through the rows in the state. */
    abstract void forEach(Visitor visitor) throws Exception;

    /** Makes changes, whose matches have been counted, in the state. */
    abstract void apply(Changes changes) throws Exception;

    /** Notes how many rows match a row; one that expires is young again then. */
    abstract void count(RowData row, int before, int now) throws Exception;

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
