// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans of typical jobs beside placements as upstream draws them. */
class PlacementCasesTest {

    private static final int DRAWS = 15;

    @ParameterizedTest
    @EnumSource(Cases.class)
    void knownCosts(Cases job) {
        PlanRequest request = PlanRequest.builder(job.graph(), job.costs(), job.cluster()).build();

        compare("known", job, request, job.costs());
    }

    @ParameterizedTest
    @EnumSource(Cases.class)
    void noCosts(Cases job) {
        TaskGraph graph = job.graph();
        PlanRequest request =
                PlanRequest.builder(graph, Costs.uniform(graph), job.cluster()).build();

        compare("none", job, request, job.costs());
    }

    static void compare(String name, Cases job, PlanRequest request, Costs real) {
        PlanRequest measured = PlanRequest.builder(job.graph(), real, request.cluster()).build();
        long start = System.nanoTime();
        Plan plan = Planner.plan(request);
        long time = (System.nanoTime() - start) / 1000;
        PlacementCost ours = Planner.cost(measured, plan.placement());
        double utilisation = 0;
        double zone = 0;
        double host = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            PlacementCost draw =
                    Planner.cost(
                            measured,
                            UpstreamDraw.of(job.graph(), request.cluster(), new Random(seed)));
            utilisation += draw.utilisation() / DRAWS;
            zone += draw.crossZone() / DRAWS;
            host += draw.crossHost() / DRAWS;
        }
        double t = 100 / ours.totalBytes();
        System.out.printf(
                "%s %s: cpu %.2f host %.0f zone %.0f; upstream %.2f %.0f %.0f; %s, %d steps, %d us%n",
                job,
                name,
                ours.utilisation(),
                ours.crossHost() * t,
                ours.crossZone() * t,
                utilisation,
                host * t,
                zone * t,
                plan.origin(),
                plan.steps(),
                time);
        assertThat(ours.crossZone()).isLessThanOrEqualTo(zone * 1.02);
    }
}
