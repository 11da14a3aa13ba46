// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.wmassigners.ProcTimeMiniBatchAssignerOperator;

/**
 * An operator that ends bundles in processing time, by a timer alone. Upstream's operator also
 * reads the clock for each row, although the timer fires at the same times.
 */
public final class TimerMiniBatchAssigner extends ProcTimeMiniBatchAssignerOperator {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the operator.
     *
     * @param intervalMillis the time between two markers
     */
    public TimerMiniBatchAssigner(long intervalMillis) {
        super(intervalMillis);
    }

    @Override
    public void processElement(StreamRecord<RowData> row) {
        output.collect(row);
    }
}
