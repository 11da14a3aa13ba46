// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.util.TemporaryClassLoaderContext;

/**
 * The main method of a job jar, which is called up to its first {@code execute()}, as by {@code
 * flink info}. Its output is hidden.
 */
final class MainMethod {

    private final PackagedProgram program;
    private final Configuration configuration;
    private final Ending ending;

    MainMethod(PackagedProgram program, Configuration configuration, Ending ending) {
        this.program = program;
        this.configuration = configuration;
        this.ending = ending;
    }

    /** Calls the method. Whatever the method does, a result is set afterwards. */
    void call() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream kept = new PrintStream(printed, true, UTF_8);
        ReportEnvironment environment =
                new ReportEnvironment(
                        configuration,
                        program.getUserCodeClassLoader(),
                        configuration.get(CoreOptions.DEFAULT_PARALLELISM),
                        ending);
        System.setOut(kept);
        System.setErr(kept);
        environment.setAsContext();
        try (TemporaryClassLoaderContext ignored =
                TemporaryClassLoaderContext.of(program.getUserCodeClassLoader())) {
            program.invokeInteractiveModeForExecution();
        } catch (Throwable e) {
            ending.with(e);
        } finally {
            environment.unsetAsContext();
            System.setOut(out);
            System.setErr(err);
        }
        if (!ending.hasResult()) {
            ending.with(new ProgramInvocationException(noJob(before, printed.toString(UTF_8))));
        }
    }

    private String noJob(Set<Thread> before, String printed) {
        String threads =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.isAlive() && !before.contains(thread))
                        .filter(this::belongsToProgram)
                        .map(Thread::getName)
                        .sorted()
                        .collect(Collectors.joining(", "));
        return "the main method of "
                + program.getMainClassName()
                + " has ended, but execute() was not called, or only that of an environment which"
                + " main made for itself, such as a local one: there is no job to report on."
                + " --type needs no main method"
                + (threads.isEmpty()
                        ? ""
                        : System.lineSeparator()
                                + "  these threads of it still run; main has to wait for one that"
                                + " calls execute(): "
                                + threads)
                + (printed.isBlank()
                        ? ""
                        : System.lineSeparator()
                                + "  it printed:"
                                + System.lineSeparator()
                                + printed.stripTrailing());
    }

    private boolean belongsToProgram(Thread thread) {
        return thread.getContextClassLoader() == program.getUserCodeClassLoader();
    }
}
