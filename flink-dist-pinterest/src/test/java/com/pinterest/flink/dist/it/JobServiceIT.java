// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The job service and its command line, over a session cluster of separate processes. */
final class JobServiceIT {

    private static final int ROWS = 20_000;
    private static final int HELD_AT = 10_000;

    /** With the guard, so that each start needs its fence. */
    @RegisterExtension
    static final FlinkCluster CLUSTER =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .with("execution.checkpointing.interval", "500 ms")
                    .guarded();

    private FlinkInstallation installation;
    private Path files;
    private JobService service;

    @BeforeEach
    void startService() throws Exception {
        installation = CLUSTER.installation();
        files = CLUSTER.directory("job-" + System.nanoTime());
        CLUSTER.clearFences();
        service = JobService.start(installation, files.resolve("service"));
        jobs("cluster", "add", "it", "http://localhost:" + CLUSTER.restPort()).succeeded();
    }

    @AfterEach
    void stopService() throws Exception {
        service.close();
    }

    private ProcessResult jobs(String... arguments) throws IOException, InterruptedException {
        return service.jobs(arguments);
    }

    private JsonNode json(String... arguments) throws IOException, InterruptedException {
        return service.json(arguments);
    }

    private void awaitPhase(String phase) {
        service.awaitPhase("it/flights", phase);
    }

    private String spec(Flights flights, String more) throws IOException {
        String savepoints = "{dir: \"" + files.resolve("savepoints").toUri() + "\"}";
        String text = JobService.flights(flights, "{kind: session, cluster: it}", savepoints, more);
        return installation.write("specs/" + files.getFileName() + ".yaml", text).toString();
    }

    private List<String> running() throws IOException, InterruptedException {
        return CLUSTER.jobs(JobStatus.RUNNING);
    }

    private String flinkJob() throws IOException, InterruptedException {
        return json("status", "it/flights").path("run").path("flinkJobId").asText();
    }

    // ------------------------------------------------------------------ tests

    @Test
    void jobIsStartedSavedStoppedAndGoesOnFromItsSavepoint() throws Exception {
        // given
        Flights flights = Flights.in(files, ROWS).holdingAt(HELD_AT);
        String spec = spec(flights, "");
        jobs("register", spec).succeeded();

        // when it is started
        ProcessResult submit = jobs("submit", "it/flights", "--wait").succeeded();

        // then
        assertThat(submit.stdout()).contains("all tasks run").contains("SUBMIT SUCCEEDED");
        assertThat(running()).containsExactly(flinkJob());
        awaitPhase("RUNNING");
        CLUSTER.awaitRowsRead(flinkJob(), HELD_AT);

        // when a savepoint is taken, the job runs on
        jobs("savepoint", "it/flights", "--wait").succeeded();
        assertThat(json("savepoints", "it/flights").path("items")).hasSize(1);
        assertThat(running()).hasSize(1);

        // when it is stopped and started again
        jobs("stop", "it/flights", "--wait").succeeded();
        assertThat(running()).isEmpty();
        assertThat(json("status", "it/flights").path("phase").asText()).isEqualTo("SUSPENDED");
        jobs("submit", "it/flights", "--wait").succeeded();

        // then it goes on where it was
        assertThat(json("status", "it/flights").path("run").path("restorePath").asText())
                .contains("savepoint-");
        flights.release();
        awaitPhase("FINISHED");
        flights.assertComplete();
    }

    @Test
    void serviceThatIsKilledInTheMiddleGoesOn() throws Exception {
        // given a running job
        Flights flights = Flights.in(files, ROWS).holdingAt(HELD_AT);
        String spec = spec(flights, "");
        String submit = json("submit", spec).path("id").asText();
        service.kill();
        service.startAgain();
        jobs("wait", submit).succeeded();
        assertThat(running()).containsExactly(flinkJob());
        CLUSTER.awaitRowsRead(flinkJob(), HELD_AT);

        // when the service dies as soon as it is told to restart the job
        String restart = json("restart", "it/flights").path("id").asText();
        service.kill();
        service.startAgain();
        ProcessResult end = jobs("wait", restart).succeeded();

        // then there is one job, from the savepoint of the operation
        assertThat(end.stdout()).contains("RESTART SUCCEEDED");
        assertThat(running()).containsExactly(flinkJob());
        JsonNode run = json("status", "it/flights").path("run");
        assertThat(run.path("epoch").asInt()).isEqualTo(2);
        assertThat(run.path("restorePath").asText()).contains(restart);
        flights.release();
        awaitPhase("FINISHED");
        flights.assertComplete();
    }

    @Test
    void upgradeThatCannotStartLeavesTheRunningJobAlone() throws Exception {
        // given a running job
        Flights flights = Flights.in(files, ROWS).holdingAt(HELD_AT);
        String spec = spec(flights, "");
        jobs("submit", spec, "--wait").succeeded();
        String before = flinkJob();

        // when
        String text = Files.readString(Path.of(spec));
        String bad =
                installation
                        .write(
                                "specs/bad.yaml",
                                text.replace(Flights.JOB_CLASS, "com.example.Gone"))
                        .toString();
        ProcessResult upgrade = jobs("upgrade", bad, "--wait");

        // then
        assertThat(upgrade.exitCode()).as(upgrade.toString()).isEqualTo(6);
        assertThat(upgrade.stdout()).contains("com.example.Gone");
        assertThat(running()).containsExactly(before);
        assertThat(flinkJob()).isEqualTo(before);
        jobs("cancel", "it/flights", "--wait").succeeded();
        assertThat(running()).isEmpty();
    }

