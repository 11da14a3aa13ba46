// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The REST interface of a JobManager, or of the history server, which has most of it too. */
final class JobManagerRest {

    private static final HttpClient PLAIN = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final String address;

    private JobManagerRest(HttpClient http, String address) {
        this.http = http;
        this.address = address;
    }

    /** That at a port of this host. */
    static JobManagerRest at(int port) {
        return at("localhost:" + port);
    }

    /** That at a host and port. */
    static JobManagerRest at(String hostAndPort) {
        return new JobManagerRest(PLAIN, "http://" + hostAndPort);
    }

    /** That at a port of this host, which a client reaches by TLS. */
    static JobManagerRest at(int port, HttpClient http) {
        return new JobManagerRest(http, "https://localhost:" + port);
    }

    /**
     * The answer to a GET request.
     *
     * @throws IOException if there is none, or one that reports a failure
     */
    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(text(path));
    }

    /** As {@link #get(String)}, for what is not JSON. */
    String text(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** The jobs in one of some states. */
    List<String> jobs(JobStatus... states) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (JsonNode job : get("/jobs/overview").get("jobs")) {
            if (List.of(states).contains(JobStatus.valueOf(job.get("state").asText()))) {
                ids.add(job.get("jid").asText());
            }
        }
        return ids;
    }

    /** Sends a DELETE request. */
    void delete(String path) throws IOException, InterruptedException {
        send(request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(Await.PATIENCE);
    }

    private String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    request.uri() + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private JsonNode post(String path, Map<String, ?> body)
            throws IOException, InterruptedException {
        return JSON.readTree(
                send(
                        request(path)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))));
    }

    // ------------------------------------------------------------------ jobs

    /** Uploads the jar of a job and returns the id that {@link #run} takes. */
    String upload(Path jar) throws IOException, InterruptedException {
        String boundary = "jar-" + UUID.randomUUID();
        String head =
                """
                --%s\r
                Content-Disposition: form-data; name="jarfile"; filename="%s"\r
                Content-Type: application/java-archive\r
                \r
                """
                        .formatted(boundary, jar.getFileName());
        String answer =
                send(
                        request("/jars/upload")
                                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                                .POST(
                                        BodyPublishers.concat(
                                                BodyPublishers.ofString(head),
                                                BodyPublishers.ofFile(jar),
                                                BodyPublishers.ofString(
                                                        "\r\n--" + boundary + "--\r\n"))));
        return Path.of(JSON.readTree(answer).get("filename").asText()).getFileName().toString();
    }

    /**
     * Starts the job of an uploaded jar.
     *
     * @param savepoint where it goes on from; empty if it starts afresh
     * @param configuration of the job
     * @return the job's id
     */
    String run(
            String jar,
            List<String> arguments,
            int parallelism,
            Optional<String> savepoint,
            Map<String, String> configuration)
            throws IOException, InterruptedException {
        Map<String, Object> body = new HashMap<>();
        body.put("programArgsList", arguments);
        body.put("parallelism", parallelism);
        body.put("flinkConfiguration", configuration);
        savepoint.ifPresent(path -> body.put("savepointPath", path));
        return post("/jars/" + jar + "/run", body).get("jobid").asText();
    }

    /** Asks for the end of a job. */
    void cancel(String job) throws IOException, InterruptedException {
        send(request("/jobs/" + job).method("PATCH", BodyPublishers.noBody()));
    }

    /**
     * Stops a job with a savepoint.
     *
     * @param format canonical or native
     * @return the path of the savepoint
     */
    String stop(String job, Path directory, String format)
            throws IOException, InterruptedException {
        String request =
                post(
                                "/jobs/" + job + "/stop",
                                Map.of(
                                        "targetDirectory",
                                        directory.toUri().toString(),
                                        "formatType",
                                        format.toUpperCase(Locale.ROOT)))
                        .get("request-id")
                        .asText();
        String path = "/jobs/" + job + "/savepoints/" + request;
        JsonNode answer =
                Await.value(
                        "a savepoint of " + job,
                        () ->
                                Optional.of(get(path))
                                        .filter(
                                                savepoint ->
                                                        savepoint
                                                                .get("status")
                                                                .get("id")
                                                                .asText()
                                                                .equals("COMPLETED")));
        JsonNode location = answer.get("operation").get("location");
        if (location == null) {
            throw new IOException("No savepoint of " + job + ": " + answer);
        }
        return location.asText();
    }

    /** How many TaskManagers are registered. */
    int taskManagers() throws IOException, InterruptedException {
        return get("/overview").get("taskmanagers").asInt();
    }

    String state(String job) throws IOException, InterruptedException {
        return get("/jobs/" + job).get("state").asText();
    }

    /** How many rows the job's sources have sent. */
    long rowsRead(String job) throws IOException, InterruptedException {
        return rowsRead(get("/jobs/" + job));
    }

    /** As {@link #rowsRead(String)}, of a job's description. */
    static long rowsRead(JsonNode job) {
        long rows = 0;
        for (JsonNode vertex : job.get("vertices")) {
            if (vertex.get("name").asText().startsWith("Source: ")) {
                rows += vertex.get("metrics").get("write-records").asLong();
            }
        }
        return rows;
    }

    /** Waits for the rows of a job that must not end before. */
    void awaitRowsRead(String job, long rows) {
        awaitRunning(rows + " rows read by", job, answer -> rowsRead(answer) >= rows);
    }

    /** Waits for a state of a job that must not end in another one. */
    void awaitState(String job, String state) {
        awaitRunning(state, job, answer -> answer.get("state").asText().equals(state));
    }

    /** Whether a job, or a description of it, is as one waits for. */
    @FunctionalInterface
    interface JobCondition {
        boolean holds(JsonNode description) throws IOException, InterruptedException;
    }

    /** Waits for something about a job as long as it can come: until the job ends. */
    void awaitRunning(String what, String job, JobCondition condition) {
        Await.until(
                what + " " + job,
                () -> {
                    try {
                        JsonNode description = get("/jobs/" + job);
                        if (condition.holds(description)) {
                            return true;
                        }
                        String state = description.get("state").asText();
                        if (JobStatus.valueOf(state).isGloballyTerminalState()) {
                            throw new AssertionError(
                                    "%s is %s: %s"
                                            .formatted(
                                                    job,
                                                    state,
                                                    text("/jobs/" + job + "/exceptions")));
                        }
                        return false;
                    } catch (ConnectException e) {
                        throw new AssertionError("Nobody listens at " + address + " any more", e);
                    }
                });
    }

    /** How many checkpoints of the job were completed or restored, or what else is counted. */
    int checkpoints(String job, String count) throws IOException, InterruptedException {
        return get("/jobs/" + job + "/checkpoints").get("counts").get(count).asInt();
    }

    /** Waits for two checkpoints that are not complete yet. */
    void awaitTwoCheckpoints(String job) throws IOException, InterruptedException {
        int completed = checkpoints(job, "completed");
        awaitRunning(
                "two more checkpoints of",
                job,
                description -> checkpoints(job, "completed") >= completed + 2);
    }
}
