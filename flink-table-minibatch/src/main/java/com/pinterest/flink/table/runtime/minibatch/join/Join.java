// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.util.Collector;

/**
 * A join type: emits the results of changes of an input, and applies them to the state.
 *
 * <p>Each row of the other input is visited once for all changes of a key. For a key of the result,
 * retractions are emitted first.
 *
 * <p>Not thread-safe.
 */
abstract class Join {

    final JoinSide left;
    final JoinSide right;
    final Collector<RowData> out;
    private final JoinCondition condition;

    Join(JoinSide left, JoinSide right, JoinCondition condition, Collector<RowData> out) {
        this.left = left;
        this.right = right;
        this.condition = condition;
        this.out = out;
    }

    /** Processes changes of one input, with the other input as it is in the state. */
    abstract void change(JoinSide input, Changes changes, JoinSide other) throws Exception;

    /** Returns whether the row that a change replaces matched. */
    final boolean replacedMatches(JoinSide input, Change change, RowData ofOther) {
        return change.replaced != null && matches(input, change.replaced.row, ofOther);
    }

    final boolean matches(JoinSide input, RowData row, RowData ofOther) {
        return input == left ? condition.apply(row, ofOther) : condition.apply(ofOther, row);
    }
}
