// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.mutants;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes up to the first failure.
 *
 * <p>Ends with a line that begins with the name of this class, and with the status 0 if all passed,
 * 10 if a test failed, 11 if time ran out: a JVM does not end with these by itself.
 */
public final class FirstFailure implements TestExecutionListener {

    private static final int PASSED = 0;
    private static final int FAILED = 10;
    private static final int NOTHING_RUN = 12;
    private static final int TIMED_OUT = 11;

    private volatile String current = "the start";
    private int passed;

    private FirstFailure() {}

    /**
     * Runs test classes until one fails.
     *
     * @param arguments the seconds that there are, and the names of the classes
     */
    public static void main(String[] arguments) {
        FirstFailure listener = new FirstFailure();
        listener.limit(Duration.ofSeconds(Long.parseLong(arguments[0])));
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(
                                        Arrays.stream(arguments)
                                                .skip(1)
                                                .map(DiscoverySelectors::selectClass)
                                                .collect(Collectors.toList()))
                                .build(),
                        listener);
        end(listener.passed > 0 ? PASSED : NOTHING_RUN, listener.passed + " tests passed");
    }

    @Override
    public void executionStarted(TestIdentifier identifier) {
        current = name(identifier);
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(System.out));
            end(FAILED, name(identifier));
        }
        if (identifier.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            passed++;
        }
    }

    private void limit(Duration limit) {
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(limit.toMillis());
                            } catch (InterruptedException e) {
                                return;
                            }
                            report("the time-out in " + current);
                            // Not exit, which waits for others.
                            Runtime.getRuntime().halt(TIMED_OUT);
                        });
        watch.setDaemon(true);
        watch.start();
    }

    private static String name(TestIdentifier identifier) {
        return identifier
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(test -> simple(test.getClassName()) + '.' + test.getMethodName())
                .orElse(identifier.getDisplayName());
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private static void end(int status, String line) {
        report(line);
        System.exit(status);
    }

    private static void report(String line) {
        System.out.println("FirstFailure: " + line);
        System.out.flush();
    }
}
