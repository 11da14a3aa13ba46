// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On a class path of all patched artifacts and what they depend on, each patched class is there and
 * no other copy of it, nested jars included: a patched upstream module without an artifact would be
 * seen here.
 */
class PatchedArtifactsTest {

    private static final Path ROOT = Path.of(System.getProperty("root.dir"));
    private static final String INDEX_DIRECTORY = "META-INF/pinterest-overlay";

    /** The contents of all jars that are nested in an element of the class path, by entry. */
    private static final Map<String, List<byte[]>> NESTED = new HashMap<>();

    @BeforeAll
    static void readNestedJars() throws IOException {
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(element);
            if (Files.isDirectory(path)) {
                for (Path file : files(path)) {
                    if (isJar(file.toString())) {
                        readNestedJar(Files.newInputStream(file));
                    }
                }
            } else if (isJar(element)) {
                try (JarFile jar = new JarFile(element)) {
                    for (JarEntry entry : Collections.list(jar.entries())) {
                        if (isJar(entry.getName())) {
                            readNestedJar(jar.getInputStream(entry));
                        }
                    }
                }
            }
        }
    }

    private static boolean isJar(String name) {
        return name.endsWith(".jar");
    }

    private static void readNestedJar(InputStream nested) throws IOException {
        try (JarInputStream jar = new JarInputStream(nested)) {
            for (JarEntry entry = jar.getNextJarEntry();
                    entry != null;
                    entry = jar.getNextJarEntry()) {
                NESTED.computeIfAbsent(entry.getName(), name -> new ArrayList<>())
                        .add(jar.readAllBytes());
            }
        }
    }

    /** The classes directories of the overlay modules, which their own build leaves. */
    static List<Path> overlayModules() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("target/classes"))
                    .filter(classes -> Files.isDirectory(classes.resolve(INDEX_DIRECTORY)))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("overlayModules")
    void everyCopyOfAnEntryOfTheOverlayIsTheOverlays(Path classes) throws IOException {
        for (Path file : files(classes)) {
            String entry = classes.relativize(file).toString().replace('\\', '/');

            List<byte[]> copies = copies(entry);

            byte[] content = Files.readAllBytes(file);
            assertThat(copies).as(entry).anyMatch(copy -> Arrays.equals(copy, content));
            // Other jars have lists of services of the same name.
            if (!entry.startsWith("META-INF/services/")) {
                assertThat(copies).as(entry).allMatch(copy -> Arrays.equals(copy, content));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlayModules")
    void aDroppedClassIsGone(Path classes) throws IOException {
        for (String entry : dropped(classes)) {
            assertThat(copies(entry)).as(entry).isEmpty();
        }
    }

    @Test
    void theNestedPlannerIsSeen() {
        assertThat(NESTED)
                .containsKey("org/apache/flink/table/planner/delegation/StreamPlanner.class");
    }

    @Test
    void theRuntimeReportsTheVersionOfTheDistribution() {
        assertThat(EnvironmentInformation.getVersion())
                .isEqualTo(System.getProperty("project.version"));
    }

    private static List<byte[]> copies(String entry) throws IOException {
        List<byte[]> copies = new ArrayList<>(NESTED.getOrDefault(entry, List.of()));
        for (URL copy :
                Collections.list(PatchedArtifactsTest.class.getClassLoader().getResources(entry))) {
            try (InputStream in = copy.openStream()) {
                copies.add(in.readAllBytes());
            }
        }
        return copies;
    }

    /** The files of an overlay module that go into artifacts: not the index itself. */
    private static List<Path> files(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(classes.resolve(INDEX_DIRECTORY)))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> dropped(Path classes) throws IOException {
        List<String> dropped = new ArrayList<>();
        try (Stream<Path> indices = Files.list(classes.resolve(INDEX_DIRECTORY))) {
            for (Path index : indices.toList()) {
                Files.readAllLines(index).stream()
                        .filter(line -> line.startsWith("DROP "))
                        .forEach(line -> dropped.add(line.split(" ", -1)[1]));
            }
        }
        return dropped;
    }
}
