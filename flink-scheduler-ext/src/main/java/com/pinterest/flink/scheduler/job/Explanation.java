// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.scheduler.plan.Cluster;
import com.pinterest.flink.scheduler.plan.Plan;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What a plan does and why it is better, in one line of a log. */
final class Explanation {

    private static final int TASK_MANAGERS = 50;
    private static final int NAME_LENGTH = 32;

    private Explanation() {}

    static String of(PlacementSettings settings, JobTasks job, SlotCluster slots, Plan plan) {
        StringBuilder text = new StringBuilder();
        text.append(job.graph().tasks())
                .append(" tasks on ")
                .append(slots.cluster().taskManagers().size())
                .append(" TaskManagers, mode ")
                .append(settings.mode())
                .append(", costs ")
                .append(job.costs().source())
                .append(": ")
                .append(plan.cost());
        plan.baseline().ifPresent(baseline -> text.append("; upstream's: ").append(baseline));
        text.append("; by ")
                .append(plan.origin())
                .append(" after ")
                .append(plan.steps())
                .append(plan.isCutShort() ? " steps, cut short" : " steps")
                .append(". ");
        appendTaskManagers(text, job.graph(), slots.cluster(), plan);
        return text.toString();
    }

    private static void appendTaskManagers(
            StringBuilder text, TaskGraph graph, Cluster cluster, Plan plan) {
        TreeMap<Integer, List<String>> tasks = new TreeMap<>();
        for (int v = 0; v < graph.vertices().size(); v++) {
            int parallelism = graph.vertices().get(v).parallelism();
            TreeMap<Integer, List<Integer>> subtasks = new TreeMap<>();
            for (int i = 0; i < parallelism; i++) {
                subtasks.computeIfAbsent(
                                cluster.taskManagerOf(plan.placement().slotOf(v, i)),
                                taskManager -> new ArrayList<>())
                        .add(i);
            }
            String name = graph.vertices().get(v).id();
            String shortened = name.length() > NAME_LENGTH ? name.substring(0, NAME_LENGTH) : name;
            subtasks.forEach(
                    (taskManager, indices) ->
                            tasks.computeIfAbsent(taskManager, t -> new ArrayList<>())
                                    .add(shortened + ranges(indices)));
        }
        int shown = 0;
        for (int taskManager : tasks.keySet()) {
            if (shown++ == TASK_MANAGERS) {
                text.append("; and ").append(tasks.size() - TASK_MANAGERS).append(" more");
                break;
            }
            Cluster.TaskManager tm = cluster.taskManagers().get(taskManager);
            text.append(shown == 1 ? "" : "; ")
                    .append(tm.id())
                    .append('(')
                    .append(tm.zone())
                    .append('/')
                    .append(tm.rack())
                    .append("): ")
                    .append(String.join(" ", tasks.get(taskManager)));
        }
    }

    /** As in {@code [0-3,7]}. */
    private static String ranges(List<Integer> indices) {
        StringBuilder text = new StringBuilder("[");
        int k = 0;
        while (k < indices.size()) {
            int end = k;
            while (end + 1 < indices.size() && indices.get(end + 1) == indices.get(end) + 1) {
                end++;
            }
            text.append(k == 0 ? "" : ",").append(indices.get(k));
            if (end > k) {
                text.append('-').append(indices.get(end));
            }
            k = end + 1;
        }
        return text.append(']').toString();
    }
}
