// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A service with a fake cluster, for tests of the pages. */
final class UiFixture implements AutoCloseable {

    static final String JOB = "/api/v1/jobs/ads/flights";

    private static final ObjectMapper JSON = new ObjectMapper();
    static final String JAR = Jars.text("a jar");

    private final HttpClient http = HttpClient.newHttpClient();
    final Path data;
    private final JobServer server;

    final FakeFlink flink = new FakeFlink();
    final String admin;

    UiFixture(Path directory) throws Exception {
        this(directory, Duration.ofSeconds(1), Set.of());
    }

    UiFixture(Path directory, Duration watchInterval, Set<String> artifactHosts) throws Exception {
        data = directory;
        server =
                JobServer.start(
                        new JobServer.Settings(
                                data,
                                "localhost",
                                0,
                                Timing.standard(),
                                watchInterval,
                                artifactHosts,
                                Optional.empty()));
        admin = Files.readString(data.resolve(JobServer.TOKEN_FILE)).strip();
        api("PUT", "/api/v1/artifacts/" + JobDatabase.sha256(JAR), JAR);
        api("PUT", "/api/v1/clusters/local", "{\"address\": \"" + flink.address() + "\"}");
        api("PUT", "/api/v1/clusters/nowhere", "{\"address\": \"http://localhost:9\"}");
    }

    String address() {
        return "http://localhost:" + server.port();
    }

    /** Sends a request; without a token if it is empty. */
    HttpResponse<String> send(String token, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address() + path))
                        .timeout(Duration.ofMinutes(2))
                        .method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Makes a token. */
    String token(String name, String role, String namespace)
            throws IOException, InterruptedException {
        String body =
                JSON.writeValueAsString(Map.of("name", name, "role", role, "namespace", namespace));
        return api("POST", "/api/v1/tokens", body).path("token").asText();
    }

    JsonNode api(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(admin, method, path, body);
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    void register(String name, String cluster, int parallelism)
            throws IOException, InterruptedException {
        register(name, cluster, parallelism, text -> text);
    }

    /** Registers a job whose specification has been changed. */
    void register(String name, String cluster, int parallelism, UnaryOperator<String> change)
            throws IOException, InterruptedException {
        String text =
                """
                apiVersion: flink-job-service/v1
                kind: FlinkJob
                metadata: {name: %s, namespace: ads, labels: {team: "<b>ads</b>"}}
                spec:
                  target: {cluster: %s}
                  flinkConfiguration: {execution.checkpointing.interval: 10s}
                  job: {jarURI: flights.jar, entryClass: com.example.Flights, parallelism: %d}
                  savepoints: {dir: "file://%s"}
                """
                        .formatted(name, cluster, parallelism, data.resolve("savepoints"));
        text = change.apply(text);
        ObjectNode body = JSON.createObjectNode();
        body.putArray("files").addObject().put("name", "job.yaml").put("text", text);
        body.putObject("artifacts").put("flights.jar", JobDatabase.sha256(JAR));
        api("PUT", "/api/v1/jobs/ads/" + name, body.toString());
    }

    /** Asks for an operation, and waits for its end if asked to. */
    String operate(String name, String body, boolean wait)
            throws IOException, InterruptedException {
        String id =
                api("POST", "/api/v1/jobs/ads/" + name + "/operations", body).path("id").asText();
        if (wait) {
            JsonNode operation = api("GET", "/api/v1/operations/" + id + "?wait=60s", "");
            if (operation.path("closedAt").isNull()) {
                throw new AssertionError("it does not end: " + operation);
            }
        }
        return id;
    }

    @Override
    public void close() throws IOException {
        server.close();
        flink.close();
    }
}
