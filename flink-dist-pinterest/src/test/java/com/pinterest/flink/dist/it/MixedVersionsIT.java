// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clusters in the middle of a rolling restart between the official release and this distribution:
 * TaskManagers of both at a JobManager of one. What happens is described in {@code
 * docs/mixed-versions.md}.
 */
final class MixedVersionsIT {

    private static final Pattern VERSION =
            Pattern.compile("Starting TaskManager \\(Version: ([^,]+),");

    @RegisterExtension
    static final FlinkCluster ours =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .joinedBy(FlinkTree.TWIN)
                    .with("taskmanager.numberOfTaskSlots", "2")
                    .with("execution.checkpointing.interval", "500 ms");

    @RegisterExtension
    static final FlinkCluster official =
            FlinkCluster.of(FlinkTree.TWIN, 1)
                    .joinedBy(FlinkTree.DISTRIBUTION)
                    .with("taskmanager.numberOfTaskSlots", "2")
                    .with("execution.checkpointing.interval", "500 ms");

    @Test
    void officialTaskManagerWorksForOurJobManagerAndIsReplacedInTheMiddleOfAJob() throws Exception {
        assertThatTheVersionsAreToldApart(ours, FlinkTree.VERSION);
        assertThatAJobRunsAcross(ours);

        // given another job in its middle, on both again as it needs all slots, which does not end
        // before it is let to
        Flights flights = Flights.in(ours.directory("replaced"), 25_000).holdingAt(20_000);
        String job = ours.submit(flights.command(2_500, "run", "-d", "-p", "4"));
        ours.awaitRowsRead(job, 2_500);
        Await.until("a checkpoint", () -> ours.checkpoints(job, "completed") > 0);

        // when the official TaskManager makes room for one of ours
        ours.guest().run("taskmanager.sh", "stop").succeeded();
        ours.installation().run("taskmanager.sh", "start").succeeded();
        flights.release();

        // then the job goes on from what both had written
        ours.awaitState(job, "FINISHED");
        assertThat(ours.checkpoints(job, "restored")).isPositive();
        Await.until(
                "TaskManagers of ours only",
                () -> versions(ours).equals(List.of(FlinkTree.VERSION, FlinkTree.VERSION)));
        flights.assertComplete();
    }

    @Test
    void ourTaskManagerWorksForTheOfficialJobManager() throws Exception {
        assertThatTheVersionsAreToldApart(official, FlinkTree.UPSTREAM_VERSION);
        assertThatAJobRunsAcross(official);
    }

    /** The overview tells the JobManager's version, the TaskManagers' logs theirs. */
    private static void assertThatTheVersionsAreToldApart(FlinkCluster cluster, String jobManager)
            throws IOException, InterruptedException {
        assertThat(cluster.get("/overview").get("flink-version").asText()).isEqualTo(jobManager);
        assertThat(versions(cluster))
                .containsExactlyInAnyOrder(FlinkTree.VERSION, FlinkTree.UPSTREAM_VERSION);
    }

    private static void assertThatAJobRunsAcross(FlinkCluster cluster)
            throws IOException, InterruptedException {
        // given TaskManagers that have half of the slots each
        Flights flights = Flights.in(cluster.directory("across"), 12_000);

        // when
        String job = cluster.submit(flights.command(4_000, "run", "-p", "4"));

        // then both had a part in it
        assertThat(cluster.state(job)).isEqualTo("FINISHED");
        assertThat(cluster.checkpoints(job, "completed")).isPositive();
        assertThat(cluster.checkpoints(job, "restored")).isZero();
        assertThat(taskManagersOf(cluster, job))
                .containsExactlyInAnyOrderElementsOf(taskManagers(cluster));
        flights.assertComplete();
    }

    private static List<String> taskManagers(FlinkCluster cluster)
            throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (JsonNode taskManager : cluster.get("/taskmanagers").get("taskmanagers")) {
            ids.add(taskManager.get("id").asText());
        }
        return ids;
    }

    /** What the TaskManagers call themselves in their logs, which the JobManager fetches. */
    private static List<String> versions(FlinkCluster cluster)
            throws IOException, InterruptedException {
        List<String> versions = new ArrayList<>();
        for (String id : taskManagers(cluster)) {
            Matcher matcher = VERSION.matcher(cluster.text("/taskmanagers/" + id + "/log"));
            assertThat(matcher.find()).as("version in the log of " + id).isTrue();
            versions.add(matcher.group(1));
        }
        return versions;
    }

    /** The TaskManagers that subtasks of a job ran on. */
    private static Set<String> taskManagersOf(FlinkCluster cluster, String job)
            throws IOException, InterruptedException {
        Set<String> ids = new TreeSet<>();
        for (JsonNode vertex : cluster.get("/jobs/" + job).get("vertices")) {
            String path = "/jobs/" + job + "/vertices/" + vertex.get("id").asText();
            for (JsonNode taskManager : cluster.get(path + "/taskmanagers").get("taskmanagers")) {
                ids.add(taskManager.get("taskmanager-id").asText());
            }
        }
        return ids;
    }
}
