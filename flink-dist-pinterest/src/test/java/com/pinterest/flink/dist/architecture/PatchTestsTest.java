// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The test that a patch's header names is there. */
class PatchTestsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    private static final String FIELD = "Test: ";

    @TestFactory
    List<DynamicTest> everyPatchHasItsTest() throws IOException {
        Set<String> testClasses =
                files(ROOT)
                        .filter(file -> file.toString().contains("/src/test/java/"))
                        .map(file -> file.getFileName().toString().replace(".java", ""))
                        .collect(Collectors.toSet());
        List<Path> patches =
                files(ROOT.resolve("patches"))
                        .filter(file -> file.toString().endsWith(".patch"))
                        .toList();
        assertThat(patches).isNotEmpty();
        return patches.stream()
                .map(
                        patch ->
                                DynamicTest.dynamicTest(
                                        patch.getFileName().toString(),
                                        () -> assertThat(testClasses).contains(testOf(patch))))
                .toList();
    }

    private static String testOf(Path patch) throws IOException {
        return Files.readAllLines(patch).stream()
                .filter(line -> line.startsWith(FIELD))
                .map(line -> line.substring(FIELD.length()).strip())
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList().stream();
        }
    }
}
