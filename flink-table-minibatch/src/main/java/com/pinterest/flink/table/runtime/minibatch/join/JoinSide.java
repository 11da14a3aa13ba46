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
 * One input of a join with its rows of the current key, in any kind of state.
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
     * Creates an input.
     *
     * @param isLeft whether it is the left one
     * @param hasCondition whether the join has a condition besides the equality of keys
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
        // An inner join without a condition emits the same whatever the state contains.
        this.replacesRows = keys.hasUniqueKey() && (join != FlinkJoinType.INNER || hasCondition);
    }

    private static boolean isExistence(FlinkJoinType join) {
        return join == FlinkJoinType.SEMI || join == FlinkJoinType.ANTI;
    }

    final void open() {
        serializer = type.toRowSerializer();
        nullRow = new GenericRowData(type.toRowType().getFieldCount());
    }

    /**
     * Returns whether the state contains, for each row, the number of matching rows of the other
     * input.
     */
    final boolean isCounted() {
        return isCounted;
    }

    /** Returns whether rows match by a condition in addition to their keys. */
    final boolean hasCondition() {
        return hasCondition;
    }

    /**
     * Returns whether the meaning of a single change depends on the row in the state with the same
     * unique key.
     *
     * <p>If a unique key contains the join key, the planner may omit retractions before updates: a
     * row then replaces another. Also, a deletion may contain only its key, while the condition
     * needs the other fields.
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

    /** Returns whether that is possible for any change. */
    final boolean readsState() {
        return readsState(RowKind.UPDATE_AFTER) || readsState(RowKind.DELETE);
    }

    /** Returns a row of nulls. */
    final RowData nullRow() {
        return nullRow;
    }

    /** Creates a change with a copy of a row, in the form of the rows in the state. */
    final Change keep(RowData row) {
        return new Change(serializer.toBinaryRow(row).copy());
    }

    /** Creates empty changes. */
    final Changes newChanges(boolean consistentRowKinds) {
        if (keys.joinKeyContainsUniqueKey()) {
            return new RowChanges(consistentRowKinds);
        }
        return keys.hasUniqueKey()
                ? new KeyedChanges(keys.getUniqueKeySelector(), consistentRowKinds)
                : new MultisetChanges();
    }

    /** Returns the approximate memory of a change, with its share of the keys, in bytes. */
    final long sizeOf(Change change) {
        boolean hasOwnKey = keys.hasUniqueKey() && !keys.joinKeyContainsUniqueKey();
        return (long) change.row.getSizeInBytes() + (hasOwnKey ? KEYED_CHANGE_SIZE : CHANGE_SIZE);
    }

    /** Visits the rows in the state. */
    abstract void forEach(Visitor visitor) throws Exception;

    /** Applies changes, whose matches have been counted, to the state. */
    abstract void apply(Changes changes) throws Exception;

    /** Stores the number of rows that match a row. This restarts the time to live of the row. */
    abstract void count(RowData row, int before, int now) throws Exception;

    /** A visitor of the rows in the state. */
    interface Visitor {

        /**
         * Visits a row.
         *
         * @param matches the number of matching rows of the other input; -1 if it is not counted
         * @return whether to continue
         */
        boolean visit(RowData row, int matches) throws Exception;
    }
}
