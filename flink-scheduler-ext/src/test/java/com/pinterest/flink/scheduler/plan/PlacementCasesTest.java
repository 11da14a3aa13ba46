// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plans of typical jobs beside placements as upstream draws them, and beside bounds that the plans
 * keep today, so that a change for the worse is noticed.
 */
class PlacementCasesTest {

    private static final int DRAWS = 15;

    @ParameterizedTest
    @CsvSource({
        // highest utilisation, per cent of bytes across hosts and zones
        "LINEAR, 1.13, 34, 24",
        "JOIN, 1.04, 63, 43",
        "SKEWED, 1.01, 45, 27",
        "RESCALE, 1.06, 12, 6",
        "HALF_FULL, 1.01, 40, 28",
    })
    void knownCosts(Cases job, double utilisation, double hosts, double zones) {
        Plan plan =
                Planner.plan(PlanRequest.builder(job.graph(), job.costs(), job.cluster()).build());

        assertThat(plan.cost().utilisation()).isLessThan(utilisation);
        assertThat(percent(plan.cost().crossHost(), plan.cost())).isLessThan(hosts);
        assertThat(percent(plan.cost().crossZone(), plan.cost())).isLessThan(zones);
    }

    @ParameterizedTest
    @EnumSource(Cases.class)
    void withoutCostsCrossesFewerBytesThanUpstreamAtItsBest(Cases job) {
        TaskGraph graph = job.graph();
        PlanRequest request =
                PlanRequest.builder(graph, Costs.uniform(graph), job.cluster()).build();

        Plan plan = Planner.plan(request);

        PlacementCost cost = Planner.cost(withRealCosts(job), plan.placement());
        for (int seed = 0; seed < DRAWS; seed++) {
            PlacementCost draw = draw(job, seed);
            assertThat(cost.crossZone()).isLessThanOrEqualTo(draw.crossZone() * 1.02);
            assertThat(cost.crossHost()).isLessThanOrEqualTo(draw.crossHost() * 1.02);
        }
    }

    @ParameterizedTest
    @CsvSource({"30, 1.10", "70, 1.25"})
    void wrongCosts(int percent, double utilisation) {
        Cases job = Cases.SKEWED;
        double sum = 0;
        for (int seed = 0; seed < DRAWS; seed++) {
            Costs wrong = job.wrongCosts(percent / 100.0, new Random(seed));
            PlanRequest request = PlanRequest.builder(job.graph(), wrong, job.cluster()).build();

            Plan plan = Planner.plan(request);

            sum += Planner.cost(withRealCosts(job), plan.placement()).utilisation();
        }
        assertThat(sum / DRAWS).isLessThan(utilisation);
    }

    private static PlanRequest withRealCosts(Cases job) {
        return PlanRequest.builder(job.graph(), job.costs(), job.cluster()).build();
    }

    private static PlacementCost draw(Cases job, int seed) {
        return Planner.cost(
                withRealCosts(job), UpstreamDraw.of(job.graph(), job.cluster(), new Random(seed)));
    }

    private static double percent(double bytes, PlacementCost cost) {
        return 100 * bytes / cost.totalBytes();
    }
}
