// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Maven says about artifacts is understood. A script speaks as Maven 3.8 does, since what is
 * published, and whether there is a network, is not the test's to say.
 */
class MavenArtifactsTest {

    private static final List<String> MODULES = List.of("flink-a", "flink-b");
    private static final String COPY_FAILED =
            "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-dependency-plugin:copy"
                    + " (default) on project flink-b: Unable to find/resolve artifact. ";

    @TempDir private Path root;
    private Path directory;

    @BeforeEach
    void writePom() throws IOException {
        directory = root.resolve("upstream/1.1.0");
        Files.writeString(
                root.resolve("pom.xml"),
                "<project>\n  <version>7</version>\n  <artifactId>maven-dependency-plugin"
                        + "</artifactId>\n  <version>3.9.0</version>\n</project>\n");
    }

    /** Artifacts through a Maven that does what the script says. */
    private MavenArtifacts maven(String... script) throws IOException {
        Path program = root.resolve("mvn");
        Files.writeString(program, "#!/bin/sh\n" + String.join("\n", script) + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new MavenArtifacts(root, program.toString());
    }

    /** A line of the script that prints a text. */
    private static String say(String text) {
        return "echo '" + text + "'";
    }

    /** A line of the script that puts the artifacts of a module where they belong. */
    private String copy(String module) {
        return "touch "
                + directory
                + "/"
                + module
                + ".jar "
                + directory
                + "/"
                + module
                + "-sources.jar";
    }

    @Test
    void allArtifactsAreAskedForInOneRun() throws IOException {
        MavenArtifacts maven = maven(copy("flink-a"), copy("flink-b"), "echo \"$@\"");

        assertThat(maven.fetch("1.1.0", MODULES, directory)).isEmpty();
        assertThat(directory.resolve("fetch.log"))
                .hasContent("-B -ntp -f " + directory + "/pom.xml --fail-at-end initialize");
        assertThat(directory.resolve("pom.xml"))
                .content()
                .contains("<module>flink-a</module><module>flink-b</module>");
        assertThat(directory.resolve("flink-a/pom.xml"))
                .content()
                .contains(
                        "<version>3.9.0</version>",
                        "<artifactId>flink-a</artifactId><version>1.1.0</version></artifactItem>",
                        "<version>1.1.0</version><classifier>sources</classifier></artifactItem>");
    }

    @Test
    void whatIsNotPublishedIsAbsent() throws IOException {
        String artifact = "org.apache.flink:flink-b:jar:1.1.0";
        for (String words :
                List.of(
                        "Could not find artifact " + artifact + " in central (https://x)",
                        artifact
                                + " was not found in https://x during a previous attempt. This"
                                + " failure was cached in the local repository")) {
            MavenArtifacts maven =
                    maven(copy("flink-a"), say(COPY_FAILED + words + " -> [Help 1]"), "exit 1");

            assertThat(maven.fetch("1.1.0", MODULES, directory))
                    .isEqualTo(Map.of("flink-b", artifact));
        }
    }

    @Test
    void withoutANetworkTheArtifactIsNamed() throws IOException {
        String words =
                "Could not transfer artifact org.apache.flink:flink-b:jar:1.1.0 from/to central"
                        + " (https://x): Unknown host x";
        MavenArtifacts maven =
                maven(copy("flink-a"), say(COPY_FAILED + words + " -> [Help 1]"), "exit 1");

        assertThatThrownBy(() -> maven.fetch("1.1.0", MODULES, directory))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith(
                        "cannot fetch org.apache.flink:flink-b of version 1.1.0. Maven says:")
                .hasMessageContaining(words)
                .hasMessageContaining("fetch.log");
    }

    @Test
    void anyOtherFailureIsTold() throws IOException {
        MavenArtifacts maven = maven(say("[ERROR] The JAVA_HOME is not right"), "exit 1");

        assertThatThrownBy(() -> maven.fetch("1.1.0", MODULES, directory))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("The JAVA_HOME is not right");
    }

    @Test
    void withoutMavenTheProgramIsNamed() {
        assertThatThrownBy(
                        () ->
                                new MavenArtifacts(root, root + "/no-mvn")
                                        .fetch("1.1.0", MODULES, directory))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("no-mvn does not start");
    }

    @Test
    void theClassPathIsThatOfTheOverlayModulesLessWhatIsAbsent() throws IOException {
        Path module = Files.createDirectories(root.resolve("flink-demo-patches"));
        Files.writeString(
                module.resolve("pom.xml"),
                "<project><properties><overlay.modules>flink-a</overlay.modules></properties>"
                        + "<dependencies>"
                        + dependency("org.apache.flink", "flink-a", "provided")
                        + dependency("org.apache.flink", "flink-b", "provided")
                        + dependency("org.apache.flink", "flink-c", "provided")
                        + dependency("com.pinterest.flink", "flink-own", "compile")
                        + dependency("org.junit.jupiter", "junit-jupiter", "test")
                        + "</dependencies></project>");
        Path pom = directory.resolve("pom.xml");
        // The first time flink-c turns out not to be published either.
        MavenArtifacts maven =
                maven(
                        "if grep -q flink-c " + pom,
                        "then",
                        say(
                                "[ERROR] Failed to execute goal on project class-path: Could not"
                                        + " find artifact org.apache.flink:flink-c:jar:1.1.0 in"
                                        + " central"),
                        "exit 1",
                        "fi",
                        "echo /a.jar:/d.jar > " + directory + "/class-path.txt");

        String classPath =
                maven.classPath("1.1.0", OverlayModule.in(root), List.of("flink-b"), directory);

        assertThat(classPath).isEqualTo("/a.jar:/d.jar");
        assertThat(pom)
                .content()
                .contains(
                        "<version>7</version><relativePath>../../pom.xml</relativePath>",
                        "<artifactId>flink-a</artifactId>")
                .doesNotContain("flink-b", "flink-c", "flink-own", "junit");
    }

    private static String dependency(String groupId, String artifactId, String scope) {
        return "<dependency><groupId>"
                + groupId
                + "</groupId><artifactId>"
                + artifactId
                + "</artifactId><scope>"
                + scope
                + "</scope></dependency>";
    }
}
