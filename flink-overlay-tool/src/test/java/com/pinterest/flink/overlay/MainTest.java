// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import static com.pinterest.flink.overlay.graft.DistributionFixture.PATCHED_ENTRIES;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.graft.DistributionFixture;
import com.pinterest.flink.overlay.source.UpstreamFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line does the steps of a build, and says what is wrong with a call. */
class MainTest {

    @TempDir private Path root;

    @Test
    void theCommandsTogetherMakeAPatchedDistribution() throws IOException {
        UpstreamFixture upstream = DistributionFixture.upstream(root);

        assertThat(apply(upstream)).isEqualTo("applied the patches of flink-demo\n");
        assertThat(apply(upstream)).isEqualTo("patches and pins unchanged, nothing to do\n");
        upstream.compile();
        assertThat(check(upstream))
                .contains(
                        "flink-demo: REPLACE org/apache/flink/demo/Greeter.class\n",
                        "flink-demo: DROP org/apache/flink/demo/Greeter$Rude.class\n",
                        "flink-demo: ADD org/apache/flink/demo/Greeter$Warm.class\n");

        DistributionFixture distribution = new DistributionFixture(upstream);
        Path vanilla = distribution.writeVanilla(root.resolve("vanilla"));
        run("legal", "--tree", vanilla.toString());
        Path patched = root.resolve("flink-1.0");
        String found = PATCHED_ENTRIES + " patched entries, no unpatched copy left\n";
        assertThat(run(graft(distribution, vanilla, patched)))
                .contains("lib/flink-dist-1.0.jar: 7\n")
                .endsWith(found);
        String overlay = distribution.overlayJar().toString();
        assertThat(run("verify", "--tree", patched.toString(), "--overlay", overlay))
                .isEqualTo(found);
        assertThat(
                        run(
                                "diff",
                                "--vanilla",
                                vanilla.toString(),
                                "--patched",
                                patched.toString(),
                                "--overlay",
                                overlay))
                .endsWith(" 0 unexplained\n");
        assertThat(patched.resolve("PATCHES.md"))
                .content()
                .startsWith("# Patches in " + FORK_VERSION)
                .contains("`" + distribution.seriesHash() + "`", "demo-greet-warmly.patch");

        Path tarball = root.resolve("flink.tgz");
        run(
                "tarball",
                "--tree",
                patched.toString(),
                "--to",
                tarball.toString(),
                "--time",
                "2026-06-15T00:00:00Z");
        assertThat(tarball).isNotEmptyFile();
    }

    @Test
    void aDifferenceThatNothingExplainsFails() throws IOException {
        DistributionFixture distribution = new DistributionFixture(root);
        Path vanilla = distribution.writeVanilla(root.resolve("vanilla"));
        Path patched = distribution.writeGrafted(root.resolve("patched"));
        Files.writeString(patched.resolve("new.txt"), "new");

        assertThatThrownBy(
                        () ->
                                run(
                                        "diff",
                                        "--vanilla",
                                        vanilla.toString(),
                                        "--patched",
                                        patched.toString(),
                                        "--overlay",
                                        distribution.overlayJar().toString()))
                .isInstanceOf(OverlayException.class)
                .hasMessage("1 differences that no patch or module explains");
    }

    @Test
    void listedOwnClassesAreReadFromTheirFile() throws IOException {
        UpstreamFixture upstream =
                DistributionFixture.upstream(root)
                        .ownSource(
                                "org/apache/flink/demo/Helper.java",
                                "package org.apache.flink.demo;\n\nclass Helper {}\n");
        upstream.apply();
        upstream.compile();
        assertThatThrownBy(() -> check(upstream))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("org/apache/flink/demo/Helper.class stands in an upstream");

        Files.writeString(
                upstream.patches().resolve("upstream-packages.txt"),
                "# own\n\norg.apache.flink.demo.Helper\n");

        assertThat(check(upstream)).contains("REPLACE").doesNotContain("Helper");
    }

