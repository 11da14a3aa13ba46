// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actions of bin/flink against a session cluster: what they do, print and exit with. */
final class CommandLineIT {

    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    // ------------------------------------------------------------------ version

    @Test
    void versionIsThatOfTheDistribution() throws Exception {
        ProcessResult version = cluster.flink("--version").succeeded();

        assertThat(version.stdout()).startsWith("Version: " + FlinkTree.VERSION + ", Commit ID: ");
    }

    @Test
    void restAndWebUiShowTheVersionOfTheDistribution() throws Exception {
        assertThat(cluster.get("/overview").get("flink-version").asText())
                .isEqualTo(FlinkTree.VERSION);
        assertThat(cluster.get("/config").get("flink-version").asText())
                .isEqualTo(FlinkTree.VERSION);
    }

    // ------------------------------------------------------------------ actions

    @Test
    void runWaitsForTheEndAndTheResultIsComplete() throws Exception {
        // given
        Flights flights = Flights.in(cluster.directory("run"), 5_000);

        // when
        ProcessResult run = cluster.flink(flights.command(0, "run", "-p", "2")).succeeded();

        // then
        assertThat(run.stdout()).contains("Program execution finished", "Job Runtime: ");
        assertThat(cluster.state(FlinkCluster.submittedJob(run))).isEqualTo("FINISHED");
        flights.assertComplete();
    }

    @Test
    void jobIsSavedStoppedResumedAndComplete() throws Exception {
        // given a job in the background that holds in its middle
        Flights flights = Flights.in(cluster.directory("stop"), 20_000);
        String job = cluster.submit(flights.holdingAt(6_000).command(0, "run", "-d", "-p", "2"));
        cluster.awaitRowsRead(job, 6_000);
        assertThat(cluster.flink("list", "-r").succeeded().stdout())
                .contains(job, "flight-delays (RUNNING)");

        // when it is saved, then stopped with another savepoint
        Path saved = cluster.directory("saved");
        ProcessResult savepoint = cluster.flink("savepoint", job, saved.toString()).succeeded();
        ProcessResult stop =
                cluster.flink("stop", "--savepointPath", saved.toString(), job).succeeded();

        // then both savepoints are where the client says, and the job has ended where it held
        assertThat(savepointPath(savepoint)).isDirectory().hasParent(saved);
        assertThat(savepointPath(stop)).isDirectory().isNotEqualTo(savepointPath(savepoint));
        assertThat(cluster.state(job)).isEqualTo("FINISHED");
        assertThat(cluster.rowsRead(job)).isEqualTo(6_000);
        assertThat(cluster.flink("list", "-r").succeeded().stdout()).doesNotContain(job);
        assertThat(cluster.flink("list", "-a").succeeded().stdout())
                .contains(job, "flight-delays (FINISHED)");

        // when it is resumed from the second
        String savepointPath = savepointPath(stop).toString();
        ProcessResult resumed =
                cluster.flink(flights.command(0, "run", "-s", savepointPath, "-p", "1"))
                        .succeeded();

        // then it goes on there
        String resumedJob = FlinkCluster.submittedJob(resumed);
        assertThat(cluster.checkpoints(resumedJob, "restored")).isEqualTo(1);
        assertThat(cluster.rowsRead(resumedJob)).isEqualTo(flights.rows() - 6_000);
        flights.assertComplete();
    }

    @Test
    void cancelEndsAJob() throws Exception {
        // given one that does not end by itself
        Flights flights = Flights.in(cluster.directory("cancel"), 100).holdingAt(50);
        String job = cluster.submit(flights.command(0, "run", "-d"));
        cluster.awaitState(job, "RUNNING");

        // when
        ProcessResult cancel = cluster.flink("cancel", job).succeeded();

        // then
        assertThat(cancel.stdout()).contains("Cancelled job " + job);
        cluster.awaitState(job, "CANCELED");
    }

