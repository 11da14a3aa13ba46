// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process whose output goes to files and which has no input, unless started with one. */
final class RunningProcess {

    private final String command;
    private final Process process;
    private final Path stdout;
    private final Path stderr;

    private RunningProcess(String command, Process process, Path stdout, Path stderr) {
        this.command = command;
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /**
     * Starts a process.
     *
     * @param directory its working directory, which also gets the files with its output
     * @param environment all that it has
     */
    static RunningProcess start(
            Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        return start(directory, environment, command, Redirect.from(new File("/dev/null")));
    }

    /** As {@link #start}, with an input that {@link #endInput} ends. */
    static RunningProcess startWithInput(
            Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        return start(directory, environment, command, Redirect.PIPE);
    }

    private static RunningProcess start(
            Path directory, Map<String, String> environment, List<String> command, Redirect input)
            throws IOException {
        Path stdout = Files.createTempFile(directory, "stdout-", ".txt");
        Path stderr = Files.createTempFile(directory, "stderr-", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(input)
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new RunningProcess(String.join(" ", command), builder.start(), stdout, stderr);
    }

    /** Starts a process of this JVM's Java with an almost empty environment. */
    static RunningProcess startJava(Path directory, List<String> arguments) throws IOException {
        return startJava(directory, Map.of(), arguments);
    }

    /** As {@link #startJava(Path, List)}, with these variables in addition. */
    static RunningProcess startJava(
            Path directory, Map<String, String> variables, List<String> arguments)
            throws IOException {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("PATH", System.getenv("PATH"));
        environment.put("LANG", "C.UTF-8");
        return start(directory, environment, javaCommand(arguments));
    }

    /** A command line of this JVM's Java. */
    static List<String> javaCommand(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    /** Writes the last that the process gets to read. */
    RunningProcess endInput(String text) throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            input.write(text.getBytes(UTF_8));
        }
        return this;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits for the end; a process that does not end in time is killed and fails the test. */
    ProcessResult await(Duration patience) throws IOException, InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new AssertionError("No end after " + patience + ": " + result());
        }
        return result();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    private ProcessResult result() throws IOException {
        return new ProcessResult(
                command, process.exitValue(), Files.readString(stdout), Files.readString(stderr));
    }
}
