// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * A listener that writes, after the tests of a JVM, which patched classes were loaded and from
 * where: one line {@code <class> <location>} for each.
 *
 * <p>System properties: {@value #CLASSES}, a file with one class name per line, and {@value
 * #DIRECTORY}, the directory for the output, one file per JVM. Without them, the listener does
 * nothing.
 */
public final class PatchedClassListener implements TestExecutionListener {

    static final String CLASSES = "conformance.patched.classes";
    static final String DIRECTORY = "conformance.patched.loaded";

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String classes = System.getProperty(CLASSES);
        String directory = System.getProperty(DIRECTORY);
        if (classes == null || directory == null) {
            return;
        }
        try {
            List<String> lines = new ArrayList<>();
            for (String name : Files.readAllLines(Path.of(classes))) {
                Class<?> loaded = findLoaded(name);
                if (loaded != null) {
                    lines.add(name + " " + location(loaded));
                }
            }
            Path file = Path.of(directory, ProcessHandle.current().pid() + ".txt");
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the class if it was loaded already, without loading it. */
    private static Class<?> findLoaded(String name) {
        try {
            Method find = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            find.setAccessible(true);
            return (Class<?>) find.invoke(PatchedClassListener.class.getClassLoader(), name);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JVM needs --add-opens java.base/java.lang", e);
        }
    }

    private static String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "unknown" : source.getLocation().toString();
    }
}
