// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.worktree;

import static com.pinterest.flink.overlay.patch.PatchDirectory.HEADER;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.GREETER;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.GREETER_TEXT;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.RESOURCE;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.RESOURCE_TEXT;
import static com.pinterest.flink.overlay.patchctl.ReleasesFixture.returning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchText;
import com.pinterest.flink.overlay.patch.UnifiedDiff;
import com.pinterest.flink.overlay.patchctl.ReleasesFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work trees hold what the series makes, and what is done in them comes back into the patches. */
class WorkTreesTest {

    private static final String FIRST = "demo-greet-warmly.patch";
    private static final String SECOND = "demo-greet-twice.patch";
    private static final String THIRD = "demo-name-version.patch";
    private static final String FIRST_TEXT = returning(GREETER_TEXT, 12, "\"warm\"");
    private static final String SECOND_TEXT = returning(FIRST_TEXT, 25, "\"twice\"");
    private static final String THIRD_TEXT = RESOURCE_TEXT.replace("=1.0", "=@fork.version@");

    @TempDir private Path root;
    private ReleasesFixture fixture;

    @BeforeEach
    void writePatches() throws IOException {
        fixture = new ReleasesFixture(root);
        fixture.pinned()
                .patch(FIRST, GREETER, FIRST_TEXT)
                .patchText(SECOND, HEADER + UnifiedDiff.between(GREETER, FIRST_TEXT, SECOND_TEXT))
                .patch(THIRD, RESOURCE, THIRD_TEXT);
    }

    private Git git() throws IOException {
        return Git.open(fixture.workTree());
    }

    @Test
    void aWorkTreeHasACommitForUpstreamAndOneAPatch() throws IOException {
        fixture.run("apply");

        assertThat(git().run("log", "--reverse", "--format=%s"))
                .isEqualTo("Flink 1.0\nGreet warmly\nGreet warmly\nGreet warmly\n");
        assertThat(git().run("log", "-1", "--format=%B")).contains("\nPatch: " + THIRD + "\n");
        assertThat(git().run("show", "1.0:" + GREETER)).isEqualTo(GREETER_TEXT);
        assertThat(fixture.workTree().resolve(GREETER)).hasContent(SECOND_TEXT);
        assertThat(fixture.workTree().resolve(RESOURCE)).hasContent(THIRD_TEXT);
    }

    @Test
    void equalPatchesMakeEqualCommits() throws IOException {
        fixture.run("apply");
        String first = git().run("rev-parse", "HEAD");
        fixture.run("apply");

        assertThat(git().run("rev-parse", "HEAD")).isEqualTo(first);
    }

    @Test
    void anEnclosingRepositoryIsLeftAlone() throws IOException {
        Git enclosing = Git.init(root);
        enclosing.run("commit", "--quiet", "--allow-empty", "--message", "root");
        fixture.run("apply");

        assertThat(enclosing.run("log", "--all", "--format=%s")).isEqualTo("root\n");
        assertThat(enclosing.run("diff", "--cached", "--name-only")).isEmpty();
    }

