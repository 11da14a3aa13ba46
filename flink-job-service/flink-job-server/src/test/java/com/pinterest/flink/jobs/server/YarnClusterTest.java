// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.RunStatus;
import com.pinterest.flink.jobs.protocol.SavepointStatus;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on YARN, over a driver that is a script: it keeps the requests, and answers from files. What
 * the real driver does is tested on a real YARN, by {@code ci/yarn}.
 */
final class YarnClusterTest {

    private static final String RUN = "0123456789abcdef0123456789abcdef";
    private static final JobKey JOB = new JobKey("ads", "flights");

    /** Answers DEPLOY with the file of that name, and has the application from then on. */
    private static final String SCRIPT =
            """
            cd "$0"
            while read -r number command arguments; do
                echo "$command $arguments" >> requests
                case $command in
                    APPLICATIONS) echo "$number $(< applications)" ;;
                    DEPLOY)
                        [[ ! -f hold ]] || continue
                        [[ ! -f deployed ]] || cp deployed applications
                        [[ -f answer ]] || exit 1
                        echo "$number $(< answer)"
                        ;;
                    QUEUE) echo "$number $(< queue)" ;;
                    CONFIG) echo "$number MISSING" ;;
                    VERSION) echo "$number OK $(base64 <<< 2.3.0)" ;;
                    *) echo "$number OK" ;;
                esac
            done
            """;

    @TempDir private Path directory;
    private Driver driver;
    private Artifacts artifacts;
    private YarnCluster cluster;
    private String artifact;

    @BeforeEach
    void open() throws Exception {
        artifacts = new Artifacts(directory.resolve("artifacts"), 1 << 20);
        artifact = JobDatabase.sha256(UiFixture.JAR);
        artifacts.put(artifact, new ByteArrayInputStream(UiFixture.JAR.getBytes(UTF_8)));
        Files.createDirectories(directory.resolve("secrets"));
        write("applications", "OK");
        openCluster();
    }

    private void openCluster() {
        driver =
                new Driver(
                        List.of("bash", "-c", SCRIPT, directory.toString()),
                        directory.resolve("log"),
                        Duration.ofMinutes(5));
        cluster =
                new YarnCluster(
                        Optional.of(driver),
                        address -> {
                            throw new AssertionError("there is no JobManager at " + address);
                        },
                        new SharedFiles(artifacts, new Storages(Optional.empty())),
                        new Secrets(directory.resolve("secrets")),
                        "Instance",
                        Duration.ZERO);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text + "\n");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** What the driver says of an application of the run. */
    private static String application(int number, String state, String finalStatus) {
        return base64(
                String.join(
                        "\n",
                        "application_1_000" + number,
                        state,
                        finalStatus,
                        Integer.toString(1_000 + number),
                        "N/A",
                        "-1",
                        "fjs-instance,fjs-" + RUN,
                        "killed by\nhand"));
    }

