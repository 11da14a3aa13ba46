// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Says, from the frontier of a row, what the watermark behind it is and whether the row is late.
 *
 * <p>The one place where both are decided, so that they cannot disagree: a row is late exactly when
 * the watermarks of the rows before it have already fired its hour.
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

    /** The watermark that stands behind the row: all event times up to it may be fired. */
    long watermarkAfter(Flight flight) {
        return flight.getFrontier() - outOfOrdernessMillis - 1;
    }

    /**
     * Whether the row's hour was fired before the row came.
     *
     * <p>The frontier includes the row itself. That changes nothing here: a row that sets the
     * frontier lies before the end of its own hour.
     */
    boolean isLate(Flight flight) {
        long lastOfWindow =
                TimeWindow.getWindowStartWithOffset(flight.eventTime(), 0, WINDOW.toMillis())
                        + WINDOW.toMillis()
                        - 1;
        return lastOfWindow <= watermarkAfter(flight);
    }
}
