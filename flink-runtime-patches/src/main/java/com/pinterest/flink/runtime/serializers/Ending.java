// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.client.cli.CliArgsException;
import org.apache.flink.client.program.ProgramInvocationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output and exit code of {@code bin/flink serializers}. The exit code is 0 or 1 only if a
 * report or the help text was printed.
 *
 * <p>The main method of a job decides in which thread and how often {@code execute()} is called,
 * and may end the process. Therefore only the first result counts, and a shutdown hook takes over
 * if other code calls {@code System.exit}. {@code Runtime.halt} cannot be detected in this process.
 * The script does that, by {@link #END_PROPERTY}.
 *
 * <p>Thread-safe.
 */
final class Ending {

    /** System property with the text that ends the output of a process that ended normally. */
    static final String END_PROPERTY = "pinterest.serializers.end";

    static final int FINE = 0;
    static final int FOUND = 1;
    static final int ERROR = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    // A main method may replace these.
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    private boolean json;
    private boolean failIfFound;
    private Runnable cleanUp = () -> {};

    private FallbackReport report;
    private Throwable error;
    private int exitCode = -1;

    /** Sets the options {@code --json} and {@code --fail-on-kryo}. */
    synchronized void setOptions(boolean json, boolean failIfFound) {
        this.json = json;
        this.failIfFound = failIfFound;
    }

    /** Sets a task that {@link #now()} runs, and that runs if other code ends the process. */
    synchronized void setCleanUp(Runnable cleanUp) {
        this.cleanUp = cleanUp;
    }

    /** Sets the report as the result, unless there is a result already. */
    synchronized void with(FallbackReport made) {
        if (!hasResult()) {
            report = made;
        }
    }

    /** Sets an error as the result, unless there is a result already. */
    synchronized void with(Throwable reason) {
        if (!hasResult()) {
            error = reason;
        }
    }

    synchronized boolean hasResult() {
        return report != null || error != null;
    }

    /**
     * Prints the result, which must have been set, unless it was printed before. Returns the exit
     * code.
     */
    synchronized int print() {
        if (exitCode < 0 && error == null) {
            exitCode =
                    printAll(
                            json ? report.toJson() + "\n" : report.toText(),
                            failIfFound && !report.isEmpty() ? FOUND : FINE);
        } else if (exitCode < 0) {
            LOG.error("flink serializers failed", error);
            err.println(message(error));
            exitCode = printAll("", ERROR);
        }
        return exitCode;
    }

    /** Prints a text that is not a report. Returns the exit code. */
    synchronized int print(String text) {
        exitCode = printAll(text, FINE);
        return exitCode;
    }

    private int printAll(String text, int code) {
        out.print(text + System.getProperty(END_PROPERTY, ""));
        if (out.checkError()) {
            err.println("flink serializers: the report cannot be written to the standard output");
            return ERROR;
        }
        return code;
    }

    /** Ends the process, even if other threads are running. */
    void now() {
        int code = print();
        cleanUp.run();
        Runtime.getRuntime().halt(code);
    }

    /** Ensures from now on that the process does not end without a result, except by a signal. */
    void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "flink serializers"));
    }

    private void shutDown() {
        Optional<StackTraceElement> caller = callerOfExit();
        if (caller.isEmpty()) {
            return;
        }
        with(
                new CliArgsException(
                        "the process was ended by System.exit, called at "
                                + caller.get()
                                + ", before execute() was: there is no job to report on."
                                + " --type needs no main method"));
        now();
    }

    /**
     * Returns the caller of {@code System.exit}, if it is other code. A signal ends a process
     * without this call.
     */
    private static Optional<StackTraceElement> callerOfExit() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Ending::callerOfExit)
                .filter(caller -> !caller.getClassName().equals(SerializersCommand.class.getName()))
                .findFirst();
    }

    private static Stream<StackTraceElement> callerOfExit(StackTraceElement[] stack) {
        Iterator<StackTraceElement> frames = Arrays.asList(stack).iterator();
        while (frames.hasNext()) {
            if (isExit(frames.next())) {
                while (frames.hasNext()) {
                    StackTraceElement frame = frames.next();
                    if (!isExit(frame)) {
                        return Stream.of(frame);
                    }
                }
            }
        }
        return Stream.empty();
    }

    private static boolean isExit(StackTraceElement frame) {
        String type = frame.getClassName();
        return frame.getMethodName().equals("exit")
                && (type.equals("java.lang.Runtime") || type.equals("java.lang.System"));
    }

    /**
     * Returns the messages of an error and its causes, one per line and without repetitions; the
     * log has the rest.
     */
    private static String message(Throwable error) {
        StringBuilder message = new StringBuilder("flink serializers: ");
        String separator = "";
        for (Throwable at = error; at != null; at = at.getCause()) {
            boolean saysAll =
                    at instanceof CliArgsException || at instanceof ProgramInvocationException;
            String text = saysAll ? at.getMessage() : at.toString();
            boolean isSaid = at.getMessage() != null && message.indexOf(at.getMessage()) >= 0;
            if (at == error || !isSaid) {
                message.append(separator).append(text);
            }
            separator = System.lineSeparator() + "  caused by ";
        }
        return message.toString();
    }
}
