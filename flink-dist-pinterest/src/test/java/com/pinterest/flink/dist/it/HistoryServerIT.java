// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** historyserver.sh: jobs can be looked at when their cluster is gone. */
final class HistoryServerIT {

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .withDirectory("jobmanager.archive.fs.dir", "archive")
                    .withDirectory("historyserver.archive.fs.dir", "archive");

    @Test
    void finishedJobIsShownWhenItsClusterIsGone() throws Exception {
        // given a finished job and no cluster
        FlinkInstallation installation = cluster.installation();
        Flights flights = Flights.in(cluster.directory("flights"), 5_000);
        String job = cluster.submit(flights.command(0, "run", "-p", "2"));
        JsonNode atTheCluster = cluster.get("/jobs/" + job);
        Await.until("the archive of " + job, () -> isArchived(job));
        installation.run("stop-cluster.sh").succeeded();
        installation.awaitNoProcess();

        // when
        int port = Ports.free();
        installation.configure(
                Map.of(
                        "historyserver.web.port",
                        Integer.toString(port),
                        "historyserver.web.tmpdir",
                        cluster.data("history").toString(),
                        "historyserver.archive.fs.refresh-interval",
                        "500 ms"));
        installation.run("historyserver.sh", "start").succeeded();
        ProcessHandle historyServer = installation.daemon("historyserver");

        // then
        installation.await(
                "the job in the overview",
                historyServer,
                () -> cluster.get(port, "/jobs/overview").get("jobs").size() == 1);
        JsonNode overview = cluster.get(port, "/jobs/overview").get("jobs").get(0);
        assertThat(overview.get("jid").asText()).isEqualTo(job);
        assertThat(overview.get("state").asText()).isEqualTo("FINISHED");
        JsonNode details = cluster.get(port, "/jobs/" + job);
        for (String field : new String[] {"name", "state", "duration", "vertices"}) {
            assertThat(details.get(field)).as(field).isEqualTo(atTheCluster.get(field));
        }
        assertThat(cluster.get(port, "/config").get("flink-version").asText())
                .isEqualTo(FlinkTree.VERSION);

        // when
        ProcessResult stop = installation.run("historyserver.sh", "stop").succeeded();

        // then
        assertThat(stop.stdout())
                .contains("Stopping historyserver daemon (pid: " + historyServer.pid() + ")");
        installation.awaitNoProcess();
        assertThat(installation.hasPidFiles()).isFalse();
    }

    /** Whether the JobManager has written all of the archives of a job and of its application. */
    private static boolean isArchived(String job) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.data("archive"))) {
            Set<String> whole = new HashSet<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new ObjectMapper().readTree(file.toFile()).has("archive")) {
                    whole.add(file.getFileName().toString());
                }
            }
            return whole.equals(Set.of(job, "application-summary"));
        }
    }
}
