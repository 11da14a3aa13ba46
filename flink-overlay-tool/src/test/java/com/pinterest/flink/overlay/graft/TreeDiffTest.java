// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.graft.DistributionFixture.BYSTANDER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.DIST_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.GREETER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.LOADER_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.NESTED_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.UNRELATED_JAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.source.UpstreamFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each difference between the twin and the patched tree has its explanation, or is reported. */
class TreeDiffTest {

    @TempDir private static Path shared;
    private static DistributionFixture distribution;

    @TempDir private Path directory;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Path vanilla;
    private Path patched;

    @BeforeAll
    static void buildOverlay() throws IOException {
        distribution = new DistributionFixture(shared);
    }

    @BeforeEach
    void writeBothTrees() throws IOException {
        vanilla = distribution.writeVanilla(directory.resolve("vanilla"));
        patched = distribution.writeGrafted(directory.resolve("patched"));
    }

    @Test
    void equalTreesHaveNoDifference() throws IOException {
        distribution.writeVanilla(directory.resolve("twin"));

        List<String> unexplained = compare(directory.resolve("twin"));

        assertThat(unexplained).isEmpty();
        assertThat(printedLines()).containsExactly("", "     5 files equal", "     0 unexplained");
    }

    @Test
    void theOverlaysDifferencesAreAllExplainedAndCounted() throws IOException {
        Files.writeString(patched.resolve("PATCHES.md"), "# Patches\n");
        Files.writeString(patched.resolve("sbom.cdx.json"), "{}\n");

        List<String> unexplained = compare(patched);

        assertThat(unexplained).isEmpty();
        assertThat(printedLines())
                .contains(
                        "PATCHES.md added: generated list of the patches",
                        "sbom.cdx.json added: generated bill of materials",
                        DIST_JAR,
                        LOADER_JAR + "!/" + NESTED_JAR,
                        "  " + GREETER + " replaced: demo-greet-warmly.patch (flink-demo)",
                        "  com/pinterest/flink/demo/Own.class added: own class")
                .contains(
                        "     2 files added",
                        "     3 files equal",
                        "     2 jars that differ",
                        "     2 nested jars that differ",
                        "     7 entries replaced by patches",
                        "     3 entries added by patches",
                        "     3 entries dropped by patches",
                        "     4 entries of own modules",
                        "     4 manifests stamped with the version and the series",
                        "     0 unexplained");
    }

    @Test
    void aMemberThatAPatchAddsIsShown(@TempDir Path other) throws IOException {
        UpstreamFixture upstream =
                DistributionFixture.upstream(other)
                        .patch(
                                "demo-greet-warmly.patch",
                                DistributionFixture.GREETER_SOURCE,
                                DistributionFixture.UPSTREAM_GREETER.replace(
                                        "public String greet",
                                        "public int count;\n\n    public String greet"));
        DistributionFixture wider = new DistributionFixture(upstream);
        wider.writeGrafted(directory.resolve("wider"));

        new TreeDiff(wider.overlay(), new PrintStream(printed, true, StandardCharsets.UTF_8))
                .compare(vanilla, directory.resolve("wider"));

        assertThat(printedLines())
                .contains(
                        "    member count I: null -> flags 1 signature null throws  constant null")
                .contains("     3 members linkable from outside that differ");
    }

    @Test
    void aFileThatWasAddedIsUnexplained() throws IOException {
        Files.writeString(patched.resolve("conf.yaml"), "");

        assertThat(compare(patched)).containsExactly("conf.yaml exists in the patched tree only");
    }

    @Test
    void aFileThatIsMissingIsUnexplained() throws IOException {
        Files.delete(patched.resolve("bin/flink"));

        assertThat(compare(patched)).containsExactly("bin/flink is missing from the patched tree");
    }

    @Test
    void aFileThatDiffersIsUnexplained() throws IOException {
        Files.writeString(patched.resolve("bin/flink"), "#!/bin/bash\n");

        assertThat(compare(patched)).containsExactly("bin/flink differs");
        assertThat(printedLines()).contains("UNEXPLAINED bin/flink differs", "     1 unexplained");
    }

    @Test
    void aJarEntryThatWasAddedIsUnexplained() throws IOException {
        change(UNRELATED_JAR, Map.of("new.txt", bytes("new")));

        assertThat(compare(patched)).containsExactly(UNRELATED_JAR + "!/new.txt");
    }

    @Test
    void aJarEntryThatDiffersIsUnexplained() throws IOException {
        change(UNRELATED_JAR, Map.of(BYSTANDER, bytes("other")));

        assertThat(compare(patched)).containsExactly(UNRELATED_JAR + "!/" + BYSTANDER);
    }

    @Test
    void aJarEntryThatIsMissingIsUnexplained() throws IOException {
        change(DIST_JAR, Map.of(), "other.txt");

        assertThat(compare(patched)).containsExactly(DIST_JAR + "!/other.txt");
    }

    @Test
    void aPatchedEntryWithOtherBytesThanTheOverlaysIsUnexplained() throws IOException {
        change(DIST_JAR, Map.of(GREETER, bytes("other")));

        assertThat(compare(patched)).containsExactly(DIST_JAR + "!/" + GREETER);
    }

    @Test
    void anEntryOfANestedJarIsNamedWithThatJar() throws IOException {
        byte[] nested = new JarBuilder().entry("new.txt", "new").bytes();
        new JarBuilder().entry("nested.jar", nested).write(patched.resolve("opt.jar"));
        new JarBuilder()
                .entry("nested.jar", new JarBuilder().entry("old.txt", "old").bytes())
                .write(vanilla.resolve("opt.jar"));

        assertThat(compare(patched))
                .containsExactly("opt.jar!/nested.jar!/new.txt", "opt.jar!/nested.jar!/old.txt");
    }

    @Test
    void aManifestThatChangedOtherwiseIsUnexplained() throws IOException {
        change(
                UNRELATED_JAR,
                Map.of(
                        JarBuilder.MANIFEST,
                        bytes("Manifest-Version: 1.0\nPinterest-Version: 1\nCreated-By: me\n\n")));

        assertThat(compare(patched)).containsExactly(UNRELATED_JAR + "!/" + JarBuilder.MANIFEST);
    }

    private List<String> compare(Path tree) throws IOException {
        return new TreeDiff(
                        distribution.overlay(),
                        new PrintStream(printed, true, StandardCharsets.UTF_8))
                .compare(vanilla, tree);
    }

    private List<String> printedLines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void change(String jar, Map<String, byte[]> changes, String... without)
            throws IOException {
        DistributionFixture.change(patched.resolve(jar), changes, without);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
