// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.wmassigners.ProcTimeMiniBatchAssignerOperator;

/**
 * Ends bundles in processing time, by the timer alone: upstream's operator reads the clock for each
 * row too, though the timer tells of the same moments.
 */
public final class TimerMiniBatchAssigner extends ProcTimeMiniBatchAssignerOperator {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the operator.
     *
     * @param intervalMillis the time from one marker to the next
     */
    public TimerMiniBatchAssigner(long intervalMillis) {
        super(intervalMillis);
    }

    @Override
    public void processElement(StreamRecord<RowData> row) {
        output.collect(row);
    }
}
