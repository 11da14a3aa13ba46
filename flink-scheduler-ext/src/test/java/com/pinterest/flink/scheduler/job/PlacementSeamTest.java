// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.explain.LastPlacements;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphBuilder;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs are placed as planned, by both schedulers of streaming jobs. */
class PlacementSeamTest {

    private static final int TASK_MANAGERS = 4;
    private static final int SLOTS = 2;

    private final JobVertex source = vertex("source", 4);
    private final JobVertex map = vertex("map", TASK_MANAGERS * SLOTS);
    private final JobVertex merge = vertex("merge", 4);
    private final JobGraph job = job();

    @ParameterizedTest
    @CsvSource({
        "Default, AUTO", "Default, BALANCED", "Default, LOCALITY",
        "Adaptive, AUTO", "Adaptive, BALANCED", "Adaptive, LOCALITY",
    })
    void partnersMeetAndLoadIsEven(
            JobManagerOptions.SchedulerType scheduler, PlacementOptions.Mode mode)
            throws Exception {
        try (TestCluster cluster = cluster(scheduler, mode)) {
            JobID id = run(cluster);

            List<String> sources = cluster.placementOf(id, source);
            List<String> maps = cluster.placementOf(id, map);
            // A source and its two consumers on one TaskManager, one of each on each.
            assertThat(sources).doesNotHaveDuplicates();
            for (int i = 0; i < maps.size(); i++) {
                assertThat(maps.get(i)).isEqualTo(sources.get(i / 2));
            }
            assertThat(cluster.placementOf(id, merge)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobManagerOptions.SchedulerType.class,
            names = {"Default", "Adaptive"})
    void whatIsToldOfThePlacementIsSo(JobManagerOptions.SchedulerType scheduler) throws Exception {
        Configuration config = configuration(scheduler, PlacementOptions.Mode.AUTO);
        try (TestCluster cluster = new TestCluster(config, TASK_MANAGERS)) {
            JobID id = run(cluster);

            JsonNode document = LastPlacements.of(id).orElseThrow().root();
            assertThat(document.path("version").asInt()).isEqualTo(1);
            assertThat(document.path("job-id").asText()).isEqualTo(id.toHexString());
            assertThat(document.path("job-name").asText()).isEqualTo("placement");
            assertThat(document.path("scheduler").asText()).isEqualTo(scheduler.toString());
            assertThat(document.path("mode").asText()).isEqualTo("auto");
            assertThat(document.path("costs").asText()).isEqualTo("uniform");
            assertThat(document.path("fallback").isNull()).isTrue();
            assertThat(document.path("fallbacks").asInt()).isZero();
            assertThat(document.path("plan").path("planning-ms").asDouble()).isPositive();
            // A source, two maps and a merge on each, with as many bytes on each edge.
            assertThat(document.path("placed").path("utilisation").asDouble())
                    .isCloseTo(1, within(1e-9));
            assertThat(document.path("utilisation-mean").asDouble()).isCloseTo(1, within(1e-9));
            // Of the exchange, which is half of all bytes, three quarters go to other TaskManagers.
            assertThat(document.path("placed").path("hosts").asDouble())
                    .isCloseTo(0.375, within(1e-9));
            assertThat(document.path("upstream").path("utilisation").asDouble())
                    .isGreaterThanOrEqualTo(1);
            assertThat(document.path("vertices").findValuesAsText("name"))
                    .containsExactlyInAnyOrder("source", "map", "merge");
            assertThat(document.path("task-managers")).hasSize(TASK_MANAGERS);
            for (JsonNode taskManager : document.path("task-managers")) {
                assertThat(taskManager.path("groups")).hasSize(SLOTS);
            }
            for (JobVertex vertex : List.of(source, map, merge)) {
                assertThat(placementOf(document, vertex))
                        .isEqualTo(cluster.placementOf(id, vertex));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobManagerOptions.SchedulerType.class,
            names = {"Default", "Adaptive"})
    void jobRunsAsUpstreamPlacesItIfItCannotBePlaced(JobManagerOptions.SchedulerType scheduler)
            throws Exception {
        Configuration config = configuration(scheduler, PlacementOptions.Mode.AUTO);
        config.set(PlacementOptions.LOCALITY_FILE, "/no/such/file");
        try (TestCluster cluster = new TestCluster(config, TASK_MANAGERS)) {
            JobID id = run(cluster);

            JsonNode document = LastPlacements.of(id).orElseThrow().root();
            assertThat(document.path("fallback").asText()).contains("/no/such/file");
            assertThat(document.path("fallbacks").asInt()).isEqualTo(1);
            assertThat(document.path("placed").isNull()).isTrue();
            assertThat(cluster.placementOf(id, map)).hasSize(TASK_MANAGERS * SLOTS);
        }
    }

    /** The TaskManager of each subtask of a vertex, by the index of the subtask. */
    private static List<String> placementOf(JsonNode document, JobVertex vertex) {
        List<String> names = document.path("vertices").findValuesAsText("name");
        String[] taskManagers = new String[vertex.getParallelism()];
        for (JsonNode taskManager : document.path("task-managers")) {
            for (JsonNode group : taskManager.path("groups")) {
                for (JsonNode task : group) {
                    if (names.get(task.get(0).asInt()).equals(vertex.getName())) {
                        taskManagers[task.get(1).asInt()] = taskManager.path("id").asText();
                    }
                }
            }
        }
        return List.of(taskManagers);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobManagerOptions.SchedulerType.class,
            names = {"Default", "Adaptive"})
    void tasksStayOnTheirTaskManagersAfterAFailure(JobManagerOptions.SchedulerType scheduler)
            throws Exception {
        try (TestCluster cluster = cluster(scheduler, PlacementOptions.Mode.AUTO)) {
            JobID id = run(cluster);
            List<String> before = cluster.placementOf(id, map);

            HoldingTask.fail();
            cluster.awaitRunning(id, 1);

            assertThat(cluster.placementOf(id, map)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobManagerOptions.SchedulerType.class,
            names = {"Default", "Adaptive"})
    void aLostTaskManagerIsReplaced(JobManagerOptions.SchedulerType scheduler) throws Exception {
        try (TestCluster cluster = cluster(scheduler, PlacementOptions.Mode.AUTO)) {
            JobID id = run(cluster);
            List<String> before = cluster.placementOf(id, map);

            cluster.addTaskManager();
            cluster.removeTaskManager();
            cluster.awaitRunning(id, 1);

            List<String> after = cluster.placementOf(id, map);
            assertThat(after).containsAll(cluster.placementOf(id, source));
            Set<String> lost = new HashSet<>(before);
            lost.removeAll(after);
            assertThat(lost).hasSize(1);
            if (scheduler == JobManagerOptions.SchedulerType.Default) {
                for (int i = 0; i < after.size(); i++) {
                    if (!lost.contains(before.get(i))) {
                        assertThat(after.get(i)).isEqualTo(before.get(i));
                    }
                }
            }
            assertThat(cluster.placementOf(id, source)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobManagerOptions.SchedulerType.class,
            names = {"Default", "Adaptive"})
    void slotsThatTheResourceManagerSpreadsAreUsedAsTheyAre(
            JobManagerOptions.SchedulerType scheduler) throws Exception {
        source.setParallelism(2);
        map.setParallelism(TASK_MANAGERS);
        merge.setParallelism(2);
        Configuration config = configuration(scheduler, PlacementOptions.Mode.AUTO);
        config.set(
                TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE,
                TaskManagerOptions.TaskManagerLoadBalanceMode.SLOTS);
        try (TestCluster cluster = new TestCluster(config, TASK_MANAGERS)) {
            JobID id = run(cluster);

            List<String> maps = cluster.placementOf(id, map);
            assertThat(maps).doesNotHaveDuplicates();
            // The two that have a source have no merge.
            assertThat(maps).containsAll(cluster.placementOf(id, source));
            assertThat(cluster.placementOf(id, merge))
                    .doesNotHaveDuplicates()
                    .doesNotContainAnyElementsOf(cluster.placementOf(id, source));
        }
    }

    private static JobVertex vertex(String name, int parallelism) {
        JobVertex vertex = new JobVertex(name, new JobVertexID());
        vertex.setParallelism(parallelism);
        vertex.setMaxParallelism(128);
        vertex.setInvokableClass(HoldingTask.class);
        return vertex;
    }

    private JobGraph job() {
        SlotSharingGroup group = new SlotSharingGroup();
        for (JobVertex vertex : List.of(source, map, merge)) {
            vertex.setSlotSharingGroup(group);
        }
        connect(source, map, DistributionPattern.POINTWISE);
        connect(map, merge, DistributionPattern.ALL_TO_ALL);
        JobGraph graph =
                JobGraphBuilder.newStreamingJobGraphBuilder()
                        .setJobName("placement")
                        .addJobVertices(List.of(source, map, merge))
                        .build();
        assertThat(graph.getJobType()).isEqualTo(JobType.STREAMING);
        return graph;
    }

    private static void connect(JobVertex from, JobVertex to, DistributionPattern pattern) {
        to.connectNewDataSetAsInput(
                from,
                pattern,
                ResultPartitionType.PIPELINED_BOUNDED,
                new IntermediateDataSetID(),
                false,
                false);
    }

    private static TestCluster cluster(
            JobManagerOptions.SchedulerType scheduler, PlacementOptions.Mode mode)
            throws Exception {
        return new TestCluster(configuration(scheduler, mode), TASK_MANAGERS);
    }

    private static Configuration configuration(
            JobManagerOptions.SchedulerType scheduler, PlacementOptions.Mode mode) {
        Configuration config = new Configuration();
        config.set(JobManagerOptions.SCHEDULER, scheduler);
        config.set(PlacementOptions.MODE, mode);
        config.set(TaskManagerOptions.NUM_TASK_SLOTS, SLOTS);
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
        config.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
        return config;
    }

    private JobID run(TestCluster cluster) throws Exception {
        JobID id = cluster.submit(job);
        cluster.awaitRunning(id, 0);
        return id;
    }
}
