// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

/**
 * The channels of a pointwise edge, as formulas. A subtask of the side with fewer subtasks is
 * connected with a contiguous range of the other's; see upstream's {@code
 * VertexInputInfoComputationUtils}, which makes the same ranges.
 */
final class Pointwise {

    private Pointwise() {}

    /** The first partner, on a side of {@code others} subtasks, of subtask {@code index}. */
    static int first(int index, int count, int others, boolean producer) {
        if (count > others) {
            return owner(index, count, others, producer);
        }
        return bound(index, count, others, producer);
    }

    /** One more than the last partner of subtask {@code index}. */
    static int end(int index, int count, int others, boolean producer) {
        if (count > others) {
            return owner(index, count, others, producer) + 1;
        }
        return bound(index + 1, count, others, producer);
    }

    /**
     * Where the range of a subtask of the smaller side begins. Producers round up and consumers
     * down.
     */
    private static int bound(int index, int count, int others, boolean producer) {
        long product = (long) index * others;
        return (int) ((producer ? product + count - 1 : product) / count);
    }

    /** The one subtask of the smaller side whose range has {@code index}. */
    private static int owner(int index, int count, int others, boolean producer) {
        if (producer) {
            // The smaller side consumes: the last range that begins at or before the index.
            return (int) (((long) (index + 1) * others - 1) / count);
        }
        return (int) ((long) index * others / count);
    }
}
