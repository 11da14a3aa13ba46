// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tasks of real TaskManagers are placed as planned, and what is told of it is so: when a
 * TaskManager is killed, comes late, or a job is rescaled.
 */
final class PlacementIT {

    private static final String ZONE_A = "zone=a,rack=r1";
    private static final String ZONE_B = "zone=b,rack=r2";

    @RegisterExtension
    static final FlinkCluster fixed =
            cluster("Default").with("execution.state-recovery.from-local", "true");

    @RegisterExtension
    static final FlinkCluster adaptive =
            cluster("Adaptive")
                    .with("jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling", "0 s")
                    .with(
                            "jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout",
                            "0 s");

    private static FlinkCluster cluster(String scheduler) {
        return FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                .with("jobmanager.scheduler", scheduler)
                .with("scheduler.placement.mode", "auto")
                .with("taskmanager.load-balance.mode", "SLOTS")
                .with("taskmanager.locality", ZONE_A)
                .with("taskmanager.numberOfTaskSlots", "2")
                .with("taskmanager.memory.process.size", "900m")
                .with("taskmanager.memory.managed.size", "64m")
                .with("execution.checkpointing.interval", "1 s");
    }

    @Test
    void jobsOfASessionAreExplainedAndSurviveALostTaskManager() throws Exception {
        // given two jobs on TaskManagers of two zones
        addTaskManager(fixed, 2);
        Flights first = Flights.in(fixed.directory("first"), 8_000).holdingAt(4_000);
        Flights second = Flights.in(fixed.directory("second"), 8_000).holdingAt(4_000);
        String one = fixed.submit(first.command(2_500, "run", "-d", "-p", "2"));
        fixed.awaitRowsRead(one, 4_000);
        String other = fixed.submit(second.command(2_500, "run", "-d", "-p", "2"));
        fixed.awaitRowsRead(other, 4_000);

        // then each has its own placement, which is the real one
        Map<String, JsonNode> before = Map.of(one, placement(one), other, placement(other));
        for (Map.Entry<String, JsonNode> job : before.entrySet()) {
            assertThat(job.getValue().get("job-id").asText()).isEqualTo(job.getKey());
            assertThat(job.getValue().get("scheduler").asText()).isEqualTo("Default");
            assertThat(job.getValue().get("placed").get("utilisation").asDouble()).isPositive();
            assertThat(tasks(job.getValue())).isEqualTo(runningTasks(fixed, job.getKey()));
            assertThat(zones(job.getValue())).isSubsetOf("a", "b");
        }

        // and the command shows it, by the job's id and as a page
        ProcessResult json = fixed.installation().run("flink-placement", "--json", one).succeeded();
        assertThat(new ObjectMapper().readTree(json.stdout())).isEqualTo(before.get(one));
        ProcessResult page = fixed.installation().run("flink-placement", one).succeeded();
        assertThat(page.stdout())
                .contains(one, "mode auto", "upstream's", "highest load of a TaskManager")
                .contains(tasks(before.get(one)).values());
        assertThat(metric(one, "placement.utilisation.max"))
                .isEqualTo(before.get(one).get("placed").get("utilisation").asDouble());

        // when a TaskManager is killed, and another one comes
        assertThat(fixed.installation().daemon("taskexecutor").destroyForcibly()).isTrue();
        addTaskManager(fixed, 2);
        first.release();
        second.release();

        // then the jobs have moved only what they had to, and no row is lost
        for (Map.Entry<String, JsonNode> job : before.entrySet()) {
            fixed.awaitState(job.getKey(), "FINISHED");
            Map<String, String> after = tasks(placement(job.getKey()));
            Set<String> lost = new HashSet<>(tasks(job.getValue()).values());
            lost.removeAll(taskManagerIds(fixed));
            tasks(job.getValue())
                    .forEach(
                            (task, taskManager) -> {
                                if (!lost.contains(taskManager)) {
                                    assertThat(after).containsEntry(task, taskManager);
                                }
                            });
            assertThat(after.values()).doesNotContainAnyElementsOf(lost);
        }
        first.assertComplete();
        second.assertComplete();
    }