    @Test
    void upgradeThatFailsGoesBackByItself() throws Exception {
        // given a running job
        Flights flights = Flights.in(files, ROWS).holdingAt(HELD_AT);
        String spec = spec(flights, "");
        jobs("submit", spec, "--wait").succeeded();
        CLUSTER.awaitRowsRead(flinkJob(), HELD_AT);

        // when the new revision has a plan, but cannot run
        String bad =
                spec(
                        flights,
                        """
                          flinkConfiguration:
                            state.backend.type: no.such.Backend
                            restart-strategy.type: none
                        """);
        ProcessResult upgrade = jobs("upgrade", bad, "--wait");

        // then the old revision runs, from the savepoint of this upgrade
        assertThat(upgrade.exitCode()).as(upgrade.toString()).isEqualTo(6);
        assertThat(upgrade.stdout()).contains("UPGRADE ROLLED_BACK");
        JsonNode run = json("status", "it/flights").path("run");
        assertThat(run.path("revision").asInt()).isEqualTo(1);
        assertThat(run.path("epoch").asInt()).isEqualTo(3);
        assertThat(running()).containsExactly(flinkJob());
        flights.release();
        awaitPhase("FINISHED");
        flights.assertComplete();
    }

    @Test
    void upgradeThatReadsSlowerGoesBackByItself() throws Exception {
        // given
        Flights flights = Flights.in(files, ROWS);
        jobs("submit", paced(flights, 100, "5m"), "--wait").succeeded();
        CLUSTER.awaitRowsRead(flinkJob(), 100);

        // when
        ProcessResult slow = jobs("upgrade", paced(flights, 5, "10s"), "--wait");
        ProcessResult good = jobs("upgrade", paced(flights, 120, "5m"), "--wait");

        // then
        assertThat(slow.exitCode()).as(slow.toString()).isEqualTo(6);
        assertThat(slow.stdout())
                .contains("UPGRADE ROLLED_BACK")
                .contains("preflight passed; the job reads ")
                .contains("the run before read ");
        assertThat(good.stdout()).contains("UPGRADE SUCCEEDED");
        assertThat(json("status", "it/flights").path("run").path("revision").asInt()).isEqualTo(3);
        jobs("cancel", "it/flights", "--wait").succeeded();
    }

    /** A specification of which the job reads so many rows a second. */
    private String paced(Flights flights, int rowsPerSecond, String timeout) throws IOException {
        String text =
                Files.readString(Path.of(spec(flights, "")))
                        .replace("throughput: 0%", "throughput: 80%, timeout: " + timeout)
                        .replaceFirst("(\"--rate\"\\s+- )\"0\"", "$1\"" + rowsPerSecond + "\"");
        return installation.write("specs/paced.yaml", text).toString();
    }

    @Test
    void plainFlinkRunOfTheSameJobIsRefused() throws Exception {
        // given a running job
        Flights flights = Flights.in(files, ROWS).holdingAt(HELD_AT);
        jobs("submit", spec(flights, ""), "--wait").succeeded();

        // when someone starts it by hand, or as an epoch that is not current
        List<String> run = new ArrayList<>(List.of("run", "-d", "-p", "1"));
        run.add(Flights.jar());
        run.addAll(flights.arguments(0));
        ProcessResult plain = installation.run("flink", run.toArray(new String[0]));
        run.addAll(1, List.of("-Dpinterest.job.name=it/flights", "-Dpinterest.job.epoch=1"));
        ProcessResult copy = installation.run("flink", run.toArray(new String[0]));

        // then
        assertThat(plain.exitCode()).isNotZero();
        assertThat(plain.toString()).contains("it is the job it/flights of the job service");
        assertThat(copy.exitCode()).isNotZero();
        assertThat(copy.toString()).contains("is refused: epoch 1 (" + flinkJob() + ") may run");
        assertThat(running()).containsExactly(flinkJob());
        flights.release();
        awaitPhase("FINISHED");
        flights.assertComplete();
    }

    @Test
    void exitCodesTellWhatWentWrong() throws Exception {
        assertThat(jobs("status", "it/nothing").exitCode()).isEqualTo(3);
        assertThat(jobs("stop", "it/nothing").exitCode()).isEqualTo(3);
        assertThat(jobs("explode").exitCode()).isEqualTo(2);
        String bad = installation.write("specs/wrong.yaml", "kind: FlinkJob\n").toString();
        ProcessResult lint = jobs("lint", bad);
        assertThat(lint.exitCode()).isEqualTo(5);
        assertThat(lint.stderr()).contains("\"apiVersion\" is missing");
        assertThat(jobs("list", "--server", "http://localhost:9").exitCode()).isEqualTo(10);
        String wrong = installation.write("wrong.token", "wrong").toString();
        assertThat(jobs("list", "--token-file", wrong).exitCode()).isEqualTo(9);
    }
}
