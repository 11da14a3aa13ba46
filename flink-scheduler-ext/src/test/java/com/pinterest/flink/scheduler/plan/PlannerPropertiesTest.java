// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every plan, over random problems. A failure names the seed. */
class PlannerPropertiesTest {

    private static final int PROBLEMS = 150;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void placesEachTaskOnceAndKeepsConstraints(long series) {
        forAll(
                series,
                (problem, random) -> {
                    Plan plan = Planner.plan(problem.request().build());

                    plan.placement().check(problem.graph, problem.cluster);
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void isNeverWorseThanTheBaseline(long series) {
        forAll(
                series,
                (problem, random) -> {
                    PlanRequest request = problem.request().build();

                    Plan plan = Planner.plan(request);

                    PlacementCost baseline = Planner.cost(request, problem.baseline);
                    boolean balanced = problem.mode.isUtilisationFirst(problem.costs);
                    assertThat(plan.cost().compareTo(baseline, balanced)).isLessThanOrEqualTo(0);
                    if (!balanced) {
                        assertThat(plan.cost().utilisation())
                                .isLessThanOrEqualTo(baseline.utilisation() * (1 + 1e-6));
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void isDeterministic(long series) {
        forAll(
                series,
                (problem, random) -> {
                    Plan plan = Planner.plan(problem.request().build());
                    Plan again = Planner.plan(problem.request().build());

                    assertThat(again.placement()).isEqualTo(plan.placement());
                    assertThat(again.steps()).isEqualTo(plan.steps());
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void costsWhatItSays(long series) {
        forAll(
                series,
                (problem, random) -> {
                    Plan plan = Planner.plan(problem.request().build());

                    PlacementCost counted =
                            ChannelByChannel.cost(
                                    problem.graph,
                                    problem.costs,
                                    problem.cluster,
                                    plan.placement());
                    assertThat(plan.cost().crossZone())
                            .isCloseTo(counted.crossZone(), within(1e-6));
                    assertThat(plan.cost().crossRack())
                            .isCloseTo(counted.crossRack(), within(1e-6));
                    assertThat(plan.cost().crossHost())
                            .isCloseTo(counted.crossHost(), within(1e-6));
                    assertThat(plan.cost().utilisation())
                            .isCloseTo(counted.utilisation(), within(1e-6));
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void keepsGroupsThatAreBound(long series) {
        forAll(
                series,
                (problem, random) -> {
                    GroupedTasks groups =
                            Planner.group(
                                    problem.graph,
                                    problem.costs,
                                    problem.mode,
                                    1 + random.nextInt(5),
                                    1000);

                    Plan plan = Planner.bind(problem.request().build(), groups);

                    plan.placement().check(problem.graph, problem.cluster);
                    PlanRequest request = problem.request().build();
                    PlacementCost baseline = Planner.cost(request, problem.baseline);
                    boolean balanced = problem.mode.isUtilisationFirst(problem.costs);
                    if (plan.origin() == Plan.Origin.BASELINE) {
                        return;
                    }
                    assertThat(plan.cost().compareTo(baseline, balanced)).isLessThanOrEqualTo(0);
                    for (int g = 0; g < groups.count(); g++) {
                        Set<Integer> slots = new HashSet<>();
                        for (int[] task : groups.tasksOf(g)) {
                            slots.add(plan.placement().slotOf(task[0], task[1]));
                        }
                        assertThat(slots).hasSize(1);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void leavesFixedGroupsWhereTheyAre(long series) {
        forAll(
                series,
                (problem, random) -> {
                    GroupedTasks groups =
                            GroupedTasks.of(problem.graph, problem.cluster, problem.baseline);
                    int[] fixed = new int[groups.count()];
                    for (int g = 0; g < fixed.length; g++) {
                        int[] task = groups.tasksOf(g)[0];
                        int slot = problem.baseline.slotOf(task[0], task[1]);
                        fixed[g] = random.nextBoolean() ? slot : -1;
                    }
                    Plan plan;
                    try {
                        plan = Planner.complete(problem.request().build(), groups, fixed);
                    } catch (IllegalArgumentException e) {
                        // Slots of a kind that was needed elsewhere.
                        assertThat(problem.cluster.kinds()).isGreaterThan(1);
                        return;
                    }

                    plan.placement().check(problem.graph, problem.cluster);
                    for (int g = 0; g < fixed.length; g++) {
                        int[] task = groups.tasksOf(g)[0];
                        if (fixed[g] >= 0) {
                            assertThat(plan.placement().slotOf(task[0], task[1]))
                                    .isEqualTo(fixed[g]);
                        }
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0})
    void endsAtOnceWhenStopped(long series) {
        forAll(
                series,
                (problem, random) -> {
                    Plan plan = Planner.plan(problem.request().stop(() -> true).build());

                    plan.placement().check(problem.graph, problem.cluster);
                    assertThat(plan.steps()).isLessThan(500);
                });
    }

    private interface Property {
        void check(RandomProblem problem, Random random);
    }

    private static void forAll(long series, Property property) {
        for (int k = 0; k < PROBLEMS; k++) {
            long seed = series * PROBLEMS + k;
            try {
                property.check(new RandomProblem(seed), new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
