// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Plans of problems so small that all placements can be tried: the highest load over computation,
 * state and network, as CAPSys (EuroSys 2025) puts the problem.
 */
class PlannerOptimumTest {

    private static final int PROBLEMS = 200;

    @Test
    void isTheOptimum() {
        for (long seed = 0; seed < PROBLEMS; seed++) {
            PlanRequest request = problem(new Random(seed));

            Plan plan = Planner.plan(request);

            double optimum = optimum(request);
            assertThat(plan.cost().utilisation())
                    .as("seed %d", seed)
                    .isCloseTo(optimum, within(1e-6 * optimum));
        }
    }

    private static PlanRequest problem(Random random) {
        TaskGraph.Builder graph = TaskGraph.builder();
        int slots = 4 + 2 * random.nextInt(2);
        int taskManagers = 2;
        int vertices = 2 + random.nextInt(2);
        for (int v = 0; v < vertices; v++) {
            int parallelism = v == 0 ? slots : 1 + random.nextInt(3);
            graph.vertex("v" + v, parallelism, 0);
        }
        for (int v = 1; v < vertices; v++) {
            graph.edge(
                    random.nextInt(v),
                    v,
                    random.nextBoolean()
                            ? TaskGraph.Pattern.POINTWISE
                            : TaskGraph.Pattern.ALL_TO_ALL);
        }
        TaskGraph built = graph.build();
        double[] cpu = random.doubles(vertices, 1, 10).toArray();
        double[] stateIo = random.doubles(vertices, 0, 5).toArray();
        double[] bytes = random.doubles(vertices - 1, 1, 10).toArray();
        Costs costs = Costs.known("random", cpu, stateIo, new double[vertices], bytes);
        Cluster.Builder cluster = Cluster.builder();
        for (int t = 0; t < taskManagers; t++) {
            int taskManager =
                    cluster.taskManager(
                            new Cluster.TaskManager(
                                    "tm" + t,
                                    "",
                                    "",
                                    "h" + t,
                                    costs.totalCpu() / taskManagers,
                                    Math.max(1, costs.totalStateIo() / taskManagers),
                                    10));
            for (int k = 0; k < slots / taskManagers; k++) {
                cluster.slot(taskManager);
            }
        }
        return PlanRequest.builder(built, costs, cluster.build())
                .mode(PlacementMode.BALANCED)
                .build();
    }

    /** The lowest utilisation of all placements. */
    private static double optimum(PlanRequest request) {
        int vertices = request.graph().vertices().size();
        int[][] slotOf = new int[vertices][];
        for (int v = 0; v < vertices; v++) {
            slotOf[v] = new int[request.graph().vertices().get(v).parallelism()];
        }
        return lowest(request, slotOf, 0, 0, new boolean[vertices][request.cluster().slots()]);
    }

    private static double lowest(
            PlanRequest request, int[][] slotOf, int vertex, int subtask, boolean[][] taken) {
        if (vertex == slotOf.length) {
            return ChannelByChannel.cost(
                            request.graph(),
                            request.costs(),
                            request.cluster(),
                            Placement.of(slotOf))
                    .utilisation();
        }
        if (subtask == slotOf[vertex].length) {
            return lowest(request, slotOf, vertex + 1, 0, taken);
        }
        double lowest = Double.POSITIVE_INFINITY;
        int before = -1;
        for (int slot = 0; slot < request.cluster().slots(); slot++) {
            int taskManager = request.cluster().taskManagerOf(slot);
            // Slots of one TaskManager are alike.
            if (!taken[vertex][slot] && taskManager != before) {
                before = taskManager;
                taken[vertex][slot] = true;
                slotOf[vertex][subtask] = slot;
                lowest = Math.min(lowest, lowest(request, slotOf, vertex, subtask + 1, taken));
                taken[vertex][slot] = false;
            }
        }
        return lowest;
    }
}
