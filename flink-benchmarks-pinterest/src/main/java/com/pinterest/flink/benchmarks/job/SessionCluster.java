// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A JobManager and TaskManagers of a tree, started by its scripts, with the configuration and
 * logging of the tree in a separate directory. {@link #close} kills all, and so does the end of
 * this process.
 */
public final class SessionCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final long POLL_MILLISECONDS = 100;

    private static final int FIRST_PORT = 20_000;
    private static final int END_OF_PORTS = 32_000;
    private static final int TRIES = 100;

    private final Path tree;
    private final int slots;
    private final List<TaskManager> taskManagers;
    private final Path work;
    private final int restPort;
    private final List<Process> processes = new ArrayList<>();
    private final Thread atShutdown = new Thread(this::end);
    private boolean ended;

    /**
     * A TaskManager.
     *
     * @param prefix a command that runs the command that follows it, such as {@code nice}; empty
     *     for none
     * @param options arguments of the script
     */
    public record TaskManager(List<String> prefix, List<String> options) {}

    private SessionCluster(Path tree, int slots, List<TaskManager> taskManagers)
            throws IOException {
        this.tree = tree;
        this.slots = slots;
        this.taskManagers = List.copyOf(taskManagers);
        this.restPort = freePort();
        this.work = Files.createTempDirectory("flink-benchmark");
    }

    /**
     * Starts a cluster.
     *
     * @param slots number of slots of the TaskManager, and the default parallelism
     * @param options options that are added to the configuration of the tree
     * @throws IOException if the cluster does not start; the message has the output of the
     *     processes
     */
    public static SessionCluster start(Path tree, int slots, Map<String, String> options)
            throws IOException, InterruptedException {
        return start(tree, slots, options, List.of(new TaskManager(List.of(), List.of())));
    }

    /**
     * Starts a cluster of several TaskManagers.
     *
     * @param slots number of slots of each TaskManager
     * @param options options that are added to the configuration of the tree
     * @throws IOException if the cluster does not start; the message has the output of the
     *     processes
     */
    public static SessionCluster start(
            Path tree, int slots, Map<String, String> options, List<TaskManager> taskManagers)
            throws IOException, InterruptedException {
        SessionCluster cluster = new SessionCluster(tree, slots, taskManagers);
        Runtime.getRuntime().addShutdownHook(cluster.atShutdown);
        try {
            cluster.configure(options);
            cluster.startService("jobmanager.sh", "jobmanager", List.of(), List.of());
            for (int k = 0; k < cluster.taskManagers.size(); k++) {
                cluster.startService(
                        "taskmanager.sh",
                        "taskmanager" + k,
                        cluster.taskManagers.get(k).prefix(),
                        cluster.taskManagers.get(k).options());
            }
            cluster.awaitSlots();
        } catch (IOException | InterruptedException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void configure(Map<String, String> options) throws IOException {
        Path conf = Files.createDirectory(work.resolve("conf"));
        try (Stream<Path> files = Files.list(tree.resolve("conf"))) {
            for (Path file : files.toList()) {
                Files.copy(file, conf.resolve(file.getFileName()));
            }
        }
        Configuration configuration = GlobalConfiguration.loadConfiguration(conf.toString());
        Map.of(
                        "rest.port", Integer.toString(restPort),
                        "jobmanager.rpc.port", Integer.toString(freePort()),
                        "taskmanager.numberOfTaskSlots", Integer.toString(slots),
                        "parallelism.default", Integer.toString(slots),
                        "io.tmp.dirs", work.resolve("tmp").toString(),
                        "web.tmpdir", work.resolve("tmp").toString())
                .forEach(configuration::setString);
        options.forEach(configuration::setString);
        Files.write(
                conf.resolve("config.yaml"),
                ConfigurationUtils.convertConfigToWritableLines(configuration, false));
    }

    private synchronized void startService(
            String script, String output, List<String> prefix, List<String> options)
            throws IOException {
        if (ended) {
            throw new IOException("the cluster was ended while it started");
        }
        List<String> command = new ArrayList<>(prefix);
        command.add(tree.resolve("bin").resolve(script).toString());
        command.add("start-foreground");
        command.addAll(options);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file(output));
        builder.environment().keySet().removeIf(name -> name.startsWith("FLINK_"));
        builder.environment()
                .putAll(
                        Map.of(
                                "JAVA_HOME", System.getProperty("java.home"),
                                "FLINK_CONF_DIR", work.resolve("conf").toString(),
                                "FLINK_LOG_DIR", work.toString(),
                                "FLINK_PID_DIR", work.toString()));
        processes.add(builder.start());
    }

    private String output(String name) throws IOException {
        return String.format("%s%n", Files.readString(file(name).toPath()));
    }

    private File file(String name) {
        return work.resolve(name + ".out").toFile();
    }

    private void awaitSlots() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (slotsThatAreUp() < slots * taskManagers.size()) {
            boolean late = System.nanoTime() > deadline;
            if (late || !processes.stream().allMatch(Process::isAlive)) {
                StringBuilder outputs = new StringBuilder(output("jobmanager"));
                for (int k = 0; k < taskManagers.size(); k++) {
                    outputs.append(output("taskmanager" + k));
                }
                throw new IOException(
                        String.format(
                                "the cluster of %s %s:%n%s",
                                tree, late ? "is not up in " + PATIENCE : "ended", outputs));
            }
            Thread.sleep(POLL_MILLISECONDS);
        }
    }

    private int slotsThatAreUp() throws InterruptedException {
        try {
            return get("/overview").path("slots-total").asInt();
        } catch (IOException e) {
            // Nothing listens yet.
            return 0;
        }
    }

    /** Returns the address of the REST interface. */
    public String address() {
        return "http://localhost:" + restPort;
    }

    /**
     * Asks the REST interface of the JobManager.
     *
     * @throws IOException if there is no answer
     */
    public JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address() + path)).timeout(PATIENCE).build();
        return new ObjectMapper()
                .readTree(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }

    /** Returns an environment that runs its jobs here, with the classes of a jar. */
    public StreamExecutionEnvironment environment(String jar) {
        return StreamExecutionEnvironment.createRemoteEnvironment(
                "localhost", restPort, slots, jar);
    }

    /**
     * Returns a port on which nothing listens. It is outside of the range for outgoing connections,
     * because the cluster itself makes some before it listens.
     */
    private static int freePort() throws IOException {
        for (int port : new SecureRandom().ints(TRIES, FIRST_PORT, END_OF_PORTS).toArray()) {
            try (ServerSocket socket = new ServerSocket(port, 1)) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // In use.
            }
        }
        throw new IOException(
                String.format("none of %d ports below %d is free", TRIES, END_OF_PORTS));
    }

    /** Kills the processes and any that a script started, and deletes their files. */
    private synchronized void end() {
        ended = true;
        for (Process process : processes) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly().onExit().join();
            children.forEach(ProcessHandle::destroyForcibly);
        }
        try (Stream<Path> files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(atShutdown);
    }
}
