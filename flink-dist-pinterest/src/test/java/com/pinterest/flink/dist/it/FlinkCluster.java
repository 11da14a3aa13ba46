// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A session cluster of separate processes, started by start-cluster.sh before the first test of a
 * class and gone after the last. When a test fails, what is interesting in the logs is printed.
 */
final class FlinkCluster
        implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {

    private static final int START_ATTEMPTS = 3;
    private static final String FENCES = "fences";
    private static final Pattern SUBMITTED =
            Pattern.compile("Job has been submitted with JobID ([0-9a-f]{32})");

    private final FlinkTree tree;
    private final int taskManagers;
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> directories = new TreeMap<>();

    private Supplier<Map<String, String>> laterSettings = Map::of;
    private final List<String> plugins = new ArrayList<>();

    private FlinkTree guestTree;
    private boolean highlyAvailable;
    private boolean secure;
    private TlsCertificate certificate;
    private HttpClient tlsClient;
    private FlinkInstallation installation;
    private FlinkInstallation guest;
    private Path libDirectory;
    private Path javaHome;
    private int restPort;
    private List<Integer> restPorts;

    private FlinkCluster(FlinkTree tree, int taskManagers) {
        this.tree = tree;
        this.taskManagers = taskManagers;
    }

    static FlinkCluster of(FlinkTree tree, int taskManagers) {
        return new FlinkCluster(tree, taskManagers);
    }

    /** Adds to, or takes the place of, a setting of {@link ClusterSettings}. */
    FlinkCluster with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** As {@link #with}, for settings that are known when the cluster starts. */
    FlinkCluster with(Supplier<Map<String, String>> someSettings) {
        laterSettings = someSettings;
        return this;
    }

    /** As {@link #with}, the value being a directory of {@link #data}. */
    FlinkCluster withDirectory(String key, String name) {
        directories.put(key, name);
        return this;
    }

    /** Runs only jobs of a job service, which has the fences in a directory of {@link #data}. */
    FlinkCluster guarded() {
        return with("job-guard.mode", "names").withDirectory("job-guard.directory", FENCES);
    }

    /** With a REST interface that takes nobody who does not have {@link #certificate}. */
    FlinkCluster withTls() {
        secure = true;
        return this;
    }

    /** Copies a jar of opt/ into a directory of plugins/, as a user does it. */
    FlinkCluster withPlugin(String jar) {
        plugins.add(jar);
        return this;
    }

    /** Adds a TaskManager of another tree, with the same configuration. */
    FlinkCluster joinedBy(FlinkTree other) {
        guestTree = other;
        return this;
    }

    /** Adds a second JobManager, and the ZooKeeper of the tree, which knows the leader. */
    FlinkCluster highlyAvailable() {
        highlyAvailable = true;
        return with("high-availability.type", "zookeeper")
                .withDirectory("high-availability.storageDir", "ha")
                // Two JobManagers on this host cannot have the same.
                .with("blob.server.port", "0");
    }

    // ------------------------------------------------------------------ life cycle

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        close();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        System.err.println(context.getDisplayName() + ":");
        showLogs();
        throw failure;
    }

    private void showLogs() throws IOException {
        for (FlinkInstallation shown : installations()) {
            shown.keepFiles();
            System.err.println(shown.interestingLogLines());
        }
    }

    private List<FlinkInstallation> installations() {
        return Stream.of(installation, guest).filter(Objects::nonNull).toList();
    }

    /** Starts the cluster with other jars in lib/ than the tree's. */
    void start(Path lib) throws IOException, InterruptedException {
        libDirectory = lib;
        start();
    }

    /** Starts the cluster, and later its clients, with another Java than that of all tests. */
    void startOnJava(Path home) throws IOException, InterruptedException {
        javaHome = home;
        start();
    }

    private void start() throws IOException, InterruptedException {
        installation = FlinkInstallation.of(tree);
        if (javaHome != null) {
            installation.setJavaHome(javaHome);
        }
        if (libDirectory != null) {
            installation.setEnvironment("FLINK_LIB_DIR", libDirectory.toString());
        }
        for (String plugin : plugins) {
            installPlugin(plugin);
        }
        installation.write("conf/workers", "localhost\n".repeat(taskManagers));
        if (guestTree != null) {
            guest = FlinkInstallation.of(guestTree);
        }
        try {
            // More than once: a port that was free can be taken by the time the cluster wants it.
            for (int attempt = 1; !startOnce(); attempt++) {
                if (attempt == START_ATTEMPTS) {
                    throw new AssertionError("The cluster does not start");
                }
                installations().forEach(FlinkInstallation::killAll);
            }
        } catch (IOException | InterruptedException | AssertionError e) {
            showLogs();
            close();
            throw e;
        }
    }

    private void installPlugin(String jar) throws IOException {
        Path directory = installation.directory("plugins");
        for (Path source : FlinkTree.files(tree.opt(), jar)) {
            String name = source.getFileName().toString();
            Files.copy(
                    source,
                    installation.directory("plugins/" + name.replace(".jar", "")).resolve(name));
        }
        installation.setEnvironment("FLINK_PLUGINS_DIR", directory.toString());
    }

    private boolean startOnce() throws IOException, InterruptedException {
        Map<String, String> configuration = ClusterSettings.in(installation.directory("data"));
        configuration.putAll(settings);
        configuration.putAll(laterSettings.get());
        for (Map.Entry<String, String> entry : directories.entrySet()) {
            configuration.put(entry.getKey(), data(entry.getValue()).toUri().toString());
        }
        if (secure && certificate == null) {
            certificate = TlsCertificate.in(installation.directory("tls"));
            tlsClient = HttpClient.newBuilder().sslContext(certificate.context()).build();
        }
        if (secure) {
            configuration.putAll(certificate.settings());
        }
        restPort = Integer.parseInt(configuration.get("rest.port"));
        if (highlyAvailable) {
            int zooKeeperPort = startZooKeeper();
            configuration.put("high-availability.zookeeper.quorum", "localhost:" + zooKeeperPort);
            restPorts = List.of(restPort, Ports.free());
            installation.write(
                    "conf/masters",
                    restPorts.stream().map("localhost:%d%n"::formatted).collect(joining()));
        }
        installation.configure(configuration);
        installation.run("start-cluster.sh").succeeded();
        int jobManagers = installation.daemons("standalonesession").size();
        if (guest != null) {
            guest.configureAs(installation);
            guest.run("taskmanager.sh", "start").succeeded();
        }
        int expected = taskManagers + (guest == null ? 0 : 1);
        int started = jobManagers + expected + (highlyAvailable ? 1 : 0);
        Await.until(
                "the end of a process, or " + expected + " TaskManagers",
                () -> running() < started || taskManagers() == expected);
        return running() == started;
    }

    /** How many processes of the cluster run, all scripts having ended. */
    private int running() {
        return installations().stream().mapToInt(one -> one.processes().size()).sum();
    }

    private int startZooKeeper() throws IOException, InterruptedException {
        int port = Ports.free();
        installation.write(
                "conf/zoo.cfg",
                """
                tickTime=2000
                dataDir=%s
                clientPort=%d
                clientPortAddress=localhost
                """
                        .formatted(data("zookeeper"), port));
        installation.run("zookeeper.sh", "start", "1").succeeded();
        installation.await(
                "ZooKeeper at its port",
                installation.daemon("zookeeper"),
                () -> Ports.answers(port));
        return port;
    }

    /** Kills the cluster; does nothing if it was not started. */
    void close() throws IOException {
        // All first, so that nothing that goes wrong with the files of one lets the other run.
        installations().forEach(FlinkInstallation::killAll);
        for (FlinkInstallation closed : installations()) {
            closed.close();
            assertThat(closed.processes()).isEmpty();
        }
    }

    FlinkInstallation installation() {
        return installation;
    }

    /** The TaskManager that {@link #joinedBy} added. */
    FlinkInstallation guest() {
        return guest;
    }

    /** A directory for the data of the cluster itself, gone after the last test. */
    Path data(String name) throws IOException {
        return installation.directory("data/" + name);
    }

    /** Forgets all jobs of a {@link #guarded} cluster, for a service that begins anew. */
    void clearFences() throws IOException {
        try (Stream<Path> files = Files.walk(data(FENCES))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    // ------------------------------------------------------------------ REST

    int restPort() {
        return restPort;
    }

    /** Those of a highly available cluster's JobManagers, in the order of their start. */
    List<Integer> restPorts() {
        return restPorts;
    }

    /** The certificate of a cluster {@link #withTls}, once it runs. */
    TlsCertificate certificate() {
        return certificate;
    }

    /**
     * Waits until one of the JobManagers of a highly available cluster leads, and turns to it.
     *
     * @return its number
     */
    int awaitLeader() throws IOException {
        Await.until("a leader", () -> leads(0) || leads(1));
        int leader = leads(0) ? 0 : 1;
        turnTo(restPorts.get(leader));
        return leader;
    }

    /** Waits until a JobManager has become the leader, and turns to it. */
    void awaitLeadership(int jobManager) {
        Await.until("another leader", () -> leads(jobManager));
        turnTo(restPorts.get(jobManager));
    }

    /** Whether the JobManager of this number has become the leader. */
    boolean leads(int jobManager) throws IOException {
        return installation
                .log("standalonesession-" + jobManager)
                .contains(" was granted leadership with leaderSessionID=");
    }

    /** Sends all later requests to the JobManager at another port. */
    void turnTo(int otherRestPort) {
        restPort = otherRestPort;
    }

    /** That of the JobManager that requests go to. */
    JobManagerRest rest() {
        return secure ? JobManagerRest.at(restPort, tlsClient) : JobManagerRest.at(restPort);
    }

    /** As {@link JobManagerRest#get}. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return rest().get(path);
    }

    /** As {@link #get(String)}, from another service of this host. */
    JsonNode get(int port, String path) throws IOException, InterruptedException {
        return JobManagerRest.at(port).get(path);
    }

    /** As {@link JobManagerRest#text}. */
    String text(String path) throws IOException, InterruptedException {
        return rest().text(path);
    }

    /** As {@link JobManagerRest#taskManagers}. */
    int taskManagers() throws IOException, InterruptedException {
        return rest().taskManagers();
    }

    // ------------------------------------------------------------------ jobs

    /** Runs bin/flink to its end. */
    ProcessResult flink(String... arguments) throws IOException, InterruptedException {
        return installation.run("flink", arguments);
    }

    /** Runs bin/flink, which must succeed, and returns the id of the job that it submitted. */
    String submit(String... arguments) throws IOException, InterruptedException {
        return submittedJob(flink(arguments).succeeded());
    }

    /** The id of the job that a client submitted. */
    static String submittedJob(ProcessResult client) {
        Matcher matcher = SUBMITTED.matcher(client.stdout());
        assertThat(matcher.find()).as("job id in: %s", client).isTrue();
        return matcher.group(1);
    }

    /** The jobs in one of some states. */
    List<String> jobs(JobStatus... states) throws IOException, InterruptedException {
        return rest().jobs(states);
    }

    String state(String job) throws IOException, InterruptedException {
        return rest().state(job);
    }

    /** As {@link JobManagerRest#awaitState}. */
    void awaitState(String job, String state) {
        rest().awaitState(job, state);
    }

    /** As {@link JobManagerRest#rowsRead(String)}. */
    long rowsRead(String job) throws IOException, InterruptedException {
        return rest().rowsRead(job);
    }

    /** As {@link JobManagerRest#awaitRowsRead}. */
    void awaitRowsRead(String job, long rows) {
        rest().awaitRowsRead(job, rows);
    }

    /** As {@link JobManagerRest#checkpoints}. */
    int checkpoints(String job, String count) throws IOException, InterruptedException {
        return rest().checkpoints(job, count);
    }

    /** As {@link JobManagerRest#awaitTwoCheckpoints}. */
    void awaitTwoCheckpoints(String job) throws IOException, InterruptedException {
        rest().awaitTwoCheckpoints(job);
    }

    /** A directory for the files of a test, gone after the last one. */
    Path directory(String name) throws IOException {
        return Files.createDirectories(installation.directory("files").resolve(name));
    }
}
