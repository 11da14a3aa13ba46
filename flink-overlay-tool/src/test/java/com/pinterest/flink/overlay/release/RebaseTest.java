// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.release;

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
import com.pinterest.flink.overlay.patch.UnifiedDiff;
import com.pinterest.flink.overlay.patchctl.ReleasesFixture;
import com.pinterest.flink.overlay.worktree.Git;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A series moves to another release, and each way that a patch can fare is told apart. */
class RebaseTest {

    private static final String FIRST = "demo-greet-warmly.patch";
    private static final String SECOND = "demo-greet-twice.patch";
    private static final String FIRST_TEXT = returning(GREETER_TEXT, 12, "\"warm\"");
    private static final String SECOND_TEXT = returning(FIRST_TEXT, 25, "\"twice\"");

    /** Between the two changes, so that the first applies as it is and the second further down. */
    private static final String INSERTED =
            GREETER_TEXT.replace(
                    "    public String greet18()",
                    "    // one\n    // two\n    public String greet18()");

    @TempDir private Path root;
    private ReleasesFixture fixture;
    private SortedMap<String, String> before;

    @BeforeEach
    void writePatches() throws IOException {
        fixture = new ReleasesFixture(root);
        fixture.pinned()
                .patch(FIRST, GREETER, FIRST_TEXT)
                .patchText(SECOND, HEADER + UnifiedDiff.between(GREETER, FIRST_TEXT, SECOND_TEXT));
        before = fixture.patchFiles();
    }

    private Git git(String version) throws IOException {
        return Git.open(fixture.rebaseTree(version));
    }

    private Path greeterIn(String version) {
        return fixture.rebaseTree(version).resolve(GREETER);
    }

