// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.eventtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;

/** The watermark of a task with several inputs, one of which comes back from being idle. */
class ResumedInputTest {

    private static final int AHEAD = 0;
    private static final int BEHIND = 1;
    private static final int MIDDLE = 2;

    private final StatusWatermarkValve valve = new StatusWatermarkValve(3);
    private final Statuses output = new Statuses();

    @Test
    void watermarkOfTheOnlyInputThatHasCaughtUpIsEmitted() throws Exception {
        // given: the watermark is 10, and the input with 30 is idle
        allInputsHaveWatermarks();
        idle(AHEAD);
        idle(BEHIND);
        assertThat(output.last()).isEqualTo("10");
        // and: the input with 5 is active again, but behind, and that with 10 is idle
        active(BEHIND);
        idle(MIDDLE);

        // when
        active(AHEAD);

        // then
        assertThat(output.last()).isEqualTo("30");
    }

    @Test
    void lastInputToBecomeIdleMayBeBehind() throws Exception {
        // given: the watermark is 10, the inputs with 30 and 10 are idle
        allInputsHaveWatermarks();
        idle(AHEAD);
        idle(BEHIND);
        active(BEHIND);
        idle(MIDDLE);

        // when
        idle(BEHIND);

        // then: as in any other order, the watermark is the greatest one
        assertThat(output.emitted).endsWith("30", "IDLE");
    }

    @Test
    void watermarkFollowsTheStatusThatWakesTheOutput() throws Exception {
        // given
        allInputsHaveWatermarks();
        idle(AHEAD);
        idle(BEHIND);
        idle(MIDDLE);
        assertThat(output.emitted).endsWith("30", "IDLE");

        // when
        active(AHEAD);
        watermark(AHEAD, 40);

        // then
        assertThat(output.emitted).endsWith("IDLE", "ACTIVE", "40");
    }

    @Test
    void inputThatHoldsTheWatermarkBackStillDoes() throws Exception {
        // given
        allInputsHaveWatermarks();
        idle(AHEAD);

        // when
        active(AHEAD);

        // then
        assertThat(output.last()).isEqualTo("5");
    }

    private void allInputsHaveWatermarks() throws Exception {
        watermark(AHEAD, 30);
        watermark(MIDDLE, 10);
        watermark(BEHIND, 5);
        assertThat(output.last()).isEqualTo("5");
    }

    private void watermark(int input, long timestamp) throws Exception {
        valve.inputWatermark(new Watermark(timestamp), input, output);
    }

    private void idle(int input) throws Exception {
        valve.inputWatermarkStatus(WatermarkStatus.IDLE, input, output);
    }

    private void active(int input) throws Exception {
        valve.inputWatermarkStatus(WatermarkStatus.ACTIVE, input, output);
    }

    /** Notes watermarks and their statuses in their order. */
    private static final class Statuses implements PushingAsyncDataInput.DataOutput<Object> {
        private final List<String> emitted = new ArrayList<>();

        private String last() {
            return emitted.get(emitted.size() - 1);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(Long.toString(watermark.getTimestamp()));
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {
            emitted.add(status.isIdle() ? "IDLE" : "ACTIVE");
        }

        @Override
        public void emitRecord(StreamRecord<Object> record) {
            throw new AssertionError(record);
        }

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {
            throw new AssertionError(marker);
        }

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {
            throw new AssertionError(attributes);
        }

        @Override
        public void emitWatermark(WatermarkEvent watermark) {
            throw new AssertionError(watermark);
        }
    }
}
