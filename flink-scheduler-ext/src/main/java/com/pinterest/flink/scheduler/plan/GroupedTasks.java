// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Subtasks that share a slot, before it is known which: what the DefaultScheduler decides when it
 * is made, long before there are slots. Groups are numbered from 0, in an order in which neighbours
 * have much to say to each other. Immutable.
 */
public final class GroupedTasks {

    private final List<int[][]> groups;
    private final List<Integer> sharingGroups;

    private GroupedTasks(List<int[][]> groups, List<Integer> sharingGroups) {
        this.groups = groups;
        this.sharingGroups = sharingGroups;
    }

    /** The groups that a placement makes, in the order of the slots' TaskManagers. */
    static GroupedTasks of(TaskGraph graph, Cluster cluster, Placement placement) {
        Map<Integer, List<int[]>> bySlot = new HashMap<>();
        for (int v = 0; v < graph.vertices().size(); v++) {
            for (int i = 0; i < graph.vertices().get(v).parallelism(); i++) {
                bySlot.computeIfAbsent(placement.slotOf(v, i), slot -> new ArrayList<>())
                        .add(new int[] {v, i});
            }
        }
        List<Integer> slots = new ArrayList<>(bySlot.keySet());
        slots.sort(
                (a, b) -> {
                    int byTaskManager =
                            Integer.compare(cluster.taskManagerOf(a), cluster.taskManagerOf(b));
                    return byTaskManager != 0 ? byTaskManager : Integer.compare(a, b);
                });
        List<int[][]> groups = new ArrayList<>();
        List<Integer> sharingGroups = new ArrayList<>();
        for (int slot : slots) {
            int[][] tasks = bySlot.get(slot).toArray(new int[0][]);
            groups.add(tasks);
            sharingGroups.add(graph.vertices().get(tasks[0][0]).sharingGroup());
        }
        return new GroupedTasks(groups, sharingGroups);
    }

    public int count() {
        return groups.size();
    }

    public int sharingGroupOf(int group) {
        return sharingGroups.get(group);
    }

    /** The members of a group, as pairs of vertex and subtask. */
    public int[][] tasksOf(int group) {
        int[][] tasks = groups.get(group);
        int[][] copy = new int[tasks.length][];
        for (int t = 0; t < tasks.length; t++) {
            copy[t] = tasks[t].clone();
        }
        return copy;
    }

    List<Integer> ofSharingGroup(int sharingGroup) {
        List<Integer> members = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            if (sharingGroups.get(g) == sharingGroup) {
                members.add(g);
            }
        }
        return members;
    }
}
