// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

/**
 * How many slots a window has: the more, the nearer to each other are sorted accesses. They may
 * take some megabytes of the heap, as far as earlier windows tell.
 */
final class WindowSize {

    /** Few, as nothing is known of the values yet. */
    static final int FIRST = 64;

    static final int FEWEST = 8;

    /** More gain no more. */
    static final int MOST = 8_192;

    static final long MOST_BYTES = 16 << 20;

    private static final int GROWTH = 4;

    private int slots = FIRST;

    int slots() {
        return slots;
    }

    /** Adapts to the slots of a window, and what their keys and values take. */
    void onWindow(int slotsOfWindow, long bytes) {
        if (slotsOfWindow > 0) {
            long fitting = MOST_BYTES * slotsOfWindow / Math.max(1, bytes);
            long most = Math.min(MOST, GROWTH * (long) slots);
            slots = (int) Math.max(FEWEST, Math.min(most, fitting));
        }
    }
}