    @Test
    void commandNamesWhatIsWrong() throws Exception {
        ProcessResult unknown =
                fixed.installation().run("flink-placement", "0123456789abcdef0123456789abcdef");
        ProcessResult noName = fixed.installation().run("flink-placement", "no such job");
        ProcessResult noJob = fixed.installation().run("flink-placement");
        ProcessResult help = fixed.installation().run("flink-placement", "--help");

        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.stderr()).contains("has not placed job 0123456789abcdef");
        assertThat(noName.exitCode()).isEqualTo(2);
        assertThat(noName.stderr()).contains("no jobs have the name 'no such job'");
        assertThat(noJob.exitCode()).isEqualTo(2);
        assertThat(noJob.stderr()).contains("one JOB is needed");
        assertThat(help.succeeded().stdout()).contains("Usage: flink-placement [OPTIONS] JOB");
    }

    @Test
    void jobIsPlacedAnewWhenATaskManagerComesLate() throws Exception {
        // given a job that has to do with the slots of one TaskManager
        Flights flights = Flights.in(adaptive.directory("late"), 8_000).holdingAt(6_000);
        String job = adaptive.submit(flights.command(2_500, "run", "-d", "-p", "4"));
        adaptive.awaitRowsRead(job, 3_000);
        assertThat(Set.copyOf(tasks(placement(adaptive, job)).values())).hasSize(1);

        // when another one comes
        addTaskManager(adaptive, 2);

        // then the job uses both
        JsonNode scaled =
                awaitPlacement(adaptive, job, now -> Set.copyOf(tasks(now).values()).size() == 2);
        assertThat(scaled.get("scheduler").asText()).isEqualTo("Adaptive");
        assertThat(zones(scaled)).containsExactlyInAnyOrder("a", "b");
        Await.until(
                "all tasks of " + job + " where they were placed",
                () -> runningTasks(adaptive, job).equals(tasks(scaled)));
        flights.release();
        adaptive.awaitState(job, "FINISHED");
        flights.assertComplete();
    }

    private static void addTaskManager(FlinkCluster cluster, int expected) throws Exception {
        cluster.installation()
                .run("taskmanager.sh", "start", "-Dtaskmanager.locality=" + ZONE_B)
                .succeeded();
        Await.until(expected + " TaskManagers", () -> cluster.taskManagers() == expected);
    }

    private static JsonNode placement(String job) throws IOException, InterruptedException {
        return placement(fixed, job);
    }

    private static JsonNode placement(FlinkCluster cluster, String job)
            throws IOException, InterruptedException {
        return cluster.get("/jobs/" + job + "/placement");
    }

    private static JsonNode awaitPlacement(
            FlinkCluster cluster, String job, Predicate<JsonNode> condition) {
        return Await.value(
                "a placement of " + job,
                () -> Optional.of(placement(cluster, job)).filter(condition));
    }

    private static double metric(String job, String name) throws Exception {
        String path = "/jobs/" + job + "/metrics?get=" + name;
        Await.until("metric " + name, () -> fixed.get(path).size() == 1);
        return fixed.get(path).get(0).get("value").asDouble();
    }

    /** The TaskManager of each task, as in {@code <id of the vertex>/<subtask>}. */
    private static Map<String, String> tasks(JsonNode placement) {
        Map<String, String> tasks = new HashMap<>();
        for (JsonNode taskManager : placement.get("task-managers")) {
            for (JsonNode group : taskManager.get("groups")) {
                for (JsonNode task : group) {
                    String vertex =
                            placement.get("vertices").get(task.get(0).asInt()).get("id").asText();
                    tasks.put(vertex + "/" + task.get(1).asInt(), taskManager.get("id").asText());
                }
            }
        }
        return tasks;
    }

    private static Set<String> zones(JsonNode placement) {
        Set<String> zones = new HashSet<>();
        placement.get("task-managers").forEach(each -> zones.add(each.get("zone").asText()));
        return zones;
    }

    /** As {@link #tasks}, of the tasks that run. */
    private static Map<String, String> runningTasks(FlinkCluster cluster, String job)
            throws IOException, InterruptedException {
        Map<String, String> tasks = new HashMap<>();
        for (JsonNode vertex : cluster.get("/jobs/" + job).get("vertices")) {
            String id = vertex.get("id").asText();
            for (JsonNode subtask :
                    cluster.get("/jobs/" + job + "/vertices/" + id).get("subtasks")) {
                tasks.put(
                        id + "/" + subtask.get("subtask").asInt(),
                        subtask.get("taskmanager-id").asText());
            }
        }
        return tasks;
    }

    private static List<String> taskManagerIds(FlinkCluster cluster)
            throws IOException, InterruptedException {
        return cluster.get("/taskmanagers").get("taskmanagers").findValuesAsText("id");
    }
}