    @Test
    void onlyTheModulesNamedGetAWorkTree() throws IOException {
        fixture.otherPinnedModule("flink-other");
        fixture.run("apply", "flink-other");

        assertThat(fixture.workTree()).doesNotExist();
        assertThat(fixture.workTree().resolveSibling("flink-other")).isDirectory();
        assertThatThrownBy(() -> fixture.run("apply", "flink-none"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("patches/flink-none has no series; modules: flink-demo, flink-other");
    }

    @Test
    void whatIsAppliedComesBackByteForByte() throws IOException {
        SortedMap<String, String> before = fixture.patchFiles();
        fixture.run("apply");

        assertThat(fixture.run("rebuild").output()).isEqualTo("rebuild: ok, nothing changed\n");
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void anEditChangesItsPatchOnly() throws IOException {
        SortedMap<String, String> expected = fixture.patchFiles();
        expected.computeIfPresent(
                MODULE + "/" + FIRST, (name, text) -> text.replace("\"warm\"", "\"hot\""));
        fixture.run("edit", "demo-greet-warmly");
        replace("\"warm\"", "\"hot\"");

        ReleasesFixture.Outcome rebuild = fixture.run("rebuild");

        assertThat(rebuild.output())
                .isEqualTo(
                        "wrote patches/flink-demo/" + FIRST + "\nrebuild: ok, 1 files written\n");
        assertThat(fixture.patchFiles()).isEqualTo(expected);
        assertThat(fixture.workTree().resolve(GREETER)).content().contains("\"hot\"", "\"twice\"");
        assertThat(fixture.run("status").output()).containsPattern("flink-demo .* clean\n");
    }

    @Test
    void anEditOfASharedPatchIsOneForTheLineToo() throws IOException {
        SortedMap<String, String> expected = shareWithLine("../" + FIRST, "../" + SECOND);
        expected.computeIfPresent(
                MODULE + "/" + FIRST, (name, text) -> text.replace("\"warm\"", "\"hot\""));
        fixture.run("edit", FIRST);
        replace("\"warm\"", "\"hot\"");

        ReleasesFixture.Outcome rebuild = fixture.run("rebuild");

        assertThat(rebuild.output())
                .isEqualTo(
                        "wrote patches/flink-demo/"
                                + FIRST
                                + "\n  line 0.9 shares it: see that it applies there, too; where it does"
                                + " not, 'ci/patchctl rebase' to the line's release gives it one of"
                                + " its own\n"
                                + "rebuild: ok, 1 files written\n");
        assertThat(fixture.patchFiles()).isEqualTo(expected);
    }

    @Test
    void aPatchThatAnEditMakesEqualToALinesOwnIsShared() throws IOException {
        SortedMap<String, String> expected = shareWithLine(FIRST, "../" + SECOND);
        String hot = expected.get(MODULE + "/" + FIRST).replace("\"warm\"", "\"hot\"");
        Files.writeString(fixture.series().resolve("0.9").resolve(FIRST), hot);
        expected.put(MODULE + "/" + FIRST, hot);
        expected.put(MODULE + "/0.9/series", "../" + FIRST + "\n../" + SECOND + "\n");
        fixture.run("edit", FIRST);
        replace("\"warm\"", "\"hot\"");

        assertThat(fixture.run("rebuild").output())
                .contains(
                        "deleted patches/flink-demo/0.9/" + FIRST + "\n",
                        "wrote patches/flink-demo/0.9/series\n");
        assertThat(fixture.patchFiles()).isEqualTo(expected);
    }

    /** Gives the line 0.9 this series, and returns the patch files as they are then. */
    private SortedMap<String, String> shareWithLine(String... entries) throws IOException {
        Path line = Files.createDirectories(fixture.series().resolve("0.9"));
        Files.writeString(line.resolve("series"), String.join("\n", entries) + "\n");
        Files.writeString(root.resolve("patches/upstream-0.9.properties"), "version = 0.9.4\n");
        return fixture.patchFiles();
    }

    @Test
    void editSaysWhatComesNext() throws IOException {
        assertThat(fixture.run("edit", FIRST).output())
                .contains("HEAD is at " + FIRST, "ci/patchctl rebuild");
        assertThat(fixture.workTree().resolve(GREETER)).hasContent(FIRST_TEXT);
        assertThatThrownBy(() -> fixture.run("edit", "demo-greet-nobody"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("no series has a patch demo-greet-nobody.patch");
    }

    @Test
    void aLaterPatchThatDoesNotFitOnTheEditIsResolvedByHand() throws IOException {
        fixture.run("edit", FIRST);
        replace("\"v25\"", "\"edited\"");

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("a later patch does not fit on your edit")
                .hasMessageContaining("git cherry-pick --continue");
        assertThatThrownBy(() -> fixture.run("rebuild"))
                .hasMessageContaining("a later patch does not fit on your edit");

        String resolved = returning(FIRST_TEXT, 25, "\"both\"");
        Files.writeString(fixture.workTree().resolve(GREETER), resolved);
        git().run("add", ".");
        git().run("cherry-pick", "--continue");
        fixture.run("rebuild");

        assertThat(fixture.series().resolve(FIRST))
                .content()
                .contains("+        return \"edited\"");
        assertThat(fixture.series().resolve(SECOND))
                .content()
                .contains("-        return \"edited\"", "+        return \"both\"");
        assertThat(fixture.run("rebuild", "--check").status()).isZero();
    }

    @Test
    void aCommitThatNamesANewPatchBecomesOne() throws IOException {
        fixture.run("apply");
        replace("\"v15\"", "\"new\"");
        git().run(
                        "commit",
                        "--quiet",
                        "--all",
                        "--message",
                        """
                        Greet anew

                        Upstream-Status: Pending
                        Reason: Needed
                         for a test.
                        Risk: None.
                        Test: GreeterTest
                        Drop-When: never

                        Patch: demo-greet-anew.patch
                        """);

        fixture.run("rebuild");

        assertThat(fixture.series().resolve("series"))
                .hasContent(String.join("\n", FIRST, SECOND, THIRD, "demo-greet-anew.patch"));
        assertThat(fixture.series().resolve("demo-greet-anew.patch"))
                .content()
                .startsWith(
                        "Subject: Greet anew\nUpstream-Status: Pending\nReason: Needed\n for a"
                                + " test.\n");
        assertThat(fixture.run("lint").output()).startsWith("lint: ok, 4 patches");
        assertThat(fixture.run("rebuild", "--check").status()).isZero();
    }

    @Test
    void aCommitOfNoPatchIsRefused() throws IOException {
        SortedMap<String, String> before = fixture.patchFiles();
        fixture.run("apply");
        replace("\"v15\"", "\"new\"");
        git().run("commit", "--quiet", "--all", "--message", "fixup! Greet warmly");

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("(fixup! Greet warmly) has no line 'Patch: <file name>'");
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void aPatchWhoseCommitIsMissingIsNotDroppedSilently() throws IOException {
        fixture.run("apply");
        git().run("reset", "--quiet", "--hard", "HEAD~1");

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("has no commit for " + THIRD);
    }

    @Test
    void aPatchThatAddsAFileIsRefused() throws IOException {
        fixture.run("edit", FIRST);
        Files.writeString(fixture.workTree().resolve("Added.java"), "class Added {}\n");
        git().run("add", "Added.java");

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith(FIRST + ": a patch changes the text of files only");
    }

    @Test
    void editsOutsideOfAnEditAreRefused() throws IOException {
        fixture.run("apply");
        replace("\"v15\"", "\"new\"");

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("contains uncommitted edits");
    }

    @Test
    void workInAWorkTreeIsThrownAwayByForceOnly() throws IOException {
        fixture.run("apply");
        replace("\"v15\"", "\"new\"");

        for (String[] call : new String[][] {{"apply"}, {"edit", FIRST}}) {
            assertThatThrownBy(() -> fixture.run(call))
                    .isInstanceOf(OverlayException.class)
                    .hasMessageContaining("contains work that is not in patches/");
        }
        assertThat(fixture.workTree().resolve(GREETER)).content().contains("\"new\"");

        fixture.run("apply", "--force");
        assertThat(fixture.workTree().resolve(GREETER)).hasContent(SECOND_TEXT);
    }

    @Test
    void aCommitThatIsNotRebuiltIsWorkToo() throws IOException {
        fixture.run("edit", FIRST);
        replace("\"warm\"", "\"hot\"");
        git().run("commit", "--quiet", "--all", "--amend", "--no-edit");

        assertThatThrownBy(() -> fixture.run("apply"))
                .hasMessageContaining("contains work that is not in patches/");
        fixture.run("rebuild");
        assertThat(fixture.run("apply").status()).isZero();
    }

    @Test
    void aWorkTreeOfOlderPatchesDoesNotOverwriteNewerOnes() throws IOException {
        fixture.run("apply");
        String newer =
                Files.readString(fixture.series().resolve(FIRST)).replace("cold", "very cold");
        Files.writeString(fixture.series().resolve(FIRST), newer);

        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("patches/flink-demo changed after its work tree was made");
        assertThat(fixture.series().resolve(FIRST)).hasContent(newer);
    }

    @Test
    void thereMustBeAWorkTreeToRebuildFrom() {
        assertThatThrownBy(() -> fixture.run("rebuild"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("there is no work tree");
    }

    @Test
    void theCheckNeedsNoWorkTreeAndLeavesNone() throws IOException {
        assertThat(fixture.run("rebuild", "--check"))
                .isEqualTo(
                        new ReleasesFixture.Outcome(
                                0, "rebuild: ok, 3 patches are in canonical form\n"));
        assertThat(fixture.workTree()).doesNotExist();
    }

    @Test
    void theCheckShowsAPatchThatIsNotInCanonicalForm() throws IOException {
        String canonical = Files.readString(fixture.series().resolve(FIRST));
        String wide =
                HEADER
                        + UnifiedDiff.between(
                                GREETER,
                                GREETER_TEXT.lines().toList(),
                                FIRST_TEXT.lines().toList(),
                                5);
        fixture.pinned().patchText(FIRST, wide);
        StringBuilder printed = new StringBuilder();

        assertThatThrownBy(() -> printed.append(fixture.run("rebuild", "--check")))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("not in canonical form")
                .hasMessageEndingWith(": flink-demo/" + FIRST);
        assertThat(fixture.series().resolve(FIRST)).hasContent(wide);

        fixture.run("apply");
        fixture.run("rebuild");
        assertThat(fixture.series().resolve(FIRST)).hasContent(canonical);
        assertThat(fixture.run("rebuild", "--check").status()).isZero();
    }

    @Test
    void anArtifactWithOtherBytesIsRefused() throws IOException {
        Files.write(fixture.pinned().sourcesJar(), new byte[] {1});

        assertThatThrownBy(() -> fixture.run("apply"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "flink-demo-sources.jar is " + Checksums.sha256(new byte[] {1}))
                .hasMessageContaining("upstream.properties pins ");
        assertThat(fixture.workTree()).doesNotExist();
    }

    @Test
    void aDamagedCopyIsFetchedAnew() throws IOException {
        fixture.run("apply");
        Path copy = root.resolve("target/patchctl/upstream/1.0/flink-demo-sources.jar");
        Files.write(copy, new byte[] {1});

        assertThat(fixture.run("apply").status()).isZero();
        assertThat(copy).hasSameBinaryContentAs(fixture.pinned().sourcesJar());
    }

    @Test
    void anArtifactThatIsNotPublishedIsNamed() throws IOException {
        Files.delete(fixture.pinned().sourcesJar());

        assertThatThrownBy(() -> fixture.run("apply"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("not published: org.apache.flink:flink-demo:jar:1.0");
    }

    @Test
    void aPatchForAFileThatUpstreamLacksIsNamed() throws IOException {
        fixture.pinned()
                .patchText(
                        "demo-greet-nobody.patch",
                        HEADER + UnifiedDiff.between("demo/Nobody.java", "a\n", "b\n"));

        assertThatThrownBy(() -> fixture.run("apply"))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        "demo-greet-nobody.patch: upstream's flink-demo does not contain demo/Nobody.java");
    }

    @Test
    void textsOfCommitsAreReadBackWhateverTheyLookLike() throws IOException {
        // Removed and added lines that look like the lines between which git puts them.
        String before = "a\n-- a/x\nindex 1\n\n\nb\n";
        String after = "a\n++ b/x\ndiff --git\n\n\nb\n";
        PatchRepository repository = PatchRepository.create(root.resolve("odd"));
        repository.commitRelease("1", Map.of("odd.txt", before.lines().toList()));
        Path file = root.resolve("demo-be-odd.patch");
        Files.writeString(file, HEADER + UnifiedDiff.between("odd.txt", before, after));
        repository.commitPatch(Patch.parse(file));

        String text =
                PatchText.canonical(
                        file.getFileName().toString(),
                        PatchText.header(file),
                        repository.diff("HEAD"));

        assertThat(Patch.parse(file, text.lines().toList()).diffs())
                .isEqualTo(Patch.parse(file).diffs());
    }

    private void replace(String from, String to) throws IOException {
        Path file = fixture.workTree().resolve(GREETER);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
