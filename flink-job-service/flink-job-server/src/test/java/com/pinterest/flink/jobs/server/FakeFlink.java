// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The REST interface of a JobManager whose jobs run at once, complete a checkpoint each time they
 * are asked about one, and stop with a savepoint. Those that begin without state have had an
 * exception.
 */
final class FakeFlink implements AutoCloseable {

    /** What a hostile job calls its parts. */
    static final String MARKUP = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FILE = Pattern.compile("filename=\"([^\"]+)\"");
    private static final Pattern OF_JOB = Pattern.compile("/jobs/([0-9a-f]{32})(/.*)?");
    private static final long MINUTE = 60_000;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final Map<String, Boolean> jars = new ConcurrentHashMap<>();

    /** Before 2.3, Flink has no applications. */
    volatile String version = "2.3.0";

    /** The bodies of the requests to start a run. */
    final List<String> starts = new CopyOnWriteArrayList<>();

    /** The vertices of plans, with their parallelism. */
    volatile Map<String, Integer> plan = Map.of("a", 4);

    /** What exceptions have in their messages. */
    volatile String leak = "";

    /** How many records a second each source reads, and how many it has not read yet. */
    volatile int rate = 500;

    volatile int lag;

    /** Whether starts are refused. */
    volatile boolean refuses;

    private static final class Job {
        final String restored;
        volatile String state = "RUNNING";

        /** The paths of savepoints by their triggers. */
        final Map<String, String> savepoints = new ConcurrentHashMap<>();

        final AtomicInteger checkpoints = new AtomicInteger();

        Job(String restored) {
            this.restored = restored;
        }
    }

    FakeFlink() throws IOException {
        this(HttpServer.create());
    }

