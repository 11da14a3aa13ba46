// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.scheduler.plan.Cluster;
import com.pinterest.flink.scheduler.plan.PlacementCost;
import com.pinterest.flink.scheduler.plan.Plan;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a plan does and why it is better, as a {@link
 * com.pinterest.flink.scheduler.explain.PlacementDocument}.
 */
final class Explanation {

    private Explanation() {}

    /**
     * Explains a plan.
     *
     * @param keptGroups how many groups of tasks had their slots before
     * @param nanoseconds that the plan has taken
     */
    static ObjectNode of(
            PlacedJob placedJob,
            PlacementSettings settings,
            JobTasks job,
            SlotCluster slots,
            Plan plan,
            int keptGroups,
            long nanoseconds) {
        ObjectNode root = placedJob.newDocument(settings);
        root.put("costs", job.costs().source());
        root.putObject("plan")
                .put("origin", origin(plan))
                .put("steps", plan.steps())
                .put("cut-short", plan.isCutShort())
                .put("planning-ms", nanoseconds / 1e6)
                .put("kept-groups", keptGroups);
        if (plan.baseline().isPresent()) {
            describe(root.putObject("upstream"), plan.baseline().get());
        } else {
            root.putNull("upstream");
        }
        describe(root.putObject("placed"), plan.cost());
        ArrayNode vertices = root.putArray("vertices");
        TaskGraph graph = job.graph();
        for (int v = 0; v < graph.vertices().size(); v++) {
            vertices.addObject()
                    .put("id", job.vertexOf(v).toHexString())
                    .put("name", graph.vertices().get(v).id())
                    .put("parallelism", graph.vertices().get(v).parallelism())
                    .put("cpu", job.costs().cpu(v))
                    .put("state-io", job.costs().stateIo(v));
        }
        describeTaskManagers(root, job, slots.cluster(), plan);
        return root;
    }

    private static String origin(Plan plan) {
        return plan.origin() == Plan.Origin.BASELINE
                ? "upstream"
                : plan.origin().name().toLowerCase(Locale.ROOT);
    }

    private static void describe(ObjectNode node, PlacementCost cost) {
        double share = cost.totalBytes() > 0 ? 1 / cost.totalBytes() : 0;
        node.put("utilisation", cost.utilisation())
                .put("zones", cost.crossZone() * share)
                .put("racks", cost.crossRack() * share)
                .put("hosts", cost.crossHost() * share)
                .put("moved-state", cost.movedState());
    }

    private static void describeTaskManagers(
            ObjectNode root, JobTasks job, Cluster cluster, Plan plan) {
        List<TreeMap<Integer, ArrayNode>> groups = new ArrayList<>();
        cluster.taskManagers().forEach(taskManager -> groups.add(new TreeMap<>()));
        double[] cpu = new double[groups.size()];
        double[] stateIo = new double[groups.size()];
        for (int v = 0; v < job.graph().vertices().size(); v++) {
            int parallelism = job.graph().vertices().get(v).parallelism();
            for (int i = 0; i < parallelism; i++) {
                int slot = plan.placement().slotOf(v, i);
                int taskManager = cluster.taskManagerOf(slot);
                cpu[taskManager] += job.costs().cpu(v) / parallelism;
                stateIo[taskManager] += job.costs().stateIo(v) / parallelism;
                groups.get(taskManager)
                        .computeIfAbsent(slot, s -> root.arrayNode())
                        .add(root.arrayNode().add(v).add(i));
            }
        }
        double used = 0;
        double capacity = 0;
        ArrayNode taskManagers = root.arrayNode();
        for (int t = 0; t < groups.size(); t++) {
            Cluster.TaskManager taskManager = cluster.taskManagers().get(t);
            used += cpu[t];
            capacity += taskManager.cpu();
            taskManagers
                    .addObject()
                    .put("id", taskManager.id())
                    .put("zone", taskManager.zone())
                    .put("rack", taskManager.rack())
                    .put("host", taskManager.host())
                    .put(
                            "utilisation",
                            Math.max(
                                    cpu[t] / taskManager.cpu(), stateIo[t] / taskManager.stateIo()))
                    .putArray("groups")
                    .addAll(groups.get(t).values());
        }
        root.put("utilisation-mean", used / capacity);
        root.set("task-managers", taskManagers);
    }
}
