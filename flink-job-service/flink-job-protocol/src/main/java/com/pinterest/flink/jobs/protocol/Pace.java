// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.Locale;

/**
 * How fast a run reads.
 *
 * @param recordsPerSecond what its sources emit
 * @param lag how many records its sources could have read by now and have not; -1 if they do not
 *     say
 */
public record Pace(double recordsPerSecond, long lag) {

    /** A lag that this much input makes up for is none. */
    private static final double LAG_SECONDS = 10;

    /**
     * Whether a run of this pace does as well as an earlier one: it is as fast, or, as sources that
     * have nothing left to read are slow, it does not lag behind any further.
     *
     * @param percent of the earlier throughput
     */
    boolean holds(Pace earlier, int percent) {
        return recordsPerSecond >= earlier.recordsPerSecond * percent / 100
                || (lag >= 0
                        && lag
                                <= Math.max(0, earlier.lag)
                                        + LAG_SECONDS * earlier.recordsPerSecond);
    }

    @Override
    public String toString() {
        String rate = String.format(Locale.ROOT, "%,.1f records/s", recordsPerSecond);
        return lag < 0 ? rate : rate + String.format(Locale.ROOT, ", %,d behind", lag);
    }
}
