// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/**
 * Tells whether bundles are worth their while that gain nothing but fewer rows. If they do not,
 * they are left out for some time, after which one is gathered again, to see if that has changed.
 *
 * <p>Not thread-safe.
 */
public final class ReductionWatch {

    /** Rows to a result below which nothing is gained. */
    private static final double LEAST_REDUCTION = 1.1;

    /** Bundles of fewer rows tell nothing, unless they are full. */
    private static final long FEWEST_ROWS = 1000;

    /** How many bundles are left out. */
    private static final int BUNDLES_ASIDE = 16;

    private final long fewestRows;

    /** How many rows are passed on still before a bundle is gathered again. */
    private long aside;

    /** Begins with bundles. */
    public ReductionWatch(BundleLimits limits) {
        this.fewestRows = Math.min(FEWEST_ROWS, limits.rows);
    }

    /** Whether the next row is passed on as it is; counts it then. */
    public boolean passesOn() {
        if (aside == 0) {
            return false;
        }
        aside--;
        return true;
    }

    /** Notes what a bundle was. */
    public void onBundle(long rows, long results) {
        if (rows >= fewestRows && rows < results * LEAST_REDUCTION) {
            aside = rows * BUNDLES_ASIDE;
        }
    }
}
