// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.examples.flights.reference.JobOutput;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the job on two TaskManagers of one slot each, against the reference. */
@Timeout(1800)
final class FlightDelaysTest {

    private static final int PARALLELISM = 2;

    /** About half of the file. */
    private static final int HOLD_AT = 250_000;

    /** At this rate it takes five seconds to get there. */
    private static final int ROWS_PER_SECOND = 50_000;

    /**
     * Short for delays of up to 28 hours: nine rows of ten are late, by a frontier that few rows
     * have set. A frontier that is lost by a restart changes the result.
     */
    private static final Duration SHORT = Duration.ofHours(1);

    private static final Pattern WRITE_RECORDS = Pattern.compile("\"write-records\":(\\d+)");

    @TempDir private Path directory;

    private MiniCluster cluster;
    private Path hourly;
    private Path late;

    @BeforeEach
    void startCluster() throws Exception {
        hourly = directory.resolve("hourly");
        late = directory.resolve("late");
        Configuration config = new Configuration();
        // A loaded machine must not look like a lost process.
        config.set(RpcOptions.STARTUP_TIMEOUT, Duration.ofMinutes(10));
        config.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(10));
        config.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(10));
        // For what the web UI says to be new.
        config.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(50));
        config.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(50));
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(config)
                                .setNumTaskManagers(PARALLELISM)
                                .setNumSlotsPerTaskManager(1)
                                .withRandomPorts()
                                .build());
        cluster.start();
    }

    @AfterEach
    void stopCluster() throws Exception {
        cluster.close();
    }

    @Test
    void writesHourlyAndLateRows() throws Exception {
        // given a flight that moves the frontier to 03:00, and so the watermark to 02:00
        Path input = directory.resolve("flights.csv");
        Files.writeString(
                input,
                """
                2001-01-01 00:10:00,0,100,LAX,ORD
                2001-01-01 00:20:00,15,200,LAX,SFO
                2001-01-01 00:30:00,150,300,ORD,LAX
                2001-01-01 00:40:00,-5,100,LAX,ORD
                2001-01-01 01:50:00,10,100,LAX,ORD
                """);

        // when it runs without checkpoints
        JobID job =
                submit(
                        new Configuration(),
                        "--input",
                        input.toString(),
                        "--out-of-orderness",
                        "60");
        awaitSuccess(job);

        // then
        assertThat(lines(hourly))
                .containsExactlyInAnyOrder(
                        "2001-01-01 00:00:00,LAX,2,15,7.50,15,300",
                        "2001-01-01 02:00:00,LAX,1,10,10.00,10,100",
                        "2001-01-01 03:00:00,ORD,1,150,150.00,150,300");
        assertThat(lines(late)).containsExactly("2001-01-01 00:40:00,-5,100,LAX,ORD,145");
    }

    @Test
    void agreesWithTheReferenceOnTheWholeMonth() throws Exception {
        // given
        Duration byDefault = FlightDelaysOptions.DEFAULT_OUT_OF_ORDERNESS;
        JobOutput expected = JobOutput.expectedFor(ExampleData.FLIGHTS, byDefault);

        // when
        awaitSuccess(submitMonth(checkpointed(), byDefault));

        // then
        expected.assertHourlyAndLate(hourly, late);
    }

    @Test
    void stopsAtTheRowWhereItHoldsAndGoesOnFromThereWithoutADifference() throws Exception {
        // given a job that holds, and has committed a quarter of all rows
        JobOutput expected = JobOutput.expectedFor(ExampleData.FLIGHTS, SHORT);
        JobID stopped = submitMonth(checkpointed(), SHORT, "--hold-at", String.valueOf(HOLD_AT));
        awaitCommitted(stopped, expected.hourlyRows() / 4);
        awaitRowsEmitted(stopped, HOLD_AT);

        // when it is stopped
        String savepoint =
                cluster.stopWithSavepoint(
                                stopped,
                                directory.resolve("savepoints").toUri().toString(),
                                false,
                                SavepointFormatType.CANONICAL)
                        .get();
        awaitSuccess(stopped);

        // then it has emitted these rows and no others
        assertThat(rowsEmitted(stopped)).isEqualTo(HOLD_AT);
        int rowsBefore = JobOutput.hourlyRowsIn(hourly);
        assertThat(rowsBefore).isLessThan(expected.hourlyRows());

        // when it goes on without the option
        Configuration config = checkpointed();
        config.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobID resumed = submitMonth(config, SHORT);
        awaitSuccess(resumed);

        // then
        assertThat(HOLD_AT + rowsEmitted(resumed)).isEqualTo(expected.flights());
        expected.assertHourlyAndLate(hourly, late);
    }

    @Test
    void survivesALostTaskManagerWithoutADifference() throws Exception {
        // given a job that uses both TaskManagers, has committed a quarter of its rows, and cannot
        // end before it is let go on
        JobOutput expected = JobOutput.expectedFor(ExampleData.FLIGHTS, SHORT);
        Path goOn = directory.resolve("go-on");
        JobID job =
                submitMonth(
                        checkpointed(),
                        SHORT,
                        "--rate",
                        String.valueOf(ROWS_PER_SECOND),
                        "--hold-at",
                        String.valueOf(HOLD_AT),
                        "--hold-until",
                        goOn.toString());
        awaitCommitted(job, expected.hourlyRows() / 4);

        // when
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
        Files.createFile(goOn);
        awaitSuccess(job);

        // then
        for (AccessExecutionVertex task :
                cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
            assertThat(task.getCurrentExecutionAttempt().getAttemptNumber())
                    .as("attempts of %s before the last", task.getTaskNameWithSubtaskIndex())
                    .isPositive();
        }
        expected.assertHourlyAndLate(hourly, late);
    }

    private Configuration checkpointed() {
        Configuration config = new Configuration();
        config.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
        config.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
        config.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
        return config;
    }

    private JobID submitMonth(Configuration config, Duration outOfOrderness, String... options)
            throws ExecutionException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(
                List.of(
                        "--input",
                        ExampleData.FLIGHTS.toString(),
                        "--out-of-orderness",
                        String.valueOf(outOfOrderness.toMinutes())));
        return submit(config, all.toArray(String[]::new));
    }

    private JobID submit(Configuration config, String... options)
            throws ExecutionException, InterruptedException {
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("--output", hourly.toString(), "--late", late.toString()));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(config);
        environment.setParallelism(PARALLELISM);
        FlightDelays.define(environment, FlightDelaysOptions.parse(args.toArray(String[]::new)));
        return cluster.submitJob(environment.getStreamGraph().getJobGraph()).get().getJobID();
    }

    private void awaitSuccess(JobID job) throws Exception {
        JobResult result = cluster.requestJobResult(job).get();
        result.toJobExecutionResult(getClass().getClassLoader());
        assertThat(result.getJobStatus()).contains(JobStatus.FINISHED);
    }

    private void awaitCommitted(JobID job, int rows) throws Exception {
        while (lines(hourly).size() < rows) {
            assertRuns(job);
            Thread.sleep(100);
        }
    }

    private void awaitRowsEmitted(JobID job, long rows) throws Exception {
        while (rowsEmitted(job) < rows) {
            assertRuns(job);
            Thread.sleep(100);
        }
    }

    /**
     * How many rows the source of a job has sent, the first of its vertices, as the web UI says.
     */
    private long rowsEmitted(JobID job) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(cluster.getRestAddress().get().resolve("/jobs/" + job))
                        .build();
        String description =
                HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        Matcher rows = WRITE_RECORDS.matcher(description);
        assertThat(rows.find()).as(description).isTrue();
        return Long.parseLong(rows.group(1));
    }

    /** Fails, with the reason if there is one, when the job has ended. */
    private void assertRuns(JobID job) throws Exception {
        if (cluster.getJobStatus(job).get().isGloballyTerminalState()) {
            awaitSuccess(job);
            throw new AssertionError(job + " has ended before it was stopped");
        }
    }

    /** Lines of the finished files. */
    private static List<String> lines(Path output) throws IOException {
        List<String> lines = new ArrayList<>();
        if (Files.exists(output)) {
            try (Stream<Path> files = Files.list(output)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (!file.getFileName().toString().startsWith(".")) {
                        lines.addAll(Files.readAllLines(file));
                    }
                }
            }
        }
        return lines;
    }
}
