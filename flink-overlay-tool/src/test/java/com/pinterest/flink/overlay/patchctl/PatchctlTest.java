// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patchctl;

import static com.pinterest.flink.overlay.patch.PatchDirectory.HEADER;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.GREETER;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.GREETER_TEXT;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.RESOURCE;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.RESOURCE_TEXT;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.returning;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.overlay.patch.UnifiedDiff;
import com.pinterest.flink.overlay.worktree.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The maintainers' command counts the series, holds them against the rules, and knows its verbs.
 */
class PatchctlTest {

    @TempDir private Path root;
    private ReleasesFixture fixture;

    @BeforeEach
    void writePatches() throws IOException {
        fixture = new ReleasesFixture(root);
        fixture.pinned()
                .patch("demo-greet-warmly.patch", GREETER, returning(GREETER_TEXT, 12, "\"warm\""))
                .patch(
                        "demo-name-version.patch",
                        RESOURCE,
                        RESOURCE_TEXT.replace("=1.0", "=@fork.version@"));
    }

    @Test
    void statusCountsPatchesFilesAndLines() throws IOException {
        fixture.otherPinnedModule("flink-other");

        ReleasesFixture.Outcome status = fixture.run("status");

        assertThat(status.status()).isZero();
        assertThat(status.output().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "module version patches files lines work tree",
                        "flink-demo 1.0 2 2 4 -",
                        "flink-other 1.0 2 2 4 -",
                        "all 1.0 4 4 8 1 % of 600 lines");
    }

    @Test
    void statusTellsWorkTreesWithWorkFromThoseWithout() throws IOException {
        fixture.run("apply");
        assertThat(fixture.run("status").output()).containsPattern("flink-demo .* clean\n");

        Files.writeString(fixture.workTree().resolve(RESOURCE), "edited\n");
        assertThat(fixture.run("status").output()).containsPattern("flink-demo .* dirty\n");
    }

