// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.jobservice;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The REST interface of a JobManager that has all jobs running that were submitted to it. */
final class FakeFlink implements AutoCloseable {

    private static final int THREADS = 8;
    private static final Pattern JOB_ID = Pattern.compile("\"jobId\"\\s*:\\s*\"([0-9a-f]{32})\"");
    private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]+)\"");
    private static final Pattern OF_JOB =
            Pattern.compile("/(?:jobs|applications)/([0-9a-f]{32})(.*)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Set<String> jobs = ConcurrentHashMap.newKeySet();
    private final Set<String> jars = ConcurrentHashMap.newKeySet();

    FakeFlink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (path.equals("/jars/upload")) {
            Matcher name = FILE_NAME.matcher(body);
            if (name.find()) {
                jars.add(name.group(1));
            }
            answer(exchange, 200, "{}");
        } else if (path.endsWith("/run-application")) {
            Matcher id = JOB_ID.matcher(body);
            if (id.find()) {
                jobs.add(id.group(1));
            }
            answer(exchange, 202, "{}");
        } else {
            get(exchange, path);
        }
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        Matcher ofJob = OF_JOB.matcher(path);
        if (ofJob.matches()) {
            String id = ofJob.group(1);
            if (!jobs.contains(id)) {
                answer(exchange, 404, "{\"errors\":[\"There is no " + id + "\"]}");
            } else {
                answer(exchange, 200, ofJob(ofJob.group(2)));
            }
            return;
        }
        switch (path) {
            case "/config" -> answer(exchange, 200, "{\"flink-version\":\"2.3.0\"}");
            case "/overview" -> answer(exchange, 200, "{\"slots-total\":100000}");
            case "/jobmanager/config" -> answer(exchange, 200, "[]");
            case "/jars" ->
                    answer(exchange, 200, "{\"files\":[" + joined(jars, FakeFlink::jar) + "]}");
            case "/jobs/overview" ->
                    answer(exchange, 200, "{\"jobs\":[" + joined(jobs, FakeFlink::job) + "]}");
            default -> answer(exchange, 404, "{\"errors\":[\"Not found.\"]}");
        }
    }

    private static String joined(
            Set<String> names, java.util.function.UnaryOperator<String> describe) {
        return names.stream().map(describe).collect(Collectors.joining(","));
    }

    private static String jar(String name) {
        return "{\"id\":\"1_" + name + "\",\"name\":\"" + name + "\"}";
    }

    private static String job(String id) {
        return "{\"jid\":\""
                + id
                + "\",\"name\":\"a job\",\"state\":\"RUNNING\",\"tasks\":{\"running\":4,"
                + "\"finished\":0,\"total\":4}}";
    }

    private static String ofJob(String what) {
        return switch (what) {
            case "" -> "{\"state\":\"RUNNING\",\"status-counts\":{\"RUNNING\":4}}";
            case "/checkpoints" ->
                    "{\"counts\":{\"completed\":9},\"latest\":{\"completed\":"
                            + "{\"external_path\":\"file:/checkpoints/chk-9\"},\"restored\":null}}";
            case "/checkpoints/config" -> "{\"interval\":10000}";
            case "/exceptions" -> "{\"exceptionHistory\":{\"entries\":[]}}";
            default -> "{}";
        };
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
