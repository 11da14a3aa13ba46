// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/**
 * Finds how many rows a bundle is worth to have: it grows while that sums up more rows in a result,
 * and shrinks where half as many sum up as well. From time to time a bundle of twice or half the
 * size is tried.
 *
 * <p>Not thread-safe.
 */
final class SizeSearch {

    /** Below that, accesses to state come in small batches. */
    static final long FEWEST_ROWS = 8192;

    /** How many bundles are between two that are tried. */
    static final int BUNDLES_BETWEEN = 8;

    /** By which factor more must be summed up. */
    private static final double GAIN = 1.02;

    private final long most;
    private final long fewest;
    private long size;

    /** The size that is tried; 0 for none. */
    private long tried;

    private boolean grows;

    /** How many bundles of this size there were since one was tried. */
    private int bundles;

    /** Rows to a result, in bundles of this size: their mean, in which the last count more. */
    private double reduction;

    /**
     * Begins with the largest bundles.
     *
     * @param most how many rows a bundle may have
     */
    SizeSearch(long most) {
        this.most = most;
        this.fewest = Math.min(most, FEWEST_ROWS);
        this.size = most;
    }

    /** How many rows the next bundle should have. */
    long size() {
        return tried == 0 ? size : tried;
    }

    /**
     * Notes a bundle that had so many rows.
     *
     * @param reductionNow rows to a result
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
