// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.Map;

/**
 * Where the state of a job was before: for each vertex the TaskManagers of its former subtasks. A
 * subtask's state is its share of the key groups, so that after a rescale a new subtask needs parts
 * of several former ones. Immutable.
 */
public final class PriorState {

    private final Map<Integer, int[]> taskManagers;

    private PriorState(Map<Integer, int[]> taskManagers) {
        this.taskManagers = Map.copyOf(taskManagers);
    }

    /**
     * The state of a job that ran before.
     *
     * @param taskManagers by vertex, for each former subtask the index of its TaskManager in the
     *     {@link Cluster}, or -1 if that is gone
     */
    public static PriorState of(Map<Integer, int[]> taskManagers) {
        return new PriorState(taskManagers);
    }

    public static PriorState none() {
        return new PriorState(Map.of());
    }

    public boolean isEmpty() {
        return taskManagers.isEmpty();
    }

    /**
     * The share of a vertex's state that a subtask needs and does not find on a TaskManager, from 0
     * to 1 / parallelism.
     */
    double missing(int vertex, int subtask, int parallelism, int taskManager) {
        int[] former = taskManagers.get(vertex);
        if (former == null) {
            return 0;
        }
        double start = (double) subtask / parallelism;
        double end = (double) (subtask + 1) / parallelism;
        double missing = end - start;
        int first = (int) Math.floor(start * former.length);
        for (int j = first; j < former.length && (double) j / former.length < end; j++) {
            if (former[j] == taskManager) {
                double overlap =
                        Math.min(end, (double) (j + 1) / former.length)
                                - Math.max(start, (double) j / former.length);
                missing -= Math.max(0, overlap);
            }
        }
        return Math.max(0, missing);
    }
}
