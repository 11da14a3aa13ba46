// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The REST interface of a JobManager, or of the history server, which has most of it too. */
final class JobManagerRest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;

    private JobManagerRest(String address) {
        this.address = address;
    }

    /** That at a port of this host. */
    static JobManagerRest at(int port) {
        return at("localhost:" + port);
    }

    /** That at a host and port. */
    static JobManagerRest at(String hostAndPort) {
        return new JobManagerRest("http://" + hostAndPort);
    }

    /**
     * The answer to a GET request.
     *
     * @throws IOException if there is none, or one with another status than 200
     */
    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(text(path));
    }

    /** As {@link #get(String)}, for what is not JSON. */
    String text(String path) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(Duration.ofSeconds(60))
                        .build();
        var response = HTTP.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
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

    void awaitRowsRead(String job, long rows) {
        Await.until(rows + " rows read by " + job, () -> rowsRead(job) >= rows);
    }

    /** How many checkpoints of the job were completed or restored, or what else is counted. */
    int checkpoints(String job, String count) throws IOException, InterruptedException {
        return get("/jobs/" + job + "/checkpoints").get("counts").get(count).asInt();
    }

    /** Waits for two checkpoints that are not complete yet. */
    void awaitTwoCheckpoints(String job) throws IOException, InterruptedException {
        int completed = checkpoints(job, "completed");
        Await.until("two more checkpoints", () -> checkpoints(job, "completed") >= completed + 2);
    }
}
