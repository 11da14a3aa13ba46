// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random graph with costs, a cluster that has slots enough for it, and a former placement. */
final class RandomProblem {

    final TaskGraph graph;
    final Costs costs;
    final Cluster cluster;
    final PriorState prior;
    final Placement baseline;
    final PlacementMode mode;
    final boolean spread;

    RandomProblem(long seed) {
        Random random = new Random(seed);
        graph = graph(random);
        costs = random.nextInt(4) == 0 ? Costs.uniform(graph) : costs(graph, random);
        cluster = cluster(graph, random);
        prior = random.nextInt(3) == 0 ? prior(graph, cluster, random) : PriorState.none();
        baseline = UpstreamDraw.of(graph, cluster, random);
        mode = List.of(PlacementMode.values()).get(random.nextInt(3));
        spread = random.nextBoolean();
    }

    PlanRequest.Builder request() {
        return PlanRequest.builder(graph, costs, cluster)
                .mode(mode)
                .spread(spread)
                .prior(prior)
                .baseline(baseline);
    }

    private static TaskGraph graph(Random random) {
        TaskGraph.Builder builder = TaskGraph.builder();
        int vertices = 1 + random.nextInt(7);
        int groups = 1 + random.nextInt(3);
        int[] parallelism = {1 + random.nextInt(12), 1 + random.nextInt(12), 1};
        int[] groupOf = new int[vertices];
        for (int v = 0; v < vertices; v++) {
            groupOf[v] = v < groups ? v : random.nextInt(groups);
            int coLocation = random.nextInt(4) == 0 ? groupOf[v] : -1;
            builder.vertex("v" + v, parallelism[random.nextInt(3)], groupOf[v], coLocation);
        }
        for (int v = 1; v < vertices; v++) {
            for (int inputs = 1 + random.nextInt(2); inputs > 0; inputs--) {
                builder.edge(
                        random.nextInt(v),
                        v,
                        random.nextBoolean()
                                ? TaskGraph.Pattern.POINTWISE
                                : TaskGraph.Pattern.ALL_TO_ALL);
            }
        }
        return builder.build();
    }

    private static Costs costs(TaskGraph graph, Random random) {
        int vertices = graph.vertices().size();
        double[] cpu = random.doubles(vertices, 0, 10).toArray();
        double[] stateIo = random.doubles(vertices, 0, 3).toArray();
        double[] state = random.doubles(vertices, 0, 100).toArray();
        double[] bytes = random.doubles(graph.edges().size(), 0, 50).toArray();
        return Costs.known("random", cpu, stateIo, state, bytes);
    }

    private static Cluster cluster(TaskGraph graph, Random random) {
        Cluster.Builder builder = Cluster.builder();
        int groups = graph.sharingGroups();
        boolean network = random.nextBoolean();
        // Slots of the last kind serve all groups; of the others, some.
        int kinds = 1 + random.nextInt(3);
        boolean[][] fits = new boolean[kinds][groups];
        for (int kind = 0; kind < kinds; kind++) {
            for (int s = 0; s < groups; s++) {
                fits[kind][s] = kind == kinds - 1 || random.nextBoolean();
            }
            builder.kind(fits[kind]);
        }
        int needed = 0;
        for (int s = 0; s < groups; s++) {
            needed += graph.slotsOf(s);
        }
        int slots = 0;
        int spare = random.nextInt(10);
        for (int t = 0; slots < needed + spare; t++) {
            int taskManager =
                    builder.taskManager(
                            new Cluster.TaskManager(
                                    "tm" + random.nextInt(1000) + "-" + t,
                                    random.nextInt(3) == 0 ? "" : "z" + random.nextInt(3),
                                    random.nextInt(3) == 0 ? "" : "r" + random.nextInt(2),
                                    random.nextInt(3) == 0 ? "" : "h" + random.nextInt(3),
                                    1 + random.nextInt(8),
                                    random.nextBoolean()
                                            ? Double.POSITIVE_INFINITY
                                            : 1 + random.nextInt(4),
                                    network ? 5 + random.nextInt(50) : Double.POSITIVE_INFINITY));
            for (int k = random.nextInt(5); k >= 0; k--) {
                int kind = random.nextInt(kinds);
                builder.slot(taskManager, kind);
                slots += kind == kinds - 1 ? 1 : 0;
            }
        }
        return builder.build();
    }

    private static PriorState prior(TaskGraph graph, Cluster cluster, Random random) {
        Map<Integer, int[]> former = new HashMap<>();
        for (int v = 0; v < graph.vertices().size(); v++) {
            int count = 1 + random.nextInt(12);
            former.put(v, random.ints(count, -1, cluster.taskManagers().size()).toArray());
        }
        return PriorState.of(former);
    }
}
