// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;

/**
 * One of the trees with a private configuration, log and pid directory, so that several can be used
 * at a time and the tree itself stays as it is. Scripts get a clean environment.
 *
 * <p>{@link #close()} kills what still runs. Processes are known by a directory of this
 * installation in their environment, so that daemons which left their parent are found too, as are
 * YARN's containers. Needs {@code /proc}.
 */
final class FlinkInstallation implements AutoCloseable {

    private static final Pattern INTERESTING =
            Pattern.compile(
                    ".*(\\b(WARN|ERROR|FATAL)\\b|Exception|Error:|^\\s+at |switched from).*");
    private static final int LOG_LINES_SHOWN = 60;

    private final FlinkTree tree;
    private final Path work;
    private final Map<String, String> environment = new TreeMap<>();

    /** For a test JVM that is told to stop before it has closed what it opened. */
    private final Thread atShutdown = new Thread(this::killAll);

    private boolean keepFiles;

    private FlinkInstallation(FlinkTree tree, Path work) {
        this.tree = tree;
        this.work = work;
    }

    static FlinkInstallation of(FlinkTree tree) throws IOException {
        Path parent = Files.createDirectories(Path.of("target", "it-work").toAbsolutePath());
        Path work = Files.createTempDirectory(parent, tree.name().toLowerCase(Locale.ROOT));
        FlinkInstallation installation = new FlinkInstallation(tree, work);
        installation.prepare();
        Runtime.getRuntime().addShutdownHook(installation.atShutdown);
        return installation;
    }

    private void prepare() throws IOException {
        Path conf = directory("conf");
        try (Stream<Path> files = Files.list(tree.home().resolve("conf"))) {
            for (Path file : files.toList()) {
                Files.copy(file, conf.resolve(file.getFileName()));
            }
        }
        keepLogsInOnePiece(conf.resolve("log4j.properties"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", FlinkTree.property("it.java.home"));
        environment.put("HOME", work.toString());
        environment.put("USER", "tester");
        environment.put("LANG", "C.UTF-8");
        environment.put("FLINK_CONF_DIR", conf.toString());
        environment.put("FLINK_LOG_DIR", directory("log").toString());
        environment.put("FLINK_PID_DIR", directory("pids").toString());
    }

    /**
     * Pekko's class loader gives a service a second Log4j context, whose start-up policy rolls the
     * file once more if the JVM and the file are of the same second (FLINK-24169, LOG4J2-3155).
     * Then the first lines are not in the file that the JobManager serves, now and then.
     */
    private static void keepLogsInOnePiece(Path log4j) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(log4j));
        if (!lines.removeIf(line -> line.contains("OnStartupTriggeringPolicy"))) {
            throw new IOException(log4j + " has no start-up policy any more");
        }
        Files.write(log4j, lines);
    }

    // ------------------------------------------------------------------ set-up

    FlinkTree tree() {
        return tree;
    }

    /** A directory of the test's own, made if need be. */
    Path directory(String name) throws IOException {
        return Files.createDirectories(work.resolve(name));
    }

