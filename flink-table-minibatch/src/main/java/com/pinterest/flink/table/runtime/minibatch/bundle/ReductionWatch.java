// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/**
 * Decides when bundles are skipped whose only benefit is fewer rows. After a bundle that did not
 * reduce its rows, rows skip the next {@value #BUNDLES_SKIPPED} bundles; then one is gathered
 * again, to see whether that has changed.
 *
 * <p>Not thread-safe.
 */
public final class ReductionWatch {

    /** The number of rows per result below which a bundle does not pay off. */
    private static final double LEAST_REDUCTION = 1.1;

    /** Smaller bundles are not judged, unless they are full. */
    private static final long FEWEST_ROWS = 1000;

    private static final int BUNDLES_SKIPPED = 16;

    private final long fewestRows;

    /** How many more rows skip the bundle. */
    private long rowsToSkip;

    /** Creates one that begins with a bundle. */
    public ReductionWatch(BundleLimits limits) {
        this.fewestRows = Math.min(FEWEST_ROWS, limits.rows);
    }

    /** Whether the next row skips the bundle; counts it if so. */
    public boolean skipsBundle() {
        if (rowsToSkip == 0) {
            return false;
        }
        rowsToSkip--;
        return true;
    }

    /** Judges a bundle by how many results it made of its rows. */
    public void onBundle(long rows, long results) {
        if (rows >= fewestRows && rows < results * LEAST_REDUCTION) {
            rowsToSkip = rows * BUNDLES_SKIPPED;
        }
    }
}
