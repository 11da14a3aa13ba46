// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.pinterest.flink.benchmarks.placement.PlacedCase.Edge;
import com.pinterest.flink.benchmarks.placement.PlacedCase.Vertex;
import com.pinterest.flink.benchmarks.placement.SimulatedCluster.Deployment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.JobManagerOptions.SchedulerType;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions.TaskManagerLoadBalanceMode;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Upstream's schedulers place jobs as they are known to, and the figures are those of a place. */
class SimulatedClusterTest {

    @ParameterizedTest
    @EnumSource(
            value = SchedulerType.class,
            names = {"Default", "Adaptive"})
    void slotsAreSpreadIfThatIsAskedFor(SchedulerType scheduler) throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(20);

        Deployment packed =
                cluster.deploy(
                        PlacedCase.HALF_FULL,
                        configuration(scheduler, TaskManagerLoadBalanceMode.NONE));
        Deployment spread =
                cluster.deploy(
                        PlacedCase.HALF_FULL,
                        configuration(scheduler, TaskManagerLoadBalanceMode.SLOTS));

        assertThat(packed.taskManagerOf()).hasSize(PlacedCase.HALF_FULL.tasks());
        assertThat(new HashSet<>(packed.taskManagerOf().values())).hasSize(10);
        assertThat(new HashSet<>(spread.taskManagerOf().values())).hasSize(20);
    }

    @Test
    void figuresAreThoseOfThePlacement() {
        Vertex source = new Vertex("source", 2, 3, 0);
        Vertex map = new Vertex("map", 4, 1, 2);
        Vertex sink = new Vertex("sink", 1, 2, 0);
        PlacedCase placed =
                new PlacedCase(
                        "case",
                        List.of(source, map, sink),
                        List.of(new Edge(0, 1, true, 80), new Edge(1, 2, false, 20)));
        Map<ExecutionVertexID, Integer> taskManagerOf = new HashMap<>();
        put(taskManagerOf, source, 0, 3);
        put(taskManagerOf, map, 0, 0, 3, 6);
        put(taskManagerOf, sink, 1);

        Map<PlacementMetric, Double> figures =
                PlacementMetric.of(
                        placed, new SimulatedCluster(8), new Deployment(taskManagerOf, Map.of()));

        // 12 CPU on 8 TaskManagers, 5 on the first; 8 state I/O, 4 on the first.
        assertThat(figures.get(PlacementMetric.CPU)).isCloseTo(5 * 8 / 12.0, within(1e-9));
        assertThat(figures.get(PlacementMetric.STATEIO)).isCloseTo(4.0, within(1e-9));
        // From 3 to 6: other rack, same zone. From all maps to 1: other zones.
        assertThat(figures.get(PlacementMetric.CROSSZONE)).isCloseTo(20, within(1e-9));
        assertThat(figures.get(PlacementMetric.CROSSRACK)).isCloseTo(40, within(1e-9));
        assertThat(figures.get(PlacementMetric.CROSSHOST)).isCloseTo(40, within(1e-9));
        // 25 of 40 from TaskManager 3.
        assertThat(figures.get(PlacementMetric.NETWORK)).isCloseTo(25 * 8 / 40.0, within(1e-9));
    }

    private static void put(
            Map<ExecutionVertexID, Integer> taskManagerOf, Vertex vertex, int... taskManagers) {
        for (int i = 0; i < taskManagers.length; i++) {
            taskManagerOf.put(new ExecutionVertexID(vertex.id(), i), taskManagers[i]);
        }
    }

    private static Configuration configuration(
            SchedulerType scheduler, TaskManagerLoadBalanceMode mode) {
        Configuration configuration = new Configuration();
        configuration.set(JobManagerOptions.SCHEDULER, scheduler);
        configuration.set(TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE, mode);
        return configuration;
    }
}
