// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/**
 * Tells whether a local aggregation is worth its while: whether it makes fewer rows of many. If not
 * it is left out for some bundles, after which one is gathered again, to see if that has changed.
 *
 * <p>Not thread-safe.
 */
final class ReductionWatch {

    /** Rows to a result below which nothing is gained. */
    private static final double LEAST_REDUCTION = 1.1;

    /** Bundles of fewer rows tell nothing. */
    private static final long FEWEST_ROWS = 1000;

    /** How many bundles are left out. */
    private static final int BUNDLES_ASIDE = 16;

    /** How many rows are passed on still before a bundle is gathered again. */
    private long aside;

    /** Whether the next row is passed on as it is; counts it then. */
    boolean passesOn() {
        if (aside == 0) {
            return false;
        }
        aside--;
        return true;
    }

    /** Notes what a bundle was. */
    void onBundle(long rows, long results) {
        if (rows >= FEWEST_ROWS && rows < results * LEAST_REDUCTION) {
            aside = rows * BUNDLES_ASIDE;
        }
    }
}