    /** Writes a file of the test's own. */
    Path write(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    Path configurationFile() {
        return work.resolve("conf").resolve("config.yaml");
    }

    /** Takes over the config.yaml of another installation. */
    void configureAs(FlinkInstallation other) throws IOException {
        Files.copy(
                other.configurationFile(),
                configurationFile(),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Sets keys of config.yaml, the shipped one with what was set before. */
    void configure(Map<String, String> settings) throws IOException {
        Configuration configuration =
                GlobalConfiguration.loadConfiguration(work.resolve("conf").toString());
        settings.forEach(configuration::setString);
        Files.write(
                configurationFile(),
                ConfigurationUtils.convertConfigToWritableLines(configuration, false));
    }

    /** The Java of the processes. */
    Path javaHome() {
        return Path.of(environment.get("JAVA_HOME"));
    }

    void setJavaHome(Path javaHome) {
        environment.put("JAVA_HOME", javaHome.toString());
    }

    void setEnvironment(String variable, String value) {
        environment.put(variable, value);
    }

    void unsetEnvironment(String variable) {
        environment.remove(variable);
    }

    /** Lets {@link #close()} leave the files for whoever looks into a failure. */
    void keepFiles() {
        keepFiles = true;
    }

    // ------------------------------------------------------------------ running

    /** Runs a script of bin/ to its end. */
    ProcessResult run(String script, String... arguments) throws IOException, InterruptedException {
        return start(script, arguments).await(Await.PATIENCE);
    }

    RunningProcess start(String script, String... arguments) throws IOException {
        return startProgram(tree.home().resolve("bin").resolve(script), arguments);
    }

    /** Starts a program that need not be one of bin/. */
    RunningProcess startProgram(Path program, String... arguments) throws IOException {
        return RunningProcess.start(work, environment, command(program, arguments));
    }

    /** Runs a script of bin/ that reads a text to its end. */
    ProcessResult runWithInput(String text, String script, String... arguments)
            throws IOException, InterruptedException {
        Path program = tree.home().resolve("bin").resolve(script);
        return RunningProcess.startWithInput(work, environment, command(program, arguments))
                .endInput(text)
                .await(Await.PATIENCE);
    }

    private static List<String> command(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** The process that the script started last for a service and that {@code stop} would end. */
    ProcessHandle daemon(String service) throws IOException {
        List<String> pids = pids(service);
        return process(service, pids.get(pids.size() - 1));
    }

    /** The processes of a service in the order of their start, which also numbers their logs. */
    List<ProcessHandle> daemons(String service) throws IOException {
        List<ProcessHandle> daemons = new ArrayList<>();
        for (String pid : pids(service)) {
            daemons.add(process(service, pid));
        }
        return daemons;
    }

    private List<String> pids(String service) throws IOException {
        return Files.readAllLines(work.resolve("pids").resolve("flink-tester-" + service + ".pid"));
    }

    private static ProcessHandle process(String service, String pid) throws IOException {
        return ProcessHandle.of(Long.parseLong(pid))
                .orElseThrow(() -> new IOException(service + " does not run any more"));
    }

    boolean hasPidFiles() throws IOException {
        try (Stream<Path> files = Files.list(work.resolve("pids"))) {
            return files.findAny().isPresent();
        }
    }

    /** All processes that were started from here and still run. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(this::isRunning).toList();
    }

    /** Whether a process was started from here and has not ended; a zombie has. */
    boolean isRunning(ProcessHandle process) {
        // That of a zombie is empty, and another user's cannot be read.
        Path file = Path.of("/proc", Long.toString(process.pid()), "environ");
        try {
            return new String(Files.readAllBytes(file), UTF_8).contains("=" + work + "/");
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for something that a process brings about, as long as it runs. */
    void await(String what, ProcessHandle process, Await.Condition condition) {
        Await.until(
                what,
                () -> {
                    if (!isRunning(process)) {
                        throw new AssertionError("Process " + process.pid() + " ended: " + what);
                    }
                    return condition.holds();
                });
    }

    /** Waits for the end of what was told to end, or killed. */
    void awaitNoProcess() {
        Await.until("the end of all processes", () -> processes().isEmpty());
    }

    // ------------------------------------------------------------------ logs

    /** The text of all log and .out files of a service. */
    String log(String service) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : logFiles()) {
            if (file.getFileName().toString().contains("-" + service + "-")) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    /** The last warnings, errors and state changes in each log file. */
    String interestingLogLines() throws IOException {
        return "Files are in " + work + "\n" + interestingLines(logFiles());
    }

    /** As {@link #interestingLogLines}, of any log files. */
    static String interestingLines(List<Path> logFiles) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : logFiles) {
            List<String> lines =
                    Files.readAllLines(file).stream()
                            .filter(line -> INTERESTING.matcher(line).matches())
                            .toList();
            text.append("=== ").append(file.getFileName()).append('\n');
            lines.stream()
                    .skip(Math.max(0, lines.size() - LOG_LINES_SHOWN))
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    private List<Path> logFiles() throws IOException {
        try (Stream<Path> files = Files.list(work.resolve("log"))) {
            return files.sorted().toList();
        }
    }

    // ------------------------------------------------------------------ end

    /** Kills what runs, without giving it time for anything. */
    void killAll() {
        Await.until(
                "the end of all processes",
                () -> {
                    List<ProcessHandle> running = processes();
                    running.forEach(ProcessHandle::destroyForcibly);
                    return running.isEmpty();
                });
    }

    @Override
    public void close() throws IOException {
        killAll();
        Runtime.getRuntime().removeShutdownHook(atShutdown);
        if (keepFiles) {
            return;
        }
        try (Stream<Path> files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public String toString() {
        return tree + " in " + work;
    }
}