    @Test
    void checkpointIsTakenOnDemand() throws Exception {
        // given a job that takes none by itself
        Flights flights = Flights.in(cluster.directory("checkpoint"), 100).holdingAt(50);
        String job = cluster.submit(flights.command(0, "run", "-d"));
        cluster.awaitRowsRead(job, 1);

        // when
        ProcessResult checkpoint = cluster.flink("checkpoint", job).succeeded();

        // then
        assertThat(checkpoint.stdout()).contains("Checkpoint 1 for job " + job + " completed");
        assertThat(cluster.checkpoints(job, "completed")).isEqualTo(1);
        cluster.flink("cancel", job).succeeded();
    }

    @Test
    void infoPrintsThePlanAndRunsNothing() throws Exception {
        // given
        Flights flights = Flights.in(cluster.directory("info"), 10);

        // when
        ProcessResult info = cluster.flink(flights.command(0, "info", "-p", "3")).succeeded();

        // then
        String text = info.stdout();
        JsonNode plan =
                new ObjectMapper()
                        .readTree(text.substring(text.indexOf('{'), text.lastIndexOf('}') + 1));
        assertThat(plan.get("nodes").findValuesAsText("type")).contains("hourly-delays");
        assertThat(cluster.directory("info").resolve("hourly")).doesNotExist();
    }

    // ------------------------------------------------------------------ what goes wrong

    @Test
    void noActionFails() throws Exception {
        ProcessResult flink = cluster.flink();

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("Please specify an action");
    }

    @Test
    void unknownActionFailsAndIsNamed() throws Exception {
        ProcessResult flink = cluster.flink("jump");

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("\"jump\" is not a valid action", "--help");
    }

    @Test
    void unknownOptionFailsAndIsNamed() throws Exception {
        ProcessResult flink = cluster.flink("list", "--jump");

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("--jump");
    }

    @Test
    void missingJarFailsAndIsNamed() throws Exception {
        ProcessResult flink = cluster.flink("run", "/nowhere/job.jar");

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("JAR file does not exist: /nowhere/job.jar");
    }

    @Test
    void exceptionInMainFailsAndIsShown() throws Exception {
        ProcessResult flink = cluster.flink("run", Flights.jar(), "--input", "/nowhere.csv");

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("option --output is missing");
    }

    @Test
    void jobThatFailsWhileRunningFailsTheClient() throws Exception {
        // given a row that is none, and no restarts
        Path input = cluster.installation().write("files/fails/flights.csv", "no,flight\n");
        String output = cluster.directory("fails").toString();

        // when
        ProcessResult flink =
                cluster.flink(
                        "run",
                        "-Drestart-strategy.type=none",
                        Flights.jar(),
                        "--input",
                        input.toString(),
                        "--output",
                        output + "/hourly",
                        "--late",
                        output + "/late");

        // then
        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains("JobExecutionException", "flights.csv");
        assertThat(cluster.state(FlinkCluster.submittedJob(flink))).isEqualTo("FAILED");
    }

    @Test
    void unknownJobFails() throws Exception {
        String job = "0123456789abcdef0123456789abcdef";

        ProcessResult flink = cluster.flink("cancel", job);

        assertThat(flink.exitCode()).isEqualTo(1);
        assertThat(flink.output()).contains(job);
    }

    @Test
    void listWithoutAClusterFailsAndNamesTheAddress() throws Exception {
        try (FlinkInstallation nobody = FlinkInstallation.of(FlinkTree.DISTRIBUTION)) {
            // given a client that does not try for a minute
            String port = Integer.toString(Ports.free());
            nobody.configure(Map.of("rest.port", port, "rest.retry.max-attempts", "1"));

            // when
            ProcessResult list = nobody.run("flink", "list");

            // then
            assertThat(list.exitCode()).isEqualTo(1);
            assertThat(list.output()).contains("Connection refused", port);
        }
    }

    private static Path savepointPath(ProcessResult client) {
        Matcher matcher = SAVEPOINT.matcher(client.stdout());
        assertThat(matcher.find()).as("savepoint path in: %s", client).isTrue();
        return Path.of(URI.create(matcher.group(1)));
    }
}
