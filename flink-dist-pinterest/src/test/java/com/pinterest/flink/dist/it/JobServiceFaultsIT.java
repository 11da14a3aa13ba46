// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.dist.it.FaultyProxy.Fate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Operations of the job service in which something dies, or a request is lost, at each of their
 * requests to a real cluster. Some cases, unless {@code faults.cases} asks for others: {@code
 * ci/faults job-service --real} does.
 *
 * <p>In each case the operation has to end, there must be one job at most at any time, and in the
 * end the output of the job has to be complete, with no row that is there twice.
 */
final class JobServiceFaultsIT {

    private static final int ROWS = 2_000;
    private static final String JOB = "it/flights";

    private static final Pattern CASES =
            Pattern.compile(
                    System.getProperty(
                            "faults.cases",
                            "submit/start/answer-lost"
                                    + "|restart/stop/service-killed-after"
                                    + "|upgrade/start/jobmanager-killed"));
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);

    @RegisterExtension
    static final FlinkCluster CLUSTER =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .with("execution.checkpointing.interval", "500 ms")
                    // Less than the service takes to believe that a job is gone.
                    .with("heartbeat.interval", "500 ms")
                    .with("heartbeat.timeout", "3 s")
                    .guarded();

    /** A request of an operation to the cluster. */
    private enum Step {
        UPLOAD("POST /jars/upload"),
        PLAN("POST /jars/[^/]+/plan"),
        START("POST /jars/[^/]+/run-application"),
        RESTORED("GET /jobs/[0-9a-f]+/checkpoints"),
        SAVEPOINT("POST /jobs/[0-9a-f]+/savepoints"),
        SAVED("GET /jobs/[0-9a-f]+/savepoints/.*"),
        STOP("POST /jobs/[0-9a-f]+/stop"),
        CANCEL("POST /applications/[0-9a-f]+/cancel");

        final Pattern request;

        Step(String request) {
            this.request = Pattern.compile(request);
        }
    }

    /** What goes wrong at a request. */
    private enum Fault {
        REQUEST_LOST(Fate.LOST),
        ANSWER_LOST(Fate.ANSWER_LOST),
        REQUEST_LATE(Fate.LATE),
        SERVICE_KILLED_BEFORE(Fate.LOST),
        SERVICE_KILLED_AFTER(Fate.ANSWER_LOST),
        JOBMANAGER_KILLED(Fate.LOST),
        TASKMANAGER_KILLED(Fate.LOST);

        final Fate fate;

        Fault(Fate fate) {
            this.fate = fate;
        }
    }

    /**
     * A case.
     *
     * @param operation a command of the client; or rollback, an upgrade to what cannot run
     */
    private record Case(String operation, Step step, Fault fault) {
        @Override
        public String toString() {
            return (operation + "/" + step + "/" + fault)
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
        }

        /** The start of the new revision is not that of the old one again. */
        int spared() {
            return operation.equals("rollback") && step == Step.START ? 1 : 0;
        }
    }

    private static final Pattern END =
            Pattern.compile("(?m)^[A-Z]+ (SUCCEEDED|FAILED_RUNS_ON|ROLLED_BACK|FAILED|ABORTED)\\b");

    private FlinkInstallation installation;
    private JobService service;
    private FaultyProxy proxy;

    private static List<Case> cases() {
        List<Case> all = new ArrayList<>();
        add(all, "submit", Step.UPLOAD, Step.START, Step.RESTORED);
        add(all, "savepoint", Step.SAVEPOINT, Step.SAVED);
        add(all, "stop", Step.STOP, Step.SAVED);
        add(all, "restart", Step.STOP, Step.START);
        add(all, "upgrade", Step.PLAN, Step.STOP, Step.START, Step.RESTORED);
        add(all, "rollback", Step.CANCEL, Step.START);
        add(all, "cancel", Step.CANCEL);
        return all.stream().filter(one -> CASES.matcher(one.toString()).matches()).toList();
    }

    private static void add(List<Case> cases, String operation, Step... steps) {
        for (Step step : steps) {
            for (Fault fault : Fault.values()) {
                cases.add(new Case(operation, step, fault));
            }
        }
    }

    @Test
    void everyOperationComesToATrueEnd() throws Exception {
        installation = CLUSTER.installation();
        List<Case> cases = cases();
        assertThat(cases).as("cases that match %s", CASES).isNotEmpty();
        List<String> violations = new ArrayList<>();
        int runs = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Case one : cases) {
                long start = System.nanoTime();
                String end;
                try {
                    end = live(one, runs == 0);
                } catch (AssertionError | IOException e) {
                    violations.add(one + ": " + e);
                    end = "VIOLATION " + e;
                }
                runs++;
                System.out.printf(
                        "faults: %d/%d %s %s, %.1f s%n",
                        runs, ROUNDS * cases.size(), one, end, (System.nanoTime() - start) / 1e9);
            }
        }
        System.out.printf("faults: %d runs, %d violations%n", runs, violations.size());
        assertThat(violations).isEmpty();
    }

    /** Lives through a case with a service of its own; returns how the operation ended. */
    private String live(Case one, boolean withIntruder) throws Exception {
        Path files = CLUSTER.directory("case-" + System.nanoTime());
        Flights flights = Flights.in(files, ROWS).holdingAt(ROWS / 2);
        CLUSTER.clearFences();
        // An artifact that is there is not uploaded again.
        for (JsonNode jar : CLUSTER.get("/jars").path("files")) {
            CLUSTER.rest().delete("/jars/" + jar.path("id").asText());
        }
        service = JobService.start(installation, files.resolve("service"));
        proxy = new FaultyProxy(CLUSTER.restPort());
        try {
            service.jobs("cluster", "add", "it", proxy.address()).succeeded();
            String good = spec(files, flights, "good", "");
            if (one.operation().equals("submit")) {
                service.jobs("register", good).succeeded();
            } else {
                service.jobs("submit", good, "--wait").succeeded();
                service.awaitPhase(JOB, "RUNNING");
            }

            // when
            lay(one);
            String operation = open(one, files, flights);
            Await.until("the request of " + one, proxy::isSprung);
            repair(one.fault());
            String timeline = service.jobs("wait", operation).stdout();

            // then
            Matcher end = END.matcher(timeline);
            assertThat(end.find()).as(timeline).isTrue();
            assertThat(runningIds()).hasSizeLessThanOrEqualTo(1);
            goOn(good);
            assertThat(runningIds()).containsExactly(service.run(JOB).path("flinkJobId").asText());
            if (withIntruder) {
                ProcessResult plain = installation.run("flink", flights.command(0, "run", "-d"));
                assertThat(plain.exitCode()).as(plain.toString()).isNotZero();
                assertThat(plain.toString()).contains("it is the job it/flights");
            }
            flights.release();
            service.awaitPhase(JOB, "FINISHED");
            flights.assertComplete();
            return end.group(1);
        } finally {
            cancelAll();
            service.close();
            proxy.close();
        }
    }

    private String spec(Path files, Flights flights, String name, String more) throws IOException {
        String text =
                JobService.flights(
                        flights,
                        "{cluster: it}",
                        "{dir: \"" + files.resolve("savepoints").toUri() + "\"}",
                        more);
        return installation.write("specs/" + name + ".yaml", text).toString();
    }

    // ------------------------------------------------------------------ faults

    private void lay(Case one) {
        Runnable nothing = () -> {};
        Runnable before =
                switch (one.fault()) {
                    case SERVICE_KILLED_BEFORE -> this::killService;
                    case JOBMANAGER_KILLED -> () -> kill("StandaloneSessionClusterEntrypoint");
                    case TASKMANAGER_KILLED -> () -> kill("TaskManagerRunner");
                    default -> nothing;
                };
        Runnable after = one.fault() == Fault.SERVICE_KILLED_AFTER ? this::killService : nothing;
        proxy.trap(one.step().request, one.spared(), one.fault().fate, before, after);
    }

    private void killService() {
        try {
            service.kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill(String mainClass) {
        List<ProcessHandle> found =
                installation.processes().stream()
                        .filter(
                                process ->
                                        process.info()
                                                .commandLine()
                                                .orElse("")
                                                .contains("." + mainClass))
                        .toList();
        assertThat(found).as(mainClass).hasSize(1);
        found.get(0).destroyForcibly();
        Await.until("the end of " + mainClass, () -> !installation.isRunning(found.get(0)));
    }

    /** Starts again what was killed. */
    private void repair(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case SERVICE_KILLED_BEFORE, SERVICE_KILLED_AFTER -> service.startAgain();
            case JOBMANAGER_KILLED -> installation.run("jobmanager.sh", "start").succeeded();
            case TASKMANAGER_KILLED -> installation.run("taskmanager.sh", "start").succeeded();
            default -> {}
        }
    }

    // ------------------------------------------------------------------ operations

    /** Opens the operation of a case and returns its id. */
    private String open(Case one, Path files, Flights flights) throws Exception {
        String again = spec(files, flights, "again", "  flinkConfiguration: {pipeline.name: a}\n");
        String bad =
                spec(
                        files,
                        flights,
                        "bad",
                        """
                          flinkConfiguration:
                            state.backend.type: no.such.Backend
                            restart-strategy.type: none
                        """);
        JsonNode operation =
                switch (one.operation()) {
                    case "upgrade" -> service.json("upgrade", again);
                    case "rollback" -> service.json("upgrade", bad);
                    default -> service.json(one.operation(), JOB);
                };
        return operation.path("id").asText();
    }

    /** Waits until the job runs, and starts it if it was stopped or has failed. */
    private void goOn(String good) throws IOException, InterruptedException {
        Set<String> ended = Set.of("SUSPENDED", "FAILED", "NEW", "CANCELED");
        while (true) {
            String phase =
                    Await.value(
                            "the job runs or has ended",
                            () -> {
                                JsonNode status = service.json("status", JOB);
                                String now = status.path("phase").asText();
                                boolean decided = now.equals("RUNNING") || ended.contains(now);
                                return decided ? Optional.of(now) : Optional.empty();
                            });
            if (phase.equals("RUNNING")) {
                String id = service.run(JOB).path("flinkJobId").asText();
                if (CLUSTER.state(id).equals("RUNNING")) {
                    return;
                }
            } else {
                // Refused if the service has begun to recover it.
                service.jobs("submit", good, "--wait");
            }
        }
    }

    private static List<String> runningIds() throws IOException, InterruptedException {
        return CLUSTER.jobs(
                JobStatus.CREATED, JobStatus.RUNNING, JobStatus.RESTARTING, JobStatus.FAILING);
    }

    /** What a violation has left. */
    private static void cancelAll() throws IOException, InterruptedException {
        for (String id : runningIds()) {
            CLUSTER.flink("cancel", id);
        }
    }
}
