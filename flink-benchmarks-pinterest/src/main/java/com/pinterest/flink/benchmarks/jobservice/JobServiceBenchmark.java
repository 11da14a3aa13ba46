// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.jobservice;

import com.pinterest.flink.benchmarks.job.SessionCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The figures of the job service, with their targets. They have no counterpart on the vanilla twin;
 * the gap of an upgrade is compared with {@code flink stop} and {@code flink run}.
 *
 * <p>Arguments: directory of the distribution, output file for the report, "quick" or "full".
 */
public final class JobServiceBenchmark {

    private static final int JOBS = 1_000;
    private static final int PAGE = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("file:\\S+");

    private final Path tree;
    private final Path work;
    private final boolean quick;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Figure> figures = new ArrayList<>();

    /**
     * A figure.
     *
     * @param most whether the target is the largest good value, or the smallest
     */
    private record Figure(
            String name, String unit, double value, double target, boolean most, List<Double> raw) {
        boolean isGood() {
            return most ? value <= target : value >= target;
        }
    }

    private JobServiceBenchmark(Path tree, Path work, boolean quick) {
        this.tree = tree;
        this.work = work;
        this.quick = quick;
    }

    /** Takes the figures; see the class comment. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("flink-job-service-benchmark");
        try {
            JobServiceBenchmark benchmark =
                    new JobServiceBenchmark(
                            Path.of(arguments[0]), work, arguments[2].equals("quick"));
            benchmark.start();
            benchmark.thousandJobs();
            benchmark.upgradeGap();
            benchmark.report(Path.of(arguments[1]));
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private int repetitions() {
        return quick ? 3 : 10;
    }

    private void add(
            String name, String unit, double value, double target, boolean most, List<Double> raw) {
        Figure figure = new Figure(name, unit, value, target, most, raw);
        figures.add(figure);
        System.out.printf(
                "%-24s %10.2f %-4s target: %s %.1f  %s%n",
                name,
                value,
                unit,
                most ? "at most" : "at least",
                target,
                figure.isGood() ? "ok" : "MISSED");
    }

    private static double quantile(List<Double> values, double q) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(q * sorted.size())));
    }

    // ------------------------------------------------------------------ start, memory, CLI

    private void start() throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < repetitions(); i++) {
            try (JobService service = new JobService(tree, work.resolve("start-" + i))) {
                seconds.add(service.startSeconds());
            }
        }
        add("start.seconds", "s", quantile(seconds, 0.5), 3, true, seconds);
        try (JobService service = new JobService(tree, work.resolve("idle"));
                FakeFlink cluster = new FakeFlink()) {
            register(service, cluster.address(), 1);
            List<Double> status = new ArrayList<>();
            for (int i = 0; i < 2 * repetitions(); i++) {
                long begin = System.nanoTime();
                service.run("flink-jobs", "status", "bench/job-0");
                status.add((System.nanoTime() - begin) / 1e9);
            }
            double memory = service.memoryMegabytes();
            add("memory.idle", "MB", memory, 256, true, List.of(memory));
            add("cli.status", "s", quantile(status, 0.5), 0.5, true, status);
        }
    }

    /** One with an empty entry, whose bytes are all characters of ASCII. */
    private static String smallestJar() throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(jar)) {
            ZipEntry entry = new ZipEntry("a");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(0);
            entry.setCrc(0);
            entry.setTimeLocal(LocalDateTime.of(1980, 1, 2, 0, 0));
            zip.putNextEntry(entry);
        }
        return jar.toString(StandardCharsets.US_ASCII);
    }

    /** Registers jobs that nobody ever runs. */
    private void register(JobService service, String cluster, int jobs)
            throws IOException, InterruptedException {
        String jar = smallestJar();
        String digest;
        try {
            digest =
                    HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256")
                                            .digest(jar.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
        service.send("PUT", "/api/v1/artifacts/" + digest, jar);
        service.send("PUT", "/api/v1/clusters/fake", "{\"address\": \"" + cluster + "\"}");
        for (int i = 0; i < jobs; i++) {
            ObjectNode body = json.createObjectNode();
            body.putArray("files")
                    .addObject()
                    .put("name", "job.yaml")
                    .put(
                            "text",
                            """
                            apiVersion: flink-job-service/v1
                            kind: FlinkJob
                            metadata: {name: job-%d, namespace: bench}
                            spec:
                              target: {cluster: fake}
                              job: {jarURI: a.jar}
                              savepoints: {dir: "file://%s"}
                            """
                                    .formatted(i, work));
            body.putObject("artifacts").put("a.jar", digest);
            service.send("PUT", "/api/v1/jobs/bench/job-" + i, body.toString());
        }
    }

    // ------------------------------------------------------------------ a thousand jobs

    private void thousandJobs() throws IOException, InterruptedException {
        try (FakeFlink cluster = new FakeFlink();
                JobService service = new JobService(tree, work.resolve("thousand"))) {
            register(service, cluster.address(), JOBS);
            for (int i = 0; i < JOBS; i++) {
                service.send(
                        "POST",
                        "/api/v1/jobs/bench/job-" + i + "/operations",
                        "{\"kind\": \"submit\"}");
            }
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (jobs(service).stream()
                    .anyMatch(job -> !job.path("phase").asText().equals("RUNNING"))) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("not all jobs run after " + PATIENCE);
                }
                Thread.sleep(500);
            }
            List<Double> ages = new ArrayList<>();
            List<Double> latencies = new ArrayList<>();
            for (int i = 0; i < 10 * repetitions(); i++) {
                long begin = System.nanoTime();
                for (JsonNode job : jobs(service)) {
                    ages.add(job.path("run").path("evidenceAgeSeconds").asDouble());
                }
                latencies.add((System.nanoTime() - begin) / 1e9);
                Thread.sleep(1_000);
            }
            double memory = service.memoryMegabytes();
            add("jobs1000.memory", "MB", memory, 512, true, List.of(memory));
            add(
                    "jobs1000.status-age.p95",
                    "s",
                    quantile(ages, 0.95),
                    5,
                    true,
                    List.of(quantile(ages, 0.5), quantile(ages, 1)));
            add("jobs1000.list", "s", quantile(latencies, 0.5), 2, true, latencies);
        }
    }

    private static List<JsonNode> jobs(JobService service)
            throws IOException, InterruptedException {
        List<JsonNode> jobs = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonNode page = service.send("GET", "/api/v1/jobs?limit=" + PAGE + cursor, "");
            page.path("items").forEach(jobs::add);
            cursor = page.has("next") ? "&cursor=" + page.path("next").asText() : null;
        }
        return jobs;
    }

    // ------------------------------------------------------------------ the gap of an upgrade

    private void upgradeGap() throws IOException, InterruptedException {
        Path savepoints = work.resolve("savepoints");
        try (SessionCluster cluster =
                        SessionCluster.start(
                                tree,
                                2,
                                Map.of(
                                        "execution.checkpointing.interval",
                                        "1 s",
                                        "execution.checkpointing.dir",
                                        work.resolve("checkpoints").toUri().toString()));
                JobService service = new JobService(tree, work.resolve("upgrade"))) {
            List<Double> ours = withService(cluster, service, savepoints);
            List<Double> scripts = withScripts(cluster, service, savepoints);
            double ratio = quantile(scripts, 0.5) / quantile(ours, 0.5);
            add("upgrade.gap.service", "s", quantile(ours, 0.5), 3, true, ours);
            add("upgrade.gap.scripts", "s", quantile(scripts, 0.5), 60, true, scripts);
            add("upgrade.gap", "x", ratio, 3, false, List.of(ratio));
        }
    }

    /** The arguments of a job that reads a part of its file and then waits. */
    private List<String> arguments(String name) {
        Path flights = tree.resolve("examples/flights");
        return List.of(
                "--input",
                flights.resolve("data/flights-2001-01.csv.gz").toString(),
                "--output",
                work.resolve(name + "-hourly").toString(),
                "--late",
                work.resolve(name + "-late").toString(),
                "--hold-at",
                "1000");
    }

    private List<Double> withService(SessionCluster cluster, JobService service, Path savepoints)
            throws IOException, InterruptedException {
        service.run("flink-jobs", "cluster", "add", "local", cluster.address());
        List<String> run =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--name",
                                "bench/flights",
                                "-p",
                                "1",
                                "-Dexecution.checkpointing.savepoint-dir=" + savepoints.toUri(),
                                tree.resolve("examples/flights/FlightDelays.jar").toString()));
        run.addAll(arguments("service"));
        service.run("flink-jobs", run.toArray(new String[0]));
        List<Double> gaps = new ArrayList<>();
        String job = flinkJob(service);
        for (int i = 0; i < repetitions(); i++) {
            service.run("flink-jobs", "restart", "bench/flights", "--wait");
            String next = flinkJob(service);
            gaps.add(gap(cluster, job, next));
            job = next;
        }
        service.run("flink-jobs", "cancel", "bench/flights", "--wait");
        return gaps;
    }

    private static String flinkJob(JobService service) throws IOException, InterruptedException {
        return service.send("GET", "/api/v1/jobs/bench/flights", "")
                .path("run")
                .path("flinkJobId")
                .asText();
    }

    private List<Double> withScripts(SessionCluster cluster, JobService service, Path savepoints)
            throws IOException, InterruptedException {
        String address = cluster.address().replace("http://", "");
        String jar = tree.resolve("examples/flights/FlightDelays.jar").toString();
        List<String> run = new ArrayList<>(List.of("run", "-m", address, "-d", "-p", "1", jar));
        run.addAll(arguments("scripts"));
        String job = found(JOB_ID, service.run("flink", run.toArray(new String[0])));
        List<Double> gaps = new ArrayList<>();
        for (int i = 0; i < repetitions(); i++) {
            awaitTasks(cluster, job);
            String stopped =
                    service.run("flink", "stop", "-m", address, "-p", savepoints.toString(), job);
            List<String> again = new ArrayList<>(run);
            again.addAll(1, List.of("-s", found(SAVEPOINT, stopped)));
            String next = found(JOB_ID, service.run("flink", again.toArray(new String[0])));
            awaitTasks(cluster, next);
            gaps.add(gap(cluster, job, next));
            job = next;
        }
        service.run("flink", "cancel", "-m", address, job);
        return gaps;
    }

    private static String found(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("there is no " + pattern + " in " + text);
        }
        return matcher.group(matcher.groupCount());
    }

    private JsonNode job(SessionCluster cluster, String id)
            throws IOException, InterruptedException {
        return json.readTree(
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(cluster.address() + "/jobs/" + id))
                                        .build(),
                                BodyHandlers.ofString())
                        .body());
    }

    private void awaitTasks(SessionCluster cluster, String id)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode tasks = job(cluster, id).path("status-counts");
            int all = 0;
            for (JsonNode count : tasks) {
                all += count.asInt();
            }
            if (all > 0 && tasks.path("RUNNING").asInt() == all) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("the tasks of " + id + " do not run after " + PATIENCE);
            }
            Thread.sleep(100);
        }
    }

    /** From the end of a run to the time at which its successor runs. */
    private double gap(SessionCluster cluster, String ended, String next)
            throws IOException, InterruptedException {
        awaitTasks(cluster, next);
        long end = job(cluster, ended).path("timestamps").path("FINISHED").asLong();
        long start = job(cluster, next).path("timestamps").path("RUNNING").asLong();
        if (end <= 0 || start <= 0) {
            throw new IOException(ended + " has not finished, or " + next + " does not run");
        }
        return (start - end) / 1e3;
    }

    // ------------------------------------------------------------------ the report

    private void report(Path file) throws IOException {
        ArrayNode cases = json.createArrayNode();
        for (Figure figure : figures) {
            ObjectNode node = cases.addObject();
            node.put("case", figure.name()).put("unit", figure.unit());
            node.put("value", figure.value()).put("target", figure.target());
            node.put("good", figure.isGood());
            figure.raw().forEach(node.putArray("raw")::add);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, cases.toPrettyString() + "\n");
        String missed =
                figures.stream()
                        .filter(figure -> !figure.isGood())
                        .map(Figure::name)
                        .collect(Collectors.joining(", "));
        System.out.println(missed.isEmpty() ? "all targets met" : "missed: " + missed);
        System.out.println("report: " + file);
    }
}
