// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Flink's REST interface. Thread-safe. */
final class FlinkRest {

    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final Duration UPLOAD = Duration.ofMinutes(10);

    /** For a request in which the main method of a job runs. */
    private static final Duration MAIN = Duration.ofMinutes(2);

    private static final int MAX_MESSAGE = 2_000;

    private final HttpClient http;
    private final ObjectMapper json;
    private final String address;
    private final Secrets secrets;

    /**
     * @param address such as {@code http://host:8081}
     * @param secrets that errors must not show
     */
    FlinkRest(HttpClient http, ObjectMapper json, String address, Secrets secrets) {
        this.secrets = secrets;
        this.http = http;
        this.json = json;
        this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    /**
     * An answer of a JobManager.
     *
     * @param body a missing node if it was not JSON
     */
    record Answer(int status, JsonNode body) {

        boolean isGood() {
            return status / 100 == 2;
        }

        /** A request that would be refused again. */
        boolean isRefused() {
            return status / 100 == 4;
        }

        /**
         * The JobManager knows nothing of this name. Not every 404 says so: it may come from a
         * proxy in between.
         */
        boolean isNotFound(String name) {
            String errors = body.path("errors").toString();
            // Flink 2.3 answers with a 500 when it does not know an application.
            boolean notFound =
                    status == 404
                            || (status == 500
                                    && errors.contains("FlinkApplicationNotFoundException"));
            return notFound && errors.contains(name);
        }

        /** What went wrong, in a few words. */
        String error() {
            JsonNode errors = body.path("errors");
            String text = "";
            for (JsonNode error : errors) {
                text = error.asText();
            }
            return status + (text.isEmpty() ? "" : " " + causes(text));
        }
    }

    /** The causes in a stack trace, without the stack, and without secrets. */
    String cause(String trace) {
        return causes(secrets.hide(trace));
    }

    /** The causes in a stack trace, without the stack. */
    static String causes(String trace) {
        StringBuilder causes = new StringBuilder();
        for (String line : trace.lines().toList()) {
            String text = line.strip();
            if (text.startsWith("at ") || text.startsWith("...") || text.isEmpty()) {
                continue;
            }
            // A wrapper without a message of its own has that of its cause.
            if (causes.indexOf(text.replaceFirst("^Caused by: ", "")) >= 0) {
                continue;
            }
            causes.append(causes.isEmpty() ? "" : " ").append(text);
            if (causes.length() > MAX_MESSAGE) {
                causes.setLength(MAX_MESSAGE);
                break;
            }
        }
        return causes.toString();
    }

    Answer get(String path) throws IOException {
        return send(request(path, REQUEST).GET().build());
    }

    Answer post(String path, Map<String, ?> body) throws IOException {
        return send(
                request(path, path.matches(".*/(plan|run)") ? MAIN : REQUEST)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json.writeValueAsString(body)))
                        .build());
    }

    Answer patch(String path) throws IOException {
        return send(request(path, REQUEST).method("PATCH", BodyPublishers.noBody()).build());
    }

    Answer upload(Path jar) throws IOException {
        String boundary = "jar-" + UUID.randomUUID();
        String head =
                "--"
                        + boundary
                        + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                        + jar.getFileName()
                        + "\"\r\nContent-Type: application/java-archive\r\n\r\n";
        BodyPublisher body =
                BodyPublishers.concat(
                        BodyPublishers.ofString(head),
                        BodyPublishers.ofFile(jar),
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        return send(
                request("/jars/upload", UPLOAD)
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(body)
                        .build());
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(timeout);
    }

    private Answer send(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            JsonNode body = parse(response.body());
            if (body.path("errors") instanceof ArrayNode errors) {
                for (int i = 0; i < errors.size(); i++) {
                    errors.set(i, secrets.hide(errors.path(i).asText()));
                }
            }
            return new Answer(response.statusCode(), body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private JsonNode parse(String text) throws IOException {
        try {
            JsonNode node = json.readTree(text);
            return node == null ? json.missingNode() : node;
        } catch (JsonProcessingException e) {
            return json.missingNode();
        }
    }

    @Override
    public String toString() {
        return address;
    }
}
