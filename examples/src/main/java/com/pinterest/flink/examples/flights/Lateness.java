// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * The rule that determines, from the frontier of a row, the watermark after it and whether the row
 * is late.
 *
 * <p>Both are determined in one place, so that they cannot disagree: a row is late exactly if the
 * watermarks of the rows before it have already fired its hour.
 */
final class Lateness implements Serializable {

    private static final long serialVersionUID = 1L;

    static final Duration WINDOW = Duration.ofHours(1);

    private final long outOfOrdernessMillis;

    Lateness(Duration outOfOrderness) {
        if (outOfOrderness.isNegative()) {
            throw new IllegalArgumentException(
                    "out-of-orderness is negative: " + outOfOrderness.toMinutes() + " minutes");
        }
        this.outOfOrdernessMillis = outOfOrderness.toMillis();
    }

    /** Returns the watermark after the row: all event times up to it may fire. */
    long watermarkAfter(Flight flight) {
        return flight.getFrontier() - outOfOrdernessMillis - 1;
    }

    /**
     * Returns whether the hour of the row fired before the row arrived.
     *
     * <p>The frontier includes the row itself. This makes no difference: a row that advances the
     * frontier is before the end of its own hour.
     */
    boolean isLate(Flight flight) {
        long lastOfWindow =
                TimeWindow.getWindowStartWithOffset(flight.eventTime(), 0, WINDOW.toMillis())
                        + WINDOW.toMillis()
                        - 1;
        return lastOfWindow <= watermarkAfter(flight);
    }
}
