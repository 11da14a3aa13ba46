// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

/**
 * The number of slots of a window. With more slots, sorted accesses are closer to each other. The
 * memory of a window is limited to some megabytes, estimated from earlier windows.
 */
final class WindowSize {

    /** The first size; small, because nothing is known about the values yet. */
    static final int FIRST = 64;

    static final int FEWEST = 8;

    /** The maximum size; more slots gain nothing. */
    static final int MOST = 8_192;

    static final long MOST_BYTES = 16 << 20;

    private static final int GROWTH = 4;

    private int slots = FIRST;

    int slots() {
        return slots;
    }

    /**
     * Adapts the size to the number of slots of a window and the memory of their keys and values.
     */
    void onWindow(int slotsOfWindow, long bytes) {
        if (slotsOfWindow > 0) {
            long fitting = MOST_BYTES * slotsOfWindow / Math.max(1, bytes);
            long most = Math.min(MOST, GROWTH * (long) slots);
            slots = (int) Math.max(FEWEST, Math.min(most, fitting));
        }
    }
}
