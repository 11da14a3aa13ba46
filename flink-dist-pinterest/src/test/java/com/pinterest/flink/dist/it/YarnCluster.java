// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * YARN and HDFS in a process of their own, and an installation of the distribution that is
 * configured for them as a user does it. Each test must end all its applications: that nothing runs
 * after it is checked, also that no process is left after the last.
 */
final class YarnCluster
        implements BeforeAllCallback,
                AfterEachCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler {

    /** A directory on HDFS; which HDFS is said by Hadoop's configuration. */
    static final String HDFS = "hdfs:///flink";

    private static final Pattern FOUND =
            Pattern.compile("Found Web Interface (\\S+) of application '(application_\\d+_\\d+)'");

    private static final Pattern LOG_FILE = Pattern.compile(".*\\.(log|out|err)");

    /** The build's directory with the jars of Hadoop, and with the class that starts it. */
    private static final Path HADOOP = Path.of(FlinkTree.property("hadoop.test.cluster"));

    private static final String LAUNCHER = "com.pinterest.flink.hadoop.HadoopTestCluster";

    private FlinkInstallation installation;
    private RunningProcess hadoop;

    /** An application as a client found it. */
    record Application(String id, JobManagerRest rest) {

        /** What makes bin/flink turn to it. */
        String[] addressedBy(String action, String... options) {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    action,
                                    "-t",
                                    "yarn-application",
                                    "-Dyarn.application.id=" + id));
            command.addAll(List.of(options));
            return command.toArray(new String[0]);
        }
    }

    // ------------------------------------------------------------------ life cycle

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        configure();
        setHadoopEnvironment(installation, hadoopConfiguration());
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("LANG", "C.UTF-8");
        // Handed to the containers.
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("HADOOP_CONF_DIR", hadoopConfiguration().toString());
        Path directory = installation.directory("hadoop");
        hadoop =
                RunningProcess.startWithInput(
                        directory,
                        environment,
                        RunningProcess.javaCommand(
                                List.of(
                                        "-Xmx1g",
                                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                        "-Dtest.build.data=" + directory,
                                        "-cp",
                                        HADOOP.resolve("classes") + ":" + hadoopClassPath(),
                                        LAUNCHER)));
        try {
            Path ready = hadoopConfiguration().resolve("yarn-site.xml");
            Await.until(
                    "the end of Hadoop, or its configuration",
                    () -> !hadoop.handle().isAlive() || Files.exists(ready));
            assertThat(ready).as("Hadoop's output is in %s", directory).exists();
        } catch (AssertionError e) {
            installation.keepFiles();
            installation.close();
            throw e;
        }
    }

    private void configure() throws IOException {
        Map<String, String> settings = ClusterSettings.in(installation.directory("data"));
        // On YARN these are chosen for each application.
        settings.keySet()
                .removeAll(
                        List.of(
                                "rest.port",
                                "jobmanager.rpc.port",
                                "blob.server.port",
                                "io.tmp.dirs"));
        settings.put("execution.checkpointing.interval", "1 s");
        settings.put("execution.checkpointing.dir", HDFS + "/checkpoints");
        settings.put("execution.checkpointing.savepoint-dir", HDFS + "/savepoints");
        settings.put("jobmanager.archive.fs.dir", archive().toUri().toString());
        // Where yarn-session.sh tells flink of its session; not /tmp, which others use too.
        settings.put("yarn.properties-file.location", installation.directory("session").toString());
        installation.configure(settings);
    }

    private Path archive() throws IOException {
        return installation.directory("archive");
    }

    /** Where the files of Hadoop's own configuration are. */
    Path hadoopConfiguration() throws IOException {
        return installation.directory("hadoop/conf");
    }

    /** Sets the two variables that a user sets for YARN. */
    static void setHadoopEnvironment(FlinkInstallation installation, Path configuration) {
        installation.setEnvironment("HADOOP_CLASSPATH", hadoopClassPath());
        installation.setEnvironment("HADOOP_CONF_DIR", configuration.toString());
    }

    private static String hadoopClassPath() {
        return HADOOP.resolve("hadoop") + "/*";
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        installation.keepFiles();
        System.err.println(context.getDisplayName() + ":");
        System.err.println(installation.interestingLogLines());
        System.err.println(FlinkInstallation.interestingLines(containerLogs()));
        throw failure;
    }

    private List<Path> containerLogs() throws IOException {
        // Not the working directories beside them, whose files come and go.
        Path hadoopFiles = installation.directory("hadoop/yarn");
        List<Path> logs = new ArrayList<>();
        try (Stream<Path> runs = Files.list(hadoopFiles)) {
            for (Path run : runs.toList()) {
                for (Path directory : FlinkTree.files(run, "*-logDir-*")) {
                    try (Stream<Path> files = Files.walk(directory)) {
                        files.filter(file -> LOG_FILE.matcher(file.toString()).matches())
                                .forEach(logs::add);
                    }
                }
            }
        }
        return logs;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (context.getExecutionException().isPresent()) {
            for (String application : runningApplications()) {
                yarn("-kill", application);
            }
        }
        Await.until("no running application", () -> runningApplications().isEmpty());
        Await.until(
                "the end of all containers",
                () -> installation.processes().equals(List.of(hadoop.handle())));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (hadoop == null) {
            return;
        }
        try {
            hadoop.endInput("").await(Await.PATIENCE).succeeded();
            installation.awaitNoProcess();
        } finally {
            installation.close();
        }
    }

    FlinkInstallation installation() {
        return installation;
    }

    /** A directory for the files of a test, gone after the last one. */
    Path directory(String name) throws IOException {
        return installation.directory("files/" + name);
    }

    // ------------------------------------------------------------------ applications

    /** Runs bin/flink, which must succeed and find or start an application. */
    Application application(String... arguments) throws IOException, InterruptedException {
        return foundBy(installation.run("flink", arguments).succeeded());
    }

    /** The application that a client found or started. */
    static Application foundBy(ProcessResult client) {
        Matcher matcher = FOUND.matcher(client.stdout());
        assertThat(matcher.find()).as("application in: %s", client).isTrue();
        return new Application(matcher.group(2), JobManagerRest.at(matcher.group(1)));
    }

    /** The only job of an application, once it is there. */
    static String jobOf(Application application) {
        return Await.value(
                "a job of " + application.id(),
                () -> {
                    JsonNode jobs = application.rest().get("/jobs").get("jobs");
                    return Stream.of(jobs)
                            .filter(list -> list.size() == 1)
                            .map(list -> list.get(0).get("id").asText())
                            .findFirst();
                });
    }

    /** The Java processes of TaskManagers. */
    List<ProcessHandle> taskManagers() {
        return installation.processes().stream().filter(YarnCluster::isTaskManager).toList();
    }

    private static boolean isTaskManager(ProcessHandle process) {
        try {
            List<String> arguments =
                    List.of(
                            Files.readString(
                                            Path.of(
                                                    "/proc",
                                                    Long.toString(process.pid()),
                                                    "cmdline"))
                                    .split("\0"));
            return arguments.contains("org.apache.flink.yarn.YarnTaskExecutorRunner");
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /** The ids of all jobs that have ended. */
    Set<String> archivedJobs() throws IOException {
        try (Stream<Path> files = Files.walk(archive())) {
            return files.filter(file -> file.getParent().endsWith("jobs"))
                    .map(file -> file.getFileName().toString())
                    .collect(toCollection(TreeSet::new));
        }
    }

    /**
     * A part of what the REST interface said about a job when it ended: in application mode the
     * interface ends with the job.
     */
    JsonNode archived(String job, String part) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.walk(archive())) {
            Path file =
                    files.filter(path -> path.endsWith(job))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no archive of " + job));
            for (JsonNode entry : json.readTree(file.toFile()).get("archive")) {
                if (entry.get("path").asText().equals("/jobs/" + job + part)) {
                    return json.readTree(entry.get("json").asText());
                }
            }
        }
        throw new IOException("the archive of " + job + " has no " + part);
    }

    // ------------------------------------------------------------------ Hadoop's commands

    /** Waits until YARN says that an application has ended, which must be in this final state. */
    void awaitFinished(Application application, String finalState)
            throws IOException, InterruptedException {
        Await.until(
                "the end of " + application.id(),
                () ->
                        List.of("FINISHED", "FAILED", "KILLED")
                                .contains(field(application, "State")));
        assertThat(field(application, "Final-State")).isEqualTo(finalState);
    }

    private String field(Application application, String name)
            throws IOException, InterruptedException {
        String report = yarn("-status", application.id()).stdout();
        Matcher matcher = Pattern.compile("(?m)^\t" + name + " : (\\w+)$").matcher(report);
        assertThat(matcher.find()).as("%s in: %s", name, report).isTrue();
        return matcher.group(1);
    }

    /** The ids of applications that have not ended. */
    List<String> runningApplications() throws IOException, InterruptedException {
        String list = yarn("-list").stdout();
        assertThat(list).contains("Total number of applications");
        return Pattern.compile("(?m)^application_\\S+")
                .matcher(list)
                .results()
                .map(match -> match.group())
                .toList();
    }

    /** What the command "yarn application" does. */
    private ProcessResult yarn(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("application"));
        command.addAll(List.of(arguments));
        return hadoopCommand("org.apache.hadoop.yarn.client.cli.ApplicationCLI", command);
    }

    /** What the command "hdfs dfs" does. */
    ProcessResult hdfs(String... arguments) throws IOException, InterruptedException {
        return hadoopCommand("org.apache.hadoop.fs.FsShell", List.of(arguments));
    }

    private ProcessResult hadoopCommand(String mainClass, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of("-cp", hadoopConfiguration() + ":" + hadoopClassPath(), mainClass));
        command.addAll(arguments);
        return RunningProcess.startJava(installation.directory("commands"), command)
                .await(Await.PATIENCE)
                .succeeded();
    }
}
