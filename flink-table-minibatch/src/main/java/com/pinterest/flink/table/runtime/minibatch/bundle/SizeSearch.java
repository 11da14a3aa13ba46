// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/**
 * A search for the best number of rows of a bundle. The size grows if larger bundles combine more
 * rows per result, and shrinks if bundles of half the size combine equally many. Occasionally, a
 * bundle of twice or half the size is tried.
 *
 * <p>Not thread-safe.
 */
final class SizeSearch {

    /** The minimum size; below it, state is accessed in small batches. */
    static final long FEWEST_ROWS = 8192;

    /** The number of bundles between two trials. */
    static final int BUNDLES_BETWEEN = 8;

    /** The factor by which the reduction must improve. */
    private static final double GAIN = 1.02;

    private final long most;
    private final long fewest;
    private long size;

    /** The size that is being tried; 0 for none. */
    private long tried;

    private boolean grows;

    /** The number of bundles of this size since the last trial. */
    private int bundles;

    /** Rows per result in bundles of this size: a mean in which the latest bundles count more. */
    private double reduction;

    /**
     * Starts with the largest bundles.
     *
     * @param most the maximum number of rows
     */
    SizeSearch(long most) {
        this.most = most;
        this.fewest = Math.min(most, FEWEST_ROWS);
        this.size = most;
    }

    /** Returns the number of rows that the next bundle should have. */
    long size() {
        return tried == 0 ? size : tried;
    }

    /**
     * Records a bundle with the current size.
     *
     * @param reductionNow rows per result
     */
    void onFullBundle(double reductionNow) {
        if (tried != 0) {
            judge(reductionNow);
            return;
        }
        reduction = reduction == 0 ? reductionNow : (3 * reduction + reductionNow) / 4;
        bundles++;
        if (bundles == BUNDLES_BETWEEN) {
            bundles = 0;
            long next = grows ? Math.min(most, size * 2) : Math.max(fewest, size / 2);
            if (next == size) {
                grows = !grows;
            } else {
                tried = next;
            }
        }
    }

    private void judge(double reductionNow) {
        boolean isBetter =
                grows ? reductionNow > reduction * GAIN : reductionNow * GAIN >= reduction;
        if (isBetter) {
            size = tried;
            reduction = reductionNow;
        } else {
            grows = !grows;
        }
        tried = 0;
    }
}