    @Test
    void lintCountsWhatItFindsInOrder() throws IOException {
        assertThat(fixture.run("lint"))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                0,
                                "lint: ok, 2 patches, 4 lines\n"
                                        + "lint: commit subjects not checked: "
                                        + root
                                        + " has no .git\n"));
    }

    @Test
    void lintReadsTheSubjectsOfCommits() throws IOException {
        Git git = Git.init(root);
        git.run("commit", "--quiet", "--allow-empty", "--message", "before the rule");
        fixture.checkCommitsAfter(git.run("rev-parse", "HEAD").strip());
        git.run("commit", "--quiet", "--allow-empty", "--message", "Greet warmly");
        assertThat(fixture.run("lint").output()).endsWith("\nlint: ok, 1 commit subjects\n");

        git.run("commit", "--quiet", "--allow-empty", "--message", "Greeted twice");

        ReleasesFixture.Outcome lint = fixture.run("lint");
        assertThat(lint.status()).isEqualTo(1);
        assertThat(lint.output())
                .matches(
                        "commit [0-9a-f]+ \"Greeted twice\": does not begin with a verb in the"
                                + " imperative: Greeted\n");
    }

    @Test
    void lintPrintsAFindingALineAndFails() throws IOException {
        String diff = UnifiedDiff.between(GREETER, GREETER_TEXT, "import demo.A;\n" + GREETER_TEXT);
        fixture.pinned()
                .patchText("demo-greet-twice.patch", HEADER.replace("Risk: None.\n", "") + diff);

        assertThat(fixture.run("lint"))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                1,
                                "flink-demo/demo-greet-twice.patch: the header lacks Risk\n"
                                        + "flink-demo/demo-greet-twice.patch: changes an import,"
                                        + " use a qualified name: +import demo.A;\n"));
    }

    @Test
    void lintReadsTheVariantsOfOtherLinesToo() throws IOException {
        Path variant = Files.createDirectories(fixture.series().resolve("0.9"));
        Files.writeString(variant.resolve("series"), "demo-greet-warmly.patch\n");
        String patch = Files.readString(fixture.series().resolve("demo-greet-warmly.patch"));
        Files.writeString(
                variant.resolve("demo-greet-warmly.patch"), patch.replace("Test: ", "Tests: "));

        ReleasesFixture.Outcome lint = fixture.run("lint");

        assertThat(lint.status()).isEqualTo(1);
        assertThat(lint.output())
                .startsWith("flink-demo/0.9/demo-greet-warmly.patch: the header lacks Test\n");
    }

    @Test
    void lintRefusesACopyOfTheBaseLinesPatch() throws IOException {
        Path variant = Files.createDirectories(fixture.series().resolve("0.9"));
        Files.copy(
                fixture.series().resolve("demo-greet-warmly.patch"),
                variant.resolve("demo-greet-warmly.patch"));
        Files.writeString(
                variant.resolve("series"), "demo-greet-warmly.patch\n../demo-name-version.patch\n");

        ReleasesFixture.Outcome lint = fixture.run("lint");

        assertThat(lint.status()).isEqualTo(1);
        assertThat(lint.output())
                .isEqualTo(
                        "flink-demo/0.9/demo-greet-warmly.patch: is the base line's byte for byte:"
                                + " delete it and write ../demo-greet-warmly.patch in"
                                + " flink-demo/0.9/series\n");
    }

    @Test
    void lintFindsWhatIsWrongWithASharedPatchOnce() throws IOException {
        fixture.pinned()
                .patchText(
                        "demo-greet-twice.patch",
                        HEADER.replace("Risk: None.\n", "")
                                + UnifiedDiff.between(
                                        GREETER,
                                        GREETER_TEXT,
                                        returning(GREETER_TEXT, 25, "null")));
        Path variant = Files.createDirectories(fixture.series().resolve("0.9"));
        Files.writeString(variant.resolve("series"), "../demo-greet-twice.patch\n");

        assertThat(fixture.run("lint"))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                1, "flink-demo/demo-greet-twice.patch: the header lacks Risk\n"));
    }

    @Test
    void theBudgetHoldsForTheWholeOfALine() throws IOException {
        String text = "a\n".repeat(45);
        for (int i = 0; i < 8; i++) {
            String file = "demo/text" + i;
            fixture.pinned()
                    .patchText(
                            "demo-fill-text" + i + ".patch",
                            HEADER + UnifiedDiff.between(file, "", text));
        }
        Path variant = Files.createDirectories(fixture.series().resolve("0.9"));
        StringBuilder series = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            series.append("../demo-fill-text").append(i).append(".patch\n");
            String own = "demo-fill-more" + i + ".patch";
            series.append(own).append('\n');
            Files.writeString(
                    variant.resolve(own), HEADER + UnifiedDiff.between("demo/more" + i, "", text));
        }
        Files.writeString(variant.resolve("series"), series);

        assertThat(fixture.run("lint"))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                1, "line 0.9: all series together change 720 lines, over 600\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "frobnicate, unknown verb frobnicate",
        "apply --hard, apply has no option --hard",
        "status now, unexpected argument for status: now",
        "edit, edit needs an argument",
        "edit a b, unexpected argument for edit: b",
        "rebase, rebase needs an argument",
        "rebuild --force, rebuild has no option --force"
    })
    void aWrongCallIsExplained(String call, String explanation) throws IOException {
        assertThat(fixture.run(call.split(" ", -1)))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                2, "patchctl: " + explanation + "\nSee ci/patchctl --help.\n"));
    }

    @Test
    void helpListsTheVerbs() throws IOException {
        ReleasesFixture.Outcome help = fixture.run("rebase", "--help");

        assertThat(help.status()).isZero();
        assertThat(help.output())
                .contains("status ", "lint ", "apply ", "edit ", "rebuild ", "rebase ");
        assertThat(fixture.run()).isEqualTo(new ReleasesFixture.Outcome(2, help.output()));
    }
}
