// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Which slot each subtask runs in. Immutable. */
public final class Placement {

    private final int[][] slotOf;

    private Placement(int[][] slotOf) {
        this.slotOf = slotOf;
    }

    /**
     * Makes a placement of slots.
     *
     * @param slotOf for each vertex and subtask the index of its slot in the {@link Cluster}
     */
    public static Placement of(int[][] slotOf) {
        int[][] copy = new int[slotOf.length][];
        for (int v = 0; v < slotOf.length; v++) {
            copy[v] = slotOf[v].clone();
        }
        return new Placement(copy);
    }

    /** The index of the slot of a subtask. */
    public int slotOf(int vertex, int subtask) {
        return slotOf[vertex][subtask];
    }

    /**
     * Checks that every subtask has a slot that serves it, that no slot has two subtasks of a
     * vertex or two sharing groups, and that co-located subtasks share a slot.
     *
     * @throws IllegalArgumentException with the first fault found
     */
    public void check(TaskGraph graph, Cluster cluster) {
        require(slotOf.length == graph.vertices().size(), "another graph's placement");
        int[] groupOf = new int[cluster.slots()];
        Arrays.fill(groupOf, -1);
        Map<Long, Integer> coLocated = new HashMap<>();
        for (int v = 0; v < slotOf.length; v++) {
            TaskGraph.Vertex vertex = graph.vertices().get(v);
            require(slotOf[v].length == vertex.parallelism(), "subtasks of " + vertex.id());
            boolean[] taken = new boolean[cluster.slots()];
            for (int i = 0; i < slotOf[v].length; i++) {
                int slot = slotOf[v][i];
                String task = vertex.id() + "/" + i;
                require(slot >= 0 && slot < cluster.slots(), "no slot for " + task);
                require(!taken[slot], "slot taken twice, by " + task);
                taken[slot] = true;
                require(
                        groupOf[slot] < 0 || groupOf[slot] == vertex.sharingGroup(),
                        "slot of two sharing groups: " + task);
                groupOf[slot] = vertex.sharingGroup();
                require(cluster.fits(vertex.sharingGroup(), slot), "slot too small: " + task);
                if (vertex.coLocationGroup() >= 0) {
                    long key = ((long) vertex.coLocationGroup() << 32) | i;
                    Integer other = coLocated.putIfAbsent(key, slot);
                    require(other == null || other == slot, "not co-located: " + task);
                }
            }
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("Placement: " + message);
        }
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Placement && Arrays.deepEquals(slotOf, ((Placement) o).slotOf);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(slotOf);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(slotOf);
    }
}