    @Test
    void patchesThatApplyAtTheirLinesAreCleanAndStayAsTheyAre() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 18, "\"changed\""), RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isZero();
        assertThat(rebase.output())
                .contains(
                        "flink-demo: " + FIRST + ": clean\n",
                        "flink-demo: " + SECOND + ": clean\n",
                        "compile: ok, 1 patched sources against 1.1.0\n",
                        "\nversion = 1.1.0\n",
                        "\nflink-demo.jar.sha256 = " + digest("1.1.0", ".jar") + "\n",
                        "\nflink-demo.sources.sha256 = " + digest("1.1.0", "-sources.jar") + "\n")
                .endsWith("rebase 1.0 -> 1.1.0: ok; 2 clean\n");
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void aPatchWhoseLinesMovedIsMergedIntoAVariantForTheLine() throws IOException {
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isZero();
        assertThat(rebase.output())
                .contains(FIRST + ": clean\n", SECOND + ": three-way\n")
                .endsWith("rebase 1.0 -> 1.1.0: ok; 1 clean, 1 three-way\n");
        String merged = returning(INSERTED, 12, "\"warm\"");
        SortedMap<String, String> expected = new java.util.TreeMap<>(before);
        expected.put(MODULE + "/1.1/series", "../" + FIRST + "\n" + SECOND + "\n");
        expected.put(
                MODULE + "/1.1/" + SECOND,
                HEADER + UnifiedDiff.between(GREETER, merged, returning(merged, 25, "\"twice\"")));
        assertThat(fixture.patchFiles()).isEqualTo(expected);
    }

    @Test
    void aVariantThatIsNoLongerNeededGoes() throws IOException {
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT);
        fixture.release("1.1.1", GREETER_TEXT, RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        assertThat(fixture.series().resolve("1.1")).isDirectory();

        fixture.run("rebase", "1.1.1");

        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void aVariantTakesUpAPatchOfItsOwnAndSharesItAgain() throws IOException {
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT);
        fixture.release("1.1.1", "// moved\n" + GREETER_TEXT, RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        SortedMap<String, String> shared = fixture.patchFiles();

        fixture.run("rebase", "1.1.1");

        assertThat(fixture.series().resolve("1.1/series")).hasContent(FIRST + "\n" + SECOND);
        assertThat(fixture.series().resolve("1.1").resolve(FIRST)).content().contains("@@ -11,7 ");

        fixture.run("rebase", "1.1.0");

        assertThat(fixture.patchFiles()).isEqualTo(shared);
    }

    @Test
    void aMoveOfTheBaseLineLeavesToOtherLinesWhatTheyShared() throws IOException {
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT);
        fixture.release("1.2.0", "// moved\n" + GREETER_TEXT, RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        String own = fixture.patchFiles().get(MODULE + "/1.1/" + SECOND);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.2.0", "--in-place");

        assertThat(rebase.output())
                .contains(
                        "wrote patches/flink-demo/" + FIRST + "\n",
                        "wrote patches/flink-demo/1.1/" + FIRST + "\n");
        assertThat(fixture.patchFiles())
                .containsEntry(MODULE + "/1.1/series", FIRST + "\n" + SECOND + "\n")
                .containsEntry(MODULE + "/1.1/" + FIRST, before.get(MODULE + "/" + FIRST))
                .containsEntry(MODULE + "/1.1/" + SECOND, own);
    }

    @Test
    void aPatchThatTheBaseLineDropsStaysWithTheLineThatSharedIt() throws IOException {
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT);
        fixture.release("1.2.0", FIRST_TEXT, RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");

        fixture.run("rebase", "1.2.0", "--in-place");

        assertThat(fixture.series().resolve(FIRST)).doesNotExist();
        assertThat(fixture.patchFiles())
                .containsEntry(MODULE + "/1.1/series", FIRST + "\n" + SECOND + "\n")
                .containsEntry(MODULE + "/1.1/" + FIRST, before.get(MODULE + "/" + FIRST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.1", "1.1.0 --in-place"})
    void aReleaseOfTheLineAndAMoveOfTheBaseLineAreWrittenInPlace(String arguments)
            throws IOException {
        String[] words = arguments.split(" ", -1);
        fixture.release(words[0], INSERTED, RESOURCE_TEXT);

        fixture.run(("rebase " + arguments).split(" ", -1));

        assertThat(fixture.patchFiles().keySet()).isEqualTo(before.keySet());
        assertThat(fixture.series().resolve(SECOND)).content().contains("@@ -64,7 +64,7 @@");
    }

    @Test
    void aConflictIsNamedByFileAndLineAndNothingIsWritten() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 12, "\"theirs\""), RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isEqualTo(1);
        assertThat(Files.readAllLines(greeterIn("1.1.0")).get(12)).startsWith("<<<<<<< ");
        assertThat(rebase.output())
                .contains(
                        FIRST + ": CONFLICT " + GREETER + ":13\n",
                        SECOND + ": pending\n",
                        "To do in " + fixture.rebaseTree("1.1.0").toRealPath(),
                        "Then: ci/patchctl rebase 1.1.0 --continue\n")
                .endsWith("rebase 1.0 -> 1.1.0: FAILED, not resolved; 1 CONFLICT, 1 pending\n");
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void aResolvedConflictGoesOnWithTheRest() throws IOException {
        String theirs = returning(GREETER_TEXT, 12, "\"theirs\"");
        fixture.release("1.1.0", theirs, RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        String both = returning(GREETER_TEXT, 12, "\"both\"");
        Files.writeString(greeterIn("1.1.0"), both);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0", "--continue");

        assertThat(rebase.status()).isZero();
        assertThat(rebase.output())
                .contains(FIRST + ": resolved\n", SECOND + ": clean\n")
                .endsWith("ok; 1 clean, 1 resolved\n");
        assertThat(fixture.series().resolve("1.1").resolve(FIRST))
                .hasContent(HEADER + UnifiedDiff.between(GREETER, theirs, both));
    }

    @Test
    void aConflictThatTheUserCommittedHimselfIsResolvedToo() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 12, "\"theirs\""), RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        Files.writeString(greeterIn("1.1.0"), returning(GREETER_TEXT, 12, "\"both\""));
        git("1.1.0").run("add", ".");
        git("1.1.0").run("cherry-pick", "--continue");

        assertThat(fixture.run("rebase", "1.1.0", "--continue").output())
                .contains(FIRST + ": resolved\n");
    }

    @Test
    void aMarkerThatIsLeftIsNamed() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 12, "\"theirs\""), RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");

        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0", "--continue"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(FIRST + ": ")
                .hasMessageEndingWith("Greeter.java:13 still has a conflict marker");
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    @Test
    void aChangeThatTheReleaseHasIsEmptyAndLeavesTheSeries() throws IOException {
        fixture.release("1.1.0", FIRST_TEXT, RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isZero();
        assertThat(rebase.output())
                .contains(FIRST + ": EMPTY\n", SECOND + ": clean\n")
                .endsWith("ok; 1 clean, 1 EMPTY\n");
        Path variant = fixture.series().resolve("1.1");
        assertThat(variant.resolve("series")).hasContent("../" + SECOND);
        assertThat(variant.resolve(SECOND)).doesNotExist();
        assertThat(variant.resolve(FIRST)).doesNotExist();
    }

    @Test
    void anEmptyPatchIsDeletedInPlace() throws IOException {
        fixture.release("1.0.1", FIRST_TEXT, RESOURCE_TEXT);

        assertThat(fixture.run("rebase", "1.0.1").output())
                .contains("deleted patches/flink-demo/" + FIRST, "wrote patches/flink-demo/series");
        assertThat(fixture.series().resolve("series")).hasContent(SECOND);
        assertThat(fixture.series().resolve(FIRST)).doesNotExist();
    }

    @Test
    void aFileThatTheReleaseLacksIsGoneAndItsPatchCanBeDropped() throws IOException {
        fixture.pinned()
                .patch(
                        "demo-name-version.patch",
                        RESOURCE,
                        RESOURCE_TEXT.replace("scala=2", "scala=3"));
        before = fixture.patchFiles();
        fixture.release("1.1.0", Map.of(GREETER, GREETER_TEXT));

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isEqualTo(1);
        assertThat(rebase.output())
                .contains("demo-name-version.patch: GONE " + RESOURCE + "\n")
                .endsWith("FAILED, not resolved; 2 clean, 1 GONE\n");
        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0", "--continue"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("1.1.0 has no " + RESOURCE)
                .hasMessageContaining("git cherry-pick --skip");
        assertThat(fixture.patchFiles()).isEqualTo(before);

        git("1.1.0").run("cherry-pick", "--skip");
        ReleasesFixture.Outcome resumed = fixture.run("rebase", "1.1.0", "--continue");

        assertThat(resumed.status()).isZero();
        assertThat(resumed.output()).endsWith("ok; 2 clean, 1 dropped\n");
        assertThat(fixture.series().resolve("1.1/series"))
                .hasContent("../" + FIRST + "\n../" + SECOND);
    }

    @Test
    void aModuleThatIsNotPublishedIsAbsentAndTheOthersMove() throws IOException {
        fixture.otherPinnedModule("flink-other").release("1.1.0", INSERTED, RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isZero();
        assertThat(rebase.output())
                .contains(
                        "flink-other: ABSENT, org.apache.flink:flink-other:jar:1.1.0 is not"
                                + " published\n")
                .endsWith(
                        "ok; 1 clean, 1 three-way, 1 module(s) ABSENT and left as they are:"
                                + " flink-other\n");
        assertThat(fixture.series().resolve("1.1")).isDirectory();
        assertThat(root.resolve("patches/flink-other/1.1")).doesNotExist();
    }

    @Test
    void aReleaseThatIsNotPublishedAtAllIsNamed() {
        assertThatThrownBy(() -> fixture.run("rebase", "7.0.0"))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        "nothing of version 7.0.0 is published: org.apache.flink:flink-demo:jar:7.0.0");
    }

    @Test
    void aPatchThatMergesButDoesNotCompileIsNamed() throws IOException {
        String calling = returning(FIRST_TEXT, 25, "greet18()");
        fixture.pinned()
                .patchText(SECOND, HEADER + UnifiedDiff.between(GREETER, FIRST_TEXT, calling));
        before = fixture.patchFiles();
        fixture.release("1.1.0", GREETER_TEXT.replace("greet18", "welcome18"), RESOURCE_TEXT);

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.status()).isEqualTo(1);
        assertThat(rebase.output())
                .contains(
                        FIRST + ": clean\n",
                        SECOND + ": clean\n",
                        "patched sources do not compile",
                        SECOND,
                        "Greeter.java:65: ",
                        "ci/patchctl rebase 1.1.0 --continue")
                .endsWith("FAILED, does not compile; 2 clean\n");
        assertThat(fixture.patchFiles()).isEqualTo(before);

        Files.writeString(
                greeterIn("1.1.0"),
                Files.readString(greeterIn("1.1.0")).replace("greet18()", "welcome18()"));
        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0", "--continue"))
                .hasMessageContaining("contains uncommitted edits");
        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0"))
                .hasMessageContaining("contains conflicts or your work on them");
        git("1.1.0").run("commit", "--quiet", "--all", "--amend", "--no-edit");

        assertThat(fixture.run("rebase", "1.1.0", "--continue").status()).isZero();
        assertThat(fixture.series().resolve("1.1").resolve(SECOND))
                .content()
                .contains("+        return welcome18();");
    }

    @Test
    void aPatchMayCallSourcesOfTheModuleThatCarriesIt() throws IOException {
        Path module = root.resolve("flink-demo-patches");
        Path own = module.resolve("src/main/java/com/pinterest/flink/demo/Warmth.java");
        Files.createDirectories(own.getParent());
        Files.writeString(
                own,
                """
                package com.pinterest.flink.demo;

                public class Warmth {
                    public static String get() {
                        return "warm";
                    }
                }
                """);
        fixture.pinned()
                .patch(
                        FIRST,
                        GREETER,
                        returning(GREETER_TEXT, 12, "com.pinterest.flink.demo.Warmth.get()"));
        fixture.release("1.1.0", GREETER_TEXT, RESOURCE_TEXT);

        assertThat(fixture.run("rebase", "1.1.0").output()).contains("do not compile");

        Files.writeString(
                module.resolve("pom.xml"),
                "<project><properties><overlay.modules>flink-demo</overlay.modules></properties>"
                        + "</project>");
        assertThat(fixture.run("rebase", "1.1.0").status()).isZero();
    }

    @Test
    void theNumberOfTheReleaseInAResourceIsNoConflict() throws IOException {
        fixture.pinned()
                .patch(
                        "demo-name-version.patch",
                        RESOURCE,
                        RESOURCE_TEXT.replace("=1.0", "=@fork.version@"));
        fixture.release(
                "1.1.0",
                GREETER_TEXT,
                RESOURCE_TEXT.replace("=1.0", "=1.1.0").replace("abc", "def"));

        ReleasesFixture.Outcome rebase = fixture.run("rebase", "1.1.0");

        assertThat(rebase.output()).endsWith("ok; 2 clean, 1 three-way\n");
        assertThat(fixture.series().resolve("1.1/demo-name-version.patch"))
                .content()
                .contains("\n-version=1.1.0\n+version=@fork.version@\n", "\n commit=def\n");
    }

    @Test
    void anUnfinishedRebaseIsThrownAwayByForceOnly() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 12, "\"theirs\""), RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");

        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("contains conflicts or your work on them")
                .hasMessageContaining("--force");
        assertThat(fixture.run("rebase", "1.1.0", "--force").output()).contains("CONFLICT");
    }

    @Test
    void patchesThatChangeDuringARebaseStopIt() throws IOException {
        fixture.release("1.1.0", returning(GREETER_TEXT, 12, "\"theirs\""), RESOURCE_TEXT);
        fixture.run("rebase", "1.1.0");
        Path patch = fixture.series().resolve(SECOND);
        Files.writeString(patch, Files.readString(patch).replace("None", "Little"));

        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0", "--continue"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("patches/ changed since the rebase to 1.1.0 began");
    }

    @Test
    void thereMustBeARebaseToContinue() {
        assertThatThrownBy(() -> fixture.run("rebase", "1.1.0", "--continue"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("no rebase to 1.1.0 is in progress");
    }

    @ParameterizedTest
    @ValueSource(strings = {"newest", "1", "../1.1.0", "1.1.0/x", "v1.1.0"})
    void whatIsNoVersionIsRefused(String version) {
        assertThatThrownBy(() -> fixture.run("rebase", version))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("not a version of Apache Flink");
    }

    @Test
    void thePinnedReleaseIsNoDestination() {
        assertThatThrownBy(() -> fixture.run("rebase", "1.0"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("the patches are already made for 1.0");
    }

    @Test
    void aJourneyThereAndBackGivesTheSamePatches() throws IOException {
        fixture.pinned()
                .patch(
                        "demo-name-version.patch",
                        RESOURCE,
                        RESOURCE_TEXT.replace("=1.0", "=@fork.version@"));
        before = fixture.patchFiles();
        fixture.release("1.1.0", INSERTED, RESOURCE_TEXT.replace("=1.0", "=1.1.0"));

        ReleasesFixture.Outcome there = fixture.run("rebase", "1.1.0", "--in-place");
        fixture.pin(there.output());
        assertThat(there.status()).isZero();
        assertThat(fixture.run("rebuild", "--check").status()).isZero();
        assertThat(fixture.patchFiles()).isNotEqualTo(before);
        ReleasesFixture.Outcome back = fixture.run("rebase", "1.0", "--in-place");
        fixture.pin(back.output());

        assertThat(back.status()).isZero();
        assertThat(fixture.patchFiles()).isEqualTo(before);
    }

    private String digest(String version, String suffix) throws IOException {
        return Checksums.of(
                "SHA-256",
                root.resolve("releases")
                        .resolve(version)
                        .resolve("upstream")
                        .resolve(MODULE + suffix));
    }
}
