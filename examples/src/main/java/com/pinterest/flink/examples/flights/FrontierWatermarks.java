// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * A watermark generator that emits a watermark after each row that advances the frontier, and none
 * periodically.
 */
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

    /** Does nothing: the position of a periodic watermark would differ in each run. */
    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
}
