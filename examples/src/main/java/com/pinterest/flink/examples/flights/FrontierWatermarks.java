// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Emits a watermark behind each row that moves the frontier, and none by the clock. */
final class FrontierWatermarks implements WatermarkGenerator<Flight> {

    private final Lateness lateness;
    private long emitted = Long.MIN_VALUE;

    FrontierWatermarks(Lateness lateness) {
        this.lateness = requireNonNull(lateness, "lateness");
    }

    @Override
    public void onEvent(Flight flight, long eventTimestamp, WatermarkOutput output) {
        long watermark = lateness.watermarkAfter(flight);
        if (watermark > emitted) {
            emitted = watermark;
            output.emitWatermark(new Watermark(watermark));
        }
    }

    /** Nothing: a watermark by the clock would stand at a different row in each run. */
    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
}
