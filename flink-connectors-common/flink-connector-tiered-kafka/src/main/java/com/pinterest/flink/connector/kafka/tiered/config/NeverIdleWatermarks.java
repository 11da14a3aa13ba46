// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkAlignmentParams;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermarks of another strategy, which does not say any more when it is idle, so that another
 * idleness can be put on top.
 *
 * @param <T> the type of the records
 */
final class NeverIdleWatermarks<T> implements WatermarkStrategy<T> {

    private static final long serialVersionUID = 1L;

    private final WatermarkStrategy<T> base;

    NeverIdleWatermarks(WatermarkStrategy<T> base) {
        this.base = requireNonNull(base, "base");
    }

    @Override
    public TimestampAssigner<T> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return base.createTimestampAssigner(context);
    }

    @Override
    public WatermarkAlignmentParams getAlignmentParameters() {
        return base.getAlignmentParameters();
    }

    @Override
    public WatermarkGenerator<T> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        return new Generator<>(base.createWatermarkGenerator(context));
    }

    private static final class Generator<T> implements WatermarkGenerator<T> {

        private final WatermarkGenerator<T> base;
        private final NeverIdleOutput output = new NeverIdleOutput();

        private Generator(WatermarkGenerator<T> base) {
            this.base = base;
        }

        @Override
        public void onEvent(T event, long eventTimestamp, WatermarkOutput out) {
            base.onEvent(event, eventTimestamp, output.of(out));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput out) {
            base.onPeriodicEmit(output.of(out));
        }
    }

    private static final class NeverIdleOutput implements WatermarkOutput {

        private WatermarkOutput output;

        private NeverIdleOutput of(WatermarkOutput out) {
            output = out;
            return this;
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            // Somebody else decides.
        }

        @Override
        public void markActive() {
            // Nobody was idle.
        }
    }
}