    @Test
    void graftWithoutAllOptionsLeavesAnOlderTreeAlone() throws IOException {
        DistributionFixture distribution = new DistributionFixture(root);
        Path older = distribution.writeVanilla(root.resolve("older"));
        List<String> arguments = new ArrayList<>(graft(distribution, root, older));
        arguments.subList(1, 3).clear();

        assertThatThrownBy(() -> run(arguments)).hasMessage("option --from is missing");
        assertThat(older.resolve("bin/flink")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "America/Los_Angeles"})
    void aGraftHasTheSameBytesInAnyTimeZone(String zone) throws Exception {
        DistributionFixture distribution = new DistributionFixture(root);
        Path vanilla = distribution.writeVanilla(root.resolve("vanilla"));
        Path usual = root.resolve("usual");
        Path other = root.resolve("other");

        Outcome first = start("-Duser.timezone=Asia/Kolkata", graft(distribution, vanilla, usual));
        Outcome second = start("-Duser.timezone=" + zone, graft(distribution, vanilla, other));

        assertThat(first.errors()).isEmpty();
        assertThat(second.errors()).isEmpty();
        assertThat(DistributionFixture.digests(other))
                .isNotEmpty()
                .isEqualTo(DistributionFixture.digests(usual));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void helpListsEveryCommand(String help) throws IOException {
        String usage = run(help);

        assertThat(usage).startsWith("Usage: overlay COMMAND");
        assertThat(usage.lines().filter(line -> line.matches("  [a-z]+ .*")))
                .extracting(line -> line.strip().split(" ", 2)[0])
                .containsExactly(
                        "apply",
                        "check",
                        "legal",
                        "graft",
                        "verify",
                        "diff",
                        "artifact",
                        "sbom",
                        "tarball");
    }

    @Test
    void noCommandPrintsTheHelp() throws IOException {
        assertThat(run()).isEqualTo(run("--help"));
    }

    @Test
    void anUnknownCommandIsNamedAndTheKnownOnesFollow() {
        assertThatThrownBy(() -> run("grow"))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith("unknown command grow\nUsage: overlay COMMAND");
    }

    @ParameterizedTest
    @CsvSource({
        "apply, --patches",
        "check, --patches",
        "legal, --tree",
        "graft, --patches",
        "verify, --tree",
        "diff, --overlay",
        "artifact, --own",
        "tarball, --to"
    })
    void everyCommandNamesAnOptionThatIsMissingUnknownOrWithoutAValue(
            String command, String option) {
        assertThatThrownBy(() -> run(command))
                .isInstanceOf(OverlayException.class)
                .hasMessage("option " + option + " is missing");
        assertThatThrownBy(() -> run(command, "--grow", "1"))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith("unknown option --grow; known: ")
                .hasMessageContaining(option);
        assertThatThrownBy(() -> run(command, option))
                .isInstanceOf(OverlayException.class)
                .hasMessage("option " + option + " needs a value");
    }

    @Test
    void aFailureIsAMessageAndAnExitStatusAndNoStackTrace() throws Exception {
        Outcome outcome = start("-Duser.timezone=UTC", List.of("verify", "--tree"));

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.errors()).isEqualTo("ERROR: option --tree needs a value\n");
    }

    private static String apply(UpstreamFixture upstream) throws IOException {
        return run(
                "apply",
                "--modules",
                MODULE,
                "--patches",
                upstream.patches().toString(),
                "--upstream",
                upstream.upstream().toString(),
                "--fork-version",
                FORK_VERSION,
                "--sources",
                upstream.sources().toString(),
                "--resources",
                upstream.resources().toString(),
                "--classes",
                upstream.classes().toString(),
                "--stamp",
                upstream.stamp().toString(),
                "--own-sources",
                upstream.ownSources().toString(),
                "--class-path",
                upstream.binaryJar().toString());
    }

    private static String check(UpstreamFixture upstream) throws IOException {
        return run(
                "check",
                "--modules",
                MODULE,
                "--patches",
                upstream.patches().toString(),
                "--upstream",
                upstream.upstream().toString(),
                "--sources",
                upstream.sources().toString(),
                "--classes",
                upstream.classes().toString(),
                "--class-path",
                upstream.classPath());
    }

    private static List<String> graft(DistributionFixture distribution, Path from, Path to) {
        return List.of(
                "graft",
                "--from",
                from.toString(),
                "--to",
                to.toString(),
                "--overlay",
                distribution.overlayJar().toString(),
                "--patches",
                distribution.upstream().patches().toString(),
                "--fork-version",
                FORK_VERSION);
    }

    private static String run(String... arguments) throws IOException {
        return run(List.of(arguments));
    }

    /** Runs a command in this process and returns what it prints. */
    private static String run(List<String> arguments) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream usual = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Main.run(arguments);
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private record Outcome(int status, String errors) {}

    /** Runs a command in a process of its own. */
    private Outcome start(String jvmOption, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), jvmOption));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", Main.class.getName()));
        command.addAll(arguments);
        Path errors = root.resolve("errors.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(errors.toFile());
        // The JVM notes on standard error that it read these.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), Files.readString(errors));
    }
}
