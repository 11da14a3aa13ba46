// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.jobservice;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
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
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** A job service that the scripts of a tree have started, in a directory of its own. */
final class JobService implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path tree;
    private final Path data;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final double startSeconds;

    JobService(Path tree, Path data) throws IOException, InterruptedException {
        this.tree = tree;
        this.data = data;
        long begin = System.nanoTime();
        run("flink-job-service.sh", "start", "--port", "0");
        startSeconds = (System.nanoTime() - begin) / 1e9;
    }

    double startSeconds() {
        return startSeconds;
    }

    /** The resident memory of the process. */
    double memoryMegabytes() throws IOException {
        String pid = Files.readString(data.resolve("pid")).strip();
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("process " + pid + " has no VmRSS");
    }

    /**
     * Runs a script of the tree.
     *
     * @return what it has printed
     * @throws IOException if it fails
     */
    String run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(tree.resolve("bin").resolve(script).toString());
        command.addAll(List.of(arguments));
        File output = Files.createTempFile("job-service", ".out").toFile();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
            builder.environment().keySet().removeIf(name -> name.startsWith("FLINK_"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("FLINK_JOB_SERVICE_DATA", data.toString());
            int code = builder.start().waitFor();
            String text = Files.readString(output.toPath());
            if (code != 0) {
                throw new IOException("exit code " + code + " of " + command + ":\n" + text);
            }
            return text;
        } finally {
            Files.delete(output.toPath());
        }
    }

    JsonNode send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        Files.readString(data.resolve("address")).strip() + path))
                        .timeout(PATIENCE)
                        .header(
                                "Authorization",
                                "Bearer " + Files.readString(data.resolve("admin.token")).strip())
                        .method(method, BodyPublishers.ofString(body, UTF_8))
                        .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + ": " + response.body());
        }
        return json.readTree(response.body());
    }

    @Override
    public void close() throws IOException {
        try {
            run("flink-job-service.sh", "stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
