// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A FLINK_HOME in a temporary directory: the real scripts, empty jars, and a fake {@code java} that
 * writes down each {@link Call}, answers the configuration tool's commands with canned lines and
 * plays a service by sleeping until it is killed.
 *
 * <p>The paths contain a space. PATH holds nothing but the fakes and the few programs that the
 * scripts may rely on. {@link #close()} kills what still runs.
 */
final class FakeInstallation implements AutoCloseable {

    static final String JOB_MANAGER =
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    static final String TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
    static final String HOST = "test-host";

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Path SOURCES =
            Path.of(System.getProperty("basedir", "")).resolve("src/main/dist").toAbsolutePath();

    /**
     * What the fakes need on top of the scripts' programs, and what the scripts use if it is there.
     */
    private static final List<String> OTHER_PROGRAMS = List.of("date", "env", "flock", "ls", "mv");

    private static final String RECORD =
            """
            record=%1$s/$(date +%%s%%N).$1.$$
            mkdir "$record.part"
            printf '%%s\\0' "${@:2}" > "$record.part/arguments"
            env -0 > "$record.part/environment"
            ls -l /proc/$$/fd > "$record.part/descriptors"
            mv "$record.part" "$record"
            """;

    private static final String JAVA =
            """
            #!/usr/bin/env bash
            answers=%1$s
            . "$answers/record" java "$@"
            case " $* " in
                *" UPDATE_AND_GET_FLINK_CONFIGURATION "*) . "$answers/configuration" ;;
                *" MIGRATE_LEGACY_FLINK_CONFIGURATION_TO_STANDARD_YAML "*)
                    . "$answers/configuration" ;;
                *" GET_JM_RESOURCE_PARAMS "*) cat "$answers/jobmanager" ;;
                *" GET_TM_RESOURCE_PARAMS "*) cat "$answers/taskmanager" ;;
                *" -XshowSettings:properties "*) cat "$answers/properties" ;;
                *) . "$answers/service" ;;
            esac
            """;

    private final Path root;
    private final Path answers;
    private final Path records;
    private final Path programs;
    private final Map<String, String> environment = new TreeMap<>();

    private FakeInstallation(Path root) {
        this.root = requireNonNull(root);
        this.answers = root.resolve("answers");
        this.records = root.resolve("records");
        this.programs = root.resolve("programs");
    }

    static FakeInstallation create() {
        try {
            // The real path: scripts resolve links, and the temporary directory may be one.
            FakeInstallation installation =
                    new FakeInstallation(Files.createTempDirectory("flink scripts").toRealPath());
            installation.install();
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void install() throws IOException {
        for (Path directory :
                List.of(home(), bin(), conf(), log(), lib(), opt(), answers, records, programs)) {
            Files.createDirectories(directory);
        }
        copyDirectory(SOURCES.resolve("bin"), bin());
        copyDirectory(SOURCES.resolve("conf"), conf());
        for (String jar :
                List.of("flink-dist-2.3.0.jar", "flink-cep-2.3.0.jar", "log4j-core-2.25.3.jar")) {
            addJar(lib(), jar);
        }
        for (String jar :
                List.of(
                        "flink-connector-tiered-kafka",
                        "flink-sql-client",
                        "flink-sql-gateway",
                        "flink-python")) {
            addJar(opt(), jar + "-2.3.0.jar");
        }
        ScriptPrograms.NAMES.forEach(name -> assertThat(linkProgram(name)).as(name).isPresent());
        OTHER_PROGRAMS.forEach(this::linkProgram);

        write(answers.resolve("record"), RECORD.formatted(quote(records)));
        write(answers.resolve("service"), sleepingService());
        write(answers.resolve("jobmanager"), result("-Xmx100 -Xms100", "-D jm.heap=100b"));
        write(answers.resolve("taskmanager"), result("-Xmx200 -Xms200", "-D tm.heap=200b"));
        configure();
        javaVersion(17);
        writeExecutable(programs.resolve("java"), JAVA.formatted(quote(answers)));

        set("PATH", programs.toString());
        set("HOSTNAME", HOST);
        set("USER", "tester");
        set("HOME", root.toString());
        set("FLINK_PID_DIR", pids().toString());
    }

    private static void copyDirectory(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.collect(Collectors.toList())) {
                Path copy = Files.copy(file, to.resolve(file.getFileName()));
                if (from.endsWith("bin")) {
                    Files.setPosixFilePermissions(
                            copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private Optional<Path> linkProgram(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(
                        program -> {
                            try {
                                return Files.createSymbolicLink(programs.resolve(name), program);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
    }

    // ------------------------------------------------------------------ directories

    Path home() {
        return root.resolve("flink home");
    }

    Path bin() {
        return home().resolve("bin");
    }

    Path conf() {
        return home().resolve("conf");
    }

    Path lib() {
        return home().resolve("lib");
    }

    Path opt() {
        return home().resolve("opt");
    }

    Path log() {
        return home().resolve("log");
    }

    /** Made by the scripts. */
    Path pids() {
        return root.resolve("pids");
    }

    /** A directory of the test's own. */
    Path directory(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ------------------------------------------------------------------ set-up

    void set(String variable, String value) {
        environment.put(variable, value);
    }

    void unset(String variable) {
        environment.remove(variable);
    }

    static Path addJar(Path directory, String name) {
        try {
            Files.createDirectories(directory);
            return Files.createFile(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes these the lines of the configuration, as the tool prints it with -flatten. */
    void configure(String... lines) {
        write(answers.resolve("flat"), "INFO [] - reading\n" + result(lines));
        write(answers.resolve("configuration"), "cat " + quote(answers.resolve("flat")) + "\n");
    }

    /** As {@link #configure}, but the lines as the tool prints them, with their prefixes. */
    void configureVerbatim(String output) {
        write(answers.resolve("flat"), output);
    }

    void breakConfiguration() {
        write(answers.resolve("configuration"), "echo 'line 7 is not YAML'; exit 1\n");
    }

    /** Lets the configuration tool itself read and write the configuration. */
    void useConfigurationTool() {
        write(
                answers.resolve("configuration"),
                """
                while [[ $1 != *.BashJavaUtils ]]; do shift; done
                exec %s -Dlog4j2.configurationFile=%s -classpath %s "$@"
                """
                        .formatted(
                                quote(Path.of(System.getProperty("java.home"), "bin", "java")),
                                quote(
                                        SOURCES.resolveSibling("bash-java-utils")
                                                .resolve("log4j2.properties")),
                                quote(System.getProperty("java.class.path"))));
    }

    /** What the command answers, for GET_JM_RESOURCE_PARAMS. */
    void answerJobManagerResources(String output) {
        write(answers.resolve("jobmanager"), output);
    }

    /** The version of the JDK, as its release file has it. */
    void javaVersion(int version) {
        write(root.resolve("release"), "JAVA_VERSION=\"" + version + ".0.2\"\n");
    }

    /** The version of a JDK without a release file. */
    void javaVersionOnlyFromJava(int version) {
        delete(root.resolve("release"));
        write(
                answers.resolve("properties"),
                "    java.specification.name = Java\n    java.specification.version = "
                        + version
                        + "\n");
    }

    /** Makes a main class do this, in the language of the shell, instead of sleeping. */
    void service(String script) {
        write(answers.resolve("service"), script + "\n");
    }

    /** What a service does by default: it stays until it is killed. */
    String sleepingService() {
        return "exec -a " + quote(marker()) + " sleep 3600\n";
    }

    /** Puts a program on PATH that writes its call down, then runs a script. */
    void program(String name, String script) {
        writeExecutable(
                programs.resolve(name),
                "#!/usr/bin/env bash\n. "
                        + quote(answers.resolve("record"))
                        + " "
                        + name
                        + " \"$@\"\n"
                        + script
                        + "\n");
    }

    /** Puts this machine's programs on PATH. */
    void allow(String... names) {
        for (String name : names) {
            assertThat(linkProgram(name)).as(name).isPresent();
        }
    }

    void removeProgram(String name) {
        delete(programs.resolve(name));
    }

    void hosts(String file, String content) {
        write(conf().resolve(file), content);
    }

    // ------------------------------------------------------------------ running

    ScriptRun run(String script, String... arguments) {
        return run(bin().resolve(script), arguments);
    }

    /** Runs a command line of words without blanks. */
    ScriptRun runLine(String line) {
        List<String> words = List.of(line.split(" ", -1));
        return run(words.get(0), words.subList(1, words.size()).toArray(new String[0]));
    }

    ScriptRun run(Path script, String... arguments) {
        return start(script, arguments).await();
    }

    RunningScript start(String script, String... arguments) {
        return start(bin().resolve(script), arguments);
    }

    RunningScript start(Path script, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(List.of(arguments));
        try {
            Path stdout = Files.createTempFile(root, "stdout", "");
            Path stderr = Files.createTempFile(root, "stderr", "");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(root.toFile())
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(stdout.toFile())
                            .redirectError(stderr.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new RunningScript(builder.start(), stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A script that may still run. */
    record RunningScript(Process process, Path stdout, Path stderr) {

        ScriptRun await() {
            try {
                if (!process.waitFor(PATIENCE.toSeconds(), SECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError("The script hangs: " + process.info());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
            return new ScriptRun(process.exitValue(), text(stdout), text(stderr));
        }
    }

    // ------------------------------------------------------------------ what happened

    /** The calls of a fake program, oldest first. */
    List<Call> calls(String program) {
        try (Stream<Path> files = Files.list(records)) {
            return files.filter(
                            file ->
                                    file.getFileName()
                                            .toString()
                                            .matches("\\d+\\." + program + "\\.\\d+"))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .map(Call::read)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The calls of a main class that are there by now. */
    List<Call> javaCalls(String mainClass) {
        return calls("java").stream()
                .filter(call -> call.arguments().contains(mainClass))
                .collect(Collectors.toList());
    }

    /** The calls of a main class, once there are so many: a daemon's follows the script's end. */
    List<Call> awaitJavaCalls(String mainClass, int number) {
        await(
                () -> javaCalls(mainClass).size() >= number,
                () -> number + " calls of " + mainClass + ", there are " + javaCalls(mainClass));
        List<Call> calls = javaCalls(mainClass);
        assertThat(calls).hasSize(number);
        return calls;
    }

    Call awaitJavaCall(String mainClass) {
        return awaitJavaCalls(mainClass, 1).get(0);
    }

    static void await(Supplier<Boolean> condition, Supplier<String> description) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.get()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("Did not come about: " + description.get());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    Path pidFile(String service) {
        return pids().resolve("flink-tester-" + service + ".pid");
    }

    List<Long> pids(String service) {
        return Files.exists(pidFile(service))
                ? text(pidFile(service))
                        .lines()
                        .map(Long::parseLong)
                        .collect(Collectors.toUnmodifiableList())
                : List.of();
    }

    void writePids(String service, Long... pids) {
        directory("pids");
        write(
                pidFile(service),
                Arrays.stream(pids).map(pid -> pid + "\n").collect(Collectors.joining()));
    }

    /** A process number that no process has. */
    static long deadPid() {
        try {
            Process process = new ProcessBuilder("true").start();
            process.waitFor();
            return process.pid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Whether a process of this installation runs. A zombie, which nobody may reap, does not. */
    boolean isRunning(long pid) {
        return commandLine(pid).contains(marker());
    }

    /** Empty for a process that has ended. */
    String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    private String marker() {
        return root.toString();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String result(String... lines) {
        return Arrays.stream(lines)
                .map(line -> "BASH_JAVA_UTILS_EXEC_RESULT:" + line + "\n")
                .collect(Collectors.joining());
    }

    private static String quote(Object value) {
        return "'" + value + "'";
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(
                    file,
                    content,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeExecutable(Path file, String content) {
        // It may be a link to a program of this machine, which must not be written through.
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(file, content);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        // Found by their command lines, so that one which has not written its call down yet is too.
        await(
                () -> {
                    List<ProcessHandle> processes = processes();
                    processes.forEach(ProcessHandle::destroyForcibly);
                    return processes.isEmpty();
                },
                () -> "the end of " + processes());
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> isRunning(process.pid()))
                .collect(Collectors.toUnmodifiableList());
    }
}