    private List<String> requests(String command) throws IOException {
        List<String> requests = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("requests"))) {
            if (line.startsWith(command + " ")) {
                StringBuilder decoded = new StringBuilder();
                for (String field : line.substring(command.length()).strip().split(" ", -1)) {
                    decoded.append(decoded.isEmpty() ? "" : " ")
                            .append(new String(Base64.getDecoder().decode(field), UTF_8));
                }
                requests.add(decoded.toString());
            }
        }
        return requests;
    }

    private RunSpec spec() {
        return new RunSpec(
                "yarn",
                artifact,
                "com.example.Flights",
                List.of("--env", "prod"),
                4,
                Map.of("yarn.tags", "team-ads"),
                false,
                "file://" + directory,
                UpgradeMode.SAVEPOINT,
                1,
                0,
                null,
                3,
                Retention.ALL);
    }

    private Start start() {
        return new Start(JOB, 7, RUN, "", spec(), "hdfs:///savepoints/1");
    }

    private ClusterException failure() {
        return catchThrowableOfType(ClusterException.class, () -> cluster.start(start()));
    }

    // ------------------------------------------------------------------ the start

    @Test
    void applicationHasTheIdOfItsRun() throws Exception {
        write("answer", "OK " + base64("application_1_0001"));

        cluster.start(start());

        assertThat(requests("APPLICATIONS")).containsExactly("fjs-instance");
        assertThat(requests("DEPLOY"))
                .singleElement()
                .asString()
                .startsWith("com.example.Flights 2 --env prod ")
                .contains(
                        "yarn.tags team-ads,fjs-instance,fjs-" + RUN,
                        "yarn.application.name ads/flights",
                        "$internal.application.id " + RUN,
                        "$internal.pipeline.job-id " + RUN,
                        "execution.target yarn-application",
                        "execution.state-recovery.path hdfs:///savepoints/1",
                        "execution.state-recovery.claim-mode NO_CLAIM",
                        "parallelism.default 4",
                        "rest.async.store-duration 10 s",
                        "pinterest.job.epoch 7",
                        "pipeline.jars " + artifacts.file(artifact).toUri());
    }

    @Test
    void applicationThatIsThereIsNotStartedAgain() throws Exception {
        write("applications", "OK " + application(1, "ACCEPTED", "UNDEFINED"));

        cluster.start(start());

        assertThat(requests("DEPLOY")).isEmpty();
    }

    @Test
    void whatWasStartedWithoutAnAnswerIsFound() throws Exception {
        // The driver ends in the middle.
        write("deployed", "OK " + application(1, "ACCEPTED", "UNDEFINED"));

        assertThat(failure().isRejected()).isFalse();
        assertThat(cluster.run(RUN, "").isUnknown()).isTrue();

        // The service, or only the driver, is started again.
        driver.close();
        openCluster();
        cluster.start(start());

        assertThat(requests("DEPLOY")).hasSize(1);
        assertThat(cluster.run(RUN, "").value().state()).isEqualTo(RunState.STARTING);
    }

    @Test
    void errorIsARefusalOnlyIfNothingWasStarted() throws Exception {
        write(
                "answer",
                "ERROR " + base64("java.lang.Exception: no memory\n\tat a.B.c(B.java:1)\n"));
        ClusterException refused = failure();
        assertThat(refused.isRejected()).isTrue();
        assertThat(refused).hasMessageContaining("no memory").hasMessageNotContaining("B.java");

        write("deployed", "OK " + application(1, "FAILED", "FAILED"));
        assertThat(failure().isRejected()).isFalse();
    }

    /** Starts the run with a driver that does not answer, and stops waiting. */
    private void startWithoutWaiting() throws Exception {
        write("hold", "");
        Thread starting =
                new Thread(
                        () -> {
                            try {
                                cluster.start(start());
                            } catch (ClusterException e) {
                                // There is no answer.
                            }
                        });
        starting.start();
        while (!Files.exists(directory.resolve("requests")) || requests("DEPLOY").isEmpty()) {
            Thread.sleep(10);
        }
        starting.interrupt();
        starting.join();
    }

    @Test
    void whatIsBeingDeployedIsUnknown() throws Exception {
        startWithoutWaiting();

        assertThat(cluster.run(RUN, "").isUnknown()).isTrue();
        write("applications", "OK " + application(1, "ACCEPTED", "UNDEFINED"));
        assertThat(cluster.run(RUN, "").value().state()).isEqualTo(RunState.STARTING);
    }

    // ------------------------------------------------------------------ observations

    private Finding<RunStatus> run(String... applications) throws IOException {
        write("applications", String.join(" ", "OK", String.join(" ", applications)).strip());
        // What was seen just now would be used again.
        cluster.version();
        return cluster.run(RUN, "");
    }

    @Test
    void youngerOfTwoIsEnded() throws Exception {
        assertThat(
                        run(
                                        application(2, "RUNNING", "UNDEFINED"),
                                        application(1, "ACCEPTED", "UNDEFINED"),
                                        application(3, "KILLED", "KILLED"))
                                .detail())
                .contains("application_1_0001");

        assertThat(requests("KILL")).containsExactly("application_1_0002");
        // It has not ended before all of them have.
        String first = application(1, "FAILED", "FAILED");
        assertThat(run(application(2, "RUNNING", "UNDEFINED"), first).isUnknown()).isTrue();
        assertThat(run(application(2, "KILLED", "KILLED"), first).value().state())
                .isEqualTo(RunState.FAILED);
    }

    @Test
    void statesOfYarnBecomeThoseOfTheRun() throws Exception {
        assertThat(run().isNo()).isTrue();
        assertThat(run(application(1, "SUBMITTED", "UNDEFINED")).value().state())
                .isEqualTo(RunState.STARTING);
        assertThat(run(application(1, "FINISHED", "SUCCEEDED")).value().state())
                .isEqualTo(RunState.FINISHED);
        assertThat(run(application(1, "KILLED", "KILLED")).value().state())
                .isEqualTo(RunState.CANCELED);
        RunStatus failed = run(application(1, "FINISHED", "FAILED")).value();
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.cause()).isEqualTo("killed by hand");
        assertThat(cluster.restored(RUN).isGone()).isTrue();
        Finding<SavepointStatus> savepoint = cluster.savepointStatus(RUN, "trigger");
        assertThat(savepoint.isNo()).isTrue();
    }

    @Test
    void withoutAnAnswerNothingIsConcluded() throws Exception {
        write("applications", "ERROR " + base64("java.net.ConnectException: refused"));

        for (Finding<?> finding :
                List.of(
                        cluster.run(RUN, ""),
                        cluster.restored(RUN),
                        cluster.savepointStatus(RUN, "trigger"),
                        cluster.healthyRuns(),
                        cluster.version())) {
            assertThat(finding.isUnknown()).as(finding.toString()).isTrue();
            assertThat(finding.detail()).contains("refused");
        }
        assertThat(failure().isRejected()).isFalse();
        assertThat(requests("DEPLOY")).isEmpty();
    }

    @Test
    void preflightLooksForTheQueue() throws Exception {
        write("queue", "OK " + base64("RUNNING"));
        assertThat(cluster.ready(JOB, spec(), "").detail()).contains("the queue default is open");
        write("queue", "OK " + base64("STOPPED"));
        assertThat(cluster.ready(JOB, spec(), "").detail())
                .isEqualTo("the queue default is STOPPED");
        write("queue", "MISSING");
        assertThat(cluster.ready(JOB, spec(), "").detail()).isEqualTo("YARN has no queue default");
        write("queue", "ERROR " + base64("java.net.ConnectException: refused"));
        assertThat(cluster.ready(JOB, spec(), "").isUnknown()).isTrue();
    }
}
