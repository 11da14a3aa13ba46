// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

class TimerMiniBatchAssignerTest {

    /** Rows pass, watermarks do not, and a marker comes with each interval, rows or none. */
    @Test
    void marksIntervals() throws Exception {
        StreamRecord<RowData> row = new StreamRecord<>(GenericRowData.of(1));
        try (var harness =
                new OneInputStreamOperatorTestHarness<>(new TimerMiniBatchAssigner(100))) {
            harness.open();

            harness.processElement(row);
            harness.processWatermark(7);
            harness.setProcessingTime(99);
            assertThat(harness.getOutput()).containsExactly(row);

            harness.setProcessingTime(105);
            harness.processElement(row);
            harness.setProcessingTime(199);
            assertThat(harness.getOutput()).containsExactly(row, new Watermark(100), row);

            harness.getOutput().clear();
            harness.setProcessingTime(200);
            harness.setProcessingTime(430);
            assertThat(harness.getOutput())
                    .startsWith(new Watermark(200))
                    .endsWith(new Watermark(400));

            harness.getOutput().clear();
            harness.processWatermark(Watermark.MAX_WATERMARK.getTimestamp());
            assertThat(harness.getOutput()).containsExactly(Watermark.MAX_WATERMARK);
        }
    }
}
