// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The job service of an installation, as its scripts start and use it. */
final class JobService implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FlinkInstallation installation;

    private JobService(FlinkInstallation installation) {
        this.installation = installation;
    }

    /** Starts a service that has its files in a directory. */
    static JobService start(FlinkInstallation installation, Path data)
            throws IOException, InterruptedException {
        installation.setEnvironment("FLINK_JOB_SERVICE_DATA", data.toString());
        JobService service = new JobService(installation);
        service.startAgain();
        return service;
    }

    void startAgain() throws IOException, InterruptedException {
        ProcessResult started =
                installation.run("flink-job-service.sh", "start", "--port", "0", "--settle", "5");
        assertThat(started.succeeded().stdout())
                .contains("The job service is at http://localhost:");
    }

    /** Kills the service without giving it time for anything. */
    void kill() throws IOException, InterruptedException {
        ProcessResult status = installation.run("flink-job-service.sh", "status").succeeded();
        Matcher pid = Pattern.compile("pid: (\\d+)").matcher(status.stdout());
        assertThat(pid.find()).as(status.toString()).isTrue();
        ProcessHandle service = ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow();
        service.destroyForcibly();
        Await.until("the end of the service", () -> !installation.isRunning(service));
    }

    /** Runs a command of the client. */
    ProcessResult jobs(String... arguments) throws IOException, InterruptedException {
        return installation.run("flink-jobs", arguments);
    }

    /** Runs a command that has to succeed, and returns its answer. */
    JsonNode json(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-o", "json"));
        return JSON.readTree(jobs(all.toArray(new String[0])).succeeded().stdout());
    }

    /** What the service knows of the newest run of a job. */
    JsonNode run(String job) throws IOException, InterruptedException {
        return json("status", job).path("run");
    }

    void awaitPhase(String job, String phase) {
        Await.until(phase, () -> json("status", job).path("phase").asText().equals(phase));
    }

    /** The savepoints in the catalogue of a job, the newest first. */
    List<String> savepoints(String job) throws IOException, InterruptedException {
        List<String> paths = new ArrayList<>();
        for (JsonNode savepoint : json("savepoints", job).path("items")) {
            paths.add(savepoint.path("path").asText());
        }
        return paths;
    }

    /**
     * The specification of the flights of the tests, as {@code it/flights}. As runs are held by
     * them, their throughput does not count.
     *
     * @param target of the specification, such as {@code {cluster: it}}
     * @param savepoints of the specification
     * @param more lines of its {@code spec}
     */
    static String flights(Flights flights, String target, String savepoints, String more)
            throws IOException {
        StringBuilder arguments = new StringBuilder();
        for (String argument : flights.arguments(0)) {
            arguments.append("\n      - \"").append(argument).append('"');
        }
        return """
                apiVersion: flink-job-service/v1
                kind: FlinkJob
                metadata: {name: flights, namespace: it}
                spec:
                  target: %s
                  job:
                    jarURI: %s
                    entryClass: %s
                    parallelism: 2
                    args:%s
                  stability: {checkpoints: 1, throughput: 0%%}
                  savepoints: %s
                %s\
                """
                .formatted(target, Flights.jar(), Flights.JOB_CLASS, arguments, savepoints, more);
    }

    @Override
    public void close() throws IOException {
        try {
            installation.run("flink-job-service.sh", "stop").succeeded();
            assertThat(installation.run("flink-job-service.sh", "status").exitCode()).isEqualTo(3);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