    /** One over TLS, which asks for the certificates of its clients. */
    static FakeFlink secure(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters ssl = context.getDefaultSSLParameters();
                        ssl.setNeedClientAuth(true);
                        parameters.setSSLParameters(ssl);
                    }
                });
        return new FakeFlink(server);
    }

    private FakeFlink(HttpServer server) throws IOException {
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return (server instanceof HttpsServer ? "https" : "http")
                + "://localhost:"
                + server.getAddress().getPort();
    }

    /** Lets all jobs fail. */
    void fail() {
        jobs.values().forEach(job -> job.state = "FAILED");
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        Matcher ofJob = OF_JOB.matcher(path);
        if (ofJob.matches()) {
            String what = ofJob.group(2) == null ? "" : ofJob.group(2);
            ofJob(exchange, ofJob.group(1), what, body);
        } else if (path.equals("/jars/upload")) {
            Matcher file = FILE.matcher(body);
            if (file.find()) {
                jars.put(file.group(1), true);
            }
            answer(exchange, 200, JSON.createObjectNode());
        } else if (path.endsWith(version.startsWith("2.2.") ? "/run" : "/run-application")) {
            starts.add(body);
            JsonNode request = JSON.readTree(body);
            if (refuses) {
                ObjectNode answer = JSON.createObjectNode();
                answer.putArray("errors").add("Bad request.").add("wrong: " + leak);
                answer(exchange, 400, answer);
                return;
            }
            jobs.putIfAbsent(
                    request.path("jobId").asText(),
                    new Job(request.path("savepointPath").asText("")));
            answer(exchange, 202, JSON.createObjectNode());
        } else {
            cluster(exchange, path);
        }
    }

    private void cluster(HttpExchange exchange, String path) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        switch (path) {
            case "/config" -> answer.put("flink-version", version);
            case "/overview" -> answer.put("slots-total", 16);
            case "/jobmanager/config" -> {
                answer(exchange, 200, JSON.createArrayNode());
                return;
            }
            case "/jars" -> {
                ArrayNode files = answer.putArray("files");
                jars.keySet()
                        .forEach(
                                name -> files.addObject().put("id", "1_" + name).put("name", name));
            }
            case "/jobs/overview" -> {
                ArrayNode all = answer.putArray("jobs");
                jobs.forEach(
                        (id, job) ->
                                all.addObject()
                                        .put("jid", id)
                                        .put("state", job.state)
                                        .putObject("tasks")
                                        .put("running", job.state.equals("RUNNING") ? 8 : 0)
                                        .put("finished", 0)
                                        .put("total", 8));
            }
            default -> {
                if (path.endsWith("/plan")) {
                    ArrayNode nodes = answer.putObject("plan").putArray("nodes");
                    plan.forEach(
                            (id, parallelism) ->
                                    nodes.addObject()
                                            .put("id", id)
                                            .put("parallelism", parallelism));
                } else {
                    answer.putArray("errors").add("Not found: " + path);
                    answer(exchange, 404, answer);
                    return;
                }
            }
        }
        answer(exchange, 200, answer);
    }

    private void ofJob(HttpExchange exchange, String id, String what, String body)
            throws IOException {
        Job job = jobs.get(id);
        ObjectNode answer = JSON.createObjectNode();
        if (job == null) {
            answer.putArray("errors").add("Job " + id + " not found");
            answer(exchange, 404, answer);
            return;
        }
        switch (what) {
            case "" -> describe(job, answer);
            case "/checkpoints" -> checkpoints(job, answer);
            case "/checkpoints/config" -> answer.put("interval", 10_000);
            case "/exceptions" -> {
                ArrayNode entries = answer.putObject("exceptionHistory").putArray("entries");
                if (!job.restored.isEmpty()) {
                    break;
                }
                entries.addObject()
                        .put("timestamp", System.currentTimeMillis() - 3 * MINUTE)
                        .put("exceptionName", "java.lang.IllegalStateException")
                        .put("taskName", "Map " + MARKUP + " (3/8) - execution #0")
                        .put("endpoint", "worker-3:41231")
                        .put(
                                "stacktrace",
                                "java.lang.IllegalStateException: no airport "
                                        + leak
                                        + MARKUP
                                        + "\n\tat com.example.Flights.lookUp(Flights.java:81)\n"
                                        + "\tat com.example.Flights.map(Flights.java:40)\n");
            }
            case "/stop" -> {
                savepoint(job, JSON.readTree(body), "targetDirectory");
                job.state = "FINISHED";
            }
            case "/savepoints" -> savepoint(job, JSON.readTree(body), "target-directory");
            case "/vertices/a/subtasks/metrics", "/vertices/b/subtasks/metrics" -> {
                metrics(exchange);
                return;
            }
            case "/checkpoints/details/1", "/checkpoints/details/2" -> {
                ObjectNode tasks = answer.putObject("tasks");
                tasks.putObject("a").put("state_size", 400);
                tasks.putObject("d").put("state_size", 48_000_000);
                tasks.putObject("e").put("state_size", 0);
            }
            default -> {
                String trigger = what.substring(what.lastIndexOf('/') + 1);
                if (!job.savepoints.containsKey(trigger)) {
                    answer.putArray("errors").add("There is no savepoint " + trigger);
                    answer(exchange, 404, answer);
                    return;
                }
                answer.putObject("status").put("id", "COMPLETED");
                answer.putObject("operation").put("location", job.savepoints.get(trigger));
            }
        }
        boolean patch = exchange.getRequestMethod().equals("PATCH");
        if (patch) {
            job.state = "CANCELED";
        }
        answer(exchange, patch ? 202 : 200, answer);
    }

    /** Of a source that tells its lag, and of a map in a chain with it. */
    private void metrics(HttpExchange exchange) throws IOException {
        Map<String, Integer> sums =
                Map.of(
                        "Source__flights.numRecordsOut",
                        90 * rate,
                        "Source__flights.numRecordsOutPerSecond",
                        rate,
                        "Source__flights.pendingRecords",
                        lag,
                        "Map.numRecordsOutPerSecond",
                        7);
        String query = exchange.getRequestURI().getQuery();
        ArrayNode answer = JSON.createArrayNode();
        sums.forEach(
                (name, sum) -> {
                    if (query == null) {
                        answer.addObject().put("id", name);
                    } else if (query.contains(name)) {
                        answer.addObject().put("id", name).put("sum", sum);
                    }
                });
        answer(exchange, 200, answer);
    }

    private static void savepoint(Job job, JsonNode request, String directory) throws IOException {
        job.savepoints.put(
                request.path("triggerId").asText(), write(request.path(directory).asText()));
    }

    private static String write(String directory) throws IOException {
        Path savepoint = Path.of(URI.create(directory).getPath()).resolve("savepoint-1");
        Files.createDirectories(savepoint);
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(savepoint.resolve("_metadata")))) {
            out.writeInt(0x4960672d);
            out.writeInt(6);
            out.writeLong(9);
        }
        return "file:" + savepoint;
    }

    private static void describe(Job job, ObjectNode answer) {
        answer.put("state", job.state);
        answer.putObject("status-counts").put(job.state, 8);
        ArrayNode nodes = answer.putObject("plan").putArray("nodes");
        ArrayNode vertices = answer.putArray("vertices");
        vertex(nodes, vertices, job, "a", "Source: flights", 4, 0, 48_211_003);
        vertex(nodes, vertices, job, "b", "Source: airports, read once", 1, 0, 6_429);
        vertex(nodes, vertices, job, "c", "Map " + MARKUP, 8, 31, 48_211_003, "a", "b");
        vertex(nodes, vertices, job, "d", "Window: delays by airport and hour", 8, 62, 912, "c");
        vertex(nodes, vertices, job, "e", "Sink: hourly", 2, 4, 0, "d");
        vertex(nodes, vertices, job, "f", "Sink: late records", 1, 0, 0, "d");
    }

    private static void vertex(
            ArrayNode nodes,
            ArrayNode vertices,
            Job job,
            String id,
            String name,
            int parallelism,
            int busy,
            long records,
            String... inputs) {
        ArrayNode from = nodes.addObject().put("id", id).putArray("inputs");
        for (String input : inputs) {
            from.addObject()
                    .put("id", input)
                    .put("ship_strategy", id.equals("c") ? "HASH" : "REBALANCE");
        }
        vertices.addObject()
                .put("id", id)
                .put("name", name)
                .put("parallelism", parallelism)
                .put("maxParallelism", 128)
                .put("status", job.state)
                .putObject("metrics")
                .put("read-records", inputs.length == 0 ? 0 : records)
                .put("write-records", records)
                .put("accumulated-busy-time", busy)
                .put("accumulated-backpressured-time", busy / 8)
                .put("accumulated-idle-time", 100 - busy - busy / 8);
    }

    private static void checkpoints(Job job, ObjectNode answer) {
        int count = job.checkpoints.incrementAndGet();
        answer.putObject("counts").put("completed", count).put("failed", 0).put("in_progress", 0);
        ObjectNode latest = answer.putObject("latest");
        latest.putObject("completed")
                .put("id", count)
                .put("external_path", "file:/checkpoints/chk-" + count);
        if (!job.restored.isEmpty()) {
            latest.putObject("restored").put("external_path", job.restored);
        }
        ArrayNode history = answer.putArray("history");
        long now = System.currentTimeMillis();
        for (int i = 0; i < 10; i++) {
            history.addObject()
                    .put("id", count + 10 - i)
                    .put("status", "COMPLETED")
                    .put("is_savepoint", i == 4)
                    .put("trigger_timestamp", now - i * MINUTE / 6)
                    .put("end_to_end_duration", 420 + 97 * (i * 7 % 5))
                    .put("state_size", 181_000_000L - i * 2_400_000L)
                    .put("external_path", "file:/checkpoints/chk-" + (count + 10 - i));
        }
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body)
            throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
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
