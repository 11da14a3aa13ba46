// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static com.pinterest.flink.overlay.patch.PatchDirectory.HEADER;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule for patches has its finding, and a patch that keeps them all has none. */
class PatchLintTest {

    private static final String NAME = "demo-greet-warmly.patch";
    private static final String WHERE = MODULE + "/" + NAME + ": ";

    @TempDir private Path directory;

    @Test
    void aPatchThatKeepsTheRulesHasNoFinding() throws IOException {
        assertThat(findings(NAME, HEADER + addedLines("A.java", 60))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "greet.patch",
                "greet-warmly.patch",
                "0001-Greet-warmly.patch",
                "demo_greet_warmly.patch",
                "demo-greet-warmly.diff"
            })
    void theNameIsAreaVerbAndSeam(String name) throws IOException {
        assertThat(findings(name, HEADER + addedLines("A.java", 1)))
                .containsExactly(
                        MODULE + "/" + name + ": the name is not <area>-<verb>-<seam>.patch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Subject", "Upstream-Status", "Reason", "Risk", "Test", "Drop-When"})
    void everyFieldIsNeeded(String field) throws IOException {
        String absent = HEADER.replaceFirst("(?m)^" + field + ": .*\n", "");
        String blank = HEADER.replaceFirst("(?m)^" + field + ": .*", field + ": ");

        assertThat(findings(NAME, absent + addedLines("A.java", 1)))
                .containsExactly(WHERE + "the header lacks " + field);
        assertThat(findings(NAME, blank + addedLines("A.java", 1)))
                .containsExactly(WHERE + "the header lacks " + field);
    }

    @Test
    void aFieldThatNobodyKnowsIsNamed() throws IOException {
        List<String> findings =
                findings(NAME, "Author: somebody\n" + HEADER + addedLines("A.java", 1));

        assertThat(findings)
                .singleElement()
                .asString()
                .startsWith(WHERE + "unknown header field Author;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Pending",
                "Submitted [https://github.com/apache/flink/pull/1]",
                "Backport [FLINK-1]",
                "Inappropriate [names this distribution]"
            })
    void theFormsOfTheUpstreamStatusAreAccepted(String status) throws IOException {
        assertThat(findingsOfStatus(status)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pending",
                "Pending [soon]",
                "Pending.",
                "Submitted",
                "Submitted []",
                "Backport FLINK-1",
                "Inappropriate [unclosed",
                "Accepted [FLINK-1]"
            })
    void otherFormsOfTheUpstreamStatusAreRefused(String status) throws IOException {
        assertThat(findingsOfStatus(status))
                .containsExactly(
                        WHERE
                                + "Upstream-Status is not Pending, Submitted [link], Backport [id]"
                                + " or Inappropriate [reason]: "
                                + status);
    }

    @Test
    void aPatchChangesAtMostSixtyLines() throws IOException {
        assertThat(findings(NAME, HEADER + addedLines("A.java", 61)))
                .containsExactly(WHERE + "changes 61 lines, over 60");
    }

    @Test
    void removedLinesCountAsChanged() throws IOException {
        String diff = UnifiedDiff.between("A.java", "old\n".repeat(31), "new\n".repeat(30));

        assertThat(findings(NAME, HEADER + diff))
                .containsExactly(WHERE + "changes 61 lines, over 60");
    }

    @Test
    void aPatchChangesAtMostThreeFiles() throws IOException {
        String three = addedLines("A.java", 1) + addedLines("B.java", 1) + addedLines("C.java", 1);

        assertThat(findings(NAME, HEADER + three)).isEmpty();
        assertThat(findings(NAME, HEADER + three + addedLines("D.java", 1)))
                .containsExactly(WHERE + "changes 4 files, over 3");
    }

    @Test
    void allSeriesTogetherChangeAtMostSixHundredLines() throws IOException {
        List<Patch> patches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            patches.add(parse("demo-greet-no" + i + ".patch", HEADER + addedLines("A.java", 60)));
        }
        PatchSeries full = new PatchSeries(MODULE, patches);
        PatchSeries oneMore =
                new PatchSeries(
                        "flink-other", List.of(parse(NAME, HEADER + addedLines("B.java", 1))));

        assertThat(PatchLint.findings(List.of(full))).isEmpty();
        assertThat(PatchLint.findings(List.of(full, oneMore)))
                .containsExactly("all series together change 601 lines, over 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+import demo.A;", "-import demo.A;", "+import static demo.A.a;"})
    void importsStayAsTheyAre(String line) throws IOException {
        String counts = line.startsWith("+") ? "@@ -1,1 +1,2 @@\n" : "@@ -1,2 +1,1 @@\n";
        String diff = "--- a/A.java\n+++ b/A.java\n" + counts + line + "\n package demo;\n";

        assertThat(findings(NAME, HEADER + diff))
                .containsExactly(WHERE + "changes an import, use a qualified name: " + line);
    }

    @Test
    void anImportInTheContextOrAWordInACommentIsNoChangedImport() throws IOException {
        String diff =
                UnifiedDiff.between(
                        "A.java", "import demo.B;\n", "import demo.B;\n// import nothing\n");

        assertThat(findings(NAME, HEADER + diff)).isEmpty();
    }

    private List<String> findingsOfStatus(String status) throws IOException {
        String header = HEADER.replace("Status: Pending", "Status: " + status);
        return findings(NAME, header + addedLines("A.java", 1));
    }

    private List<String> findings(String name, String text) throws IOException {
        return PatchLint.findings(List.of(new PatchSeries(MODULE, List.of(parse(name, text)))));
    }

    private Patch parse(String name, String text) throws IOException {
        return Patch.parse(Files.writeString(directory.resolve(name), text));
    }

    private static String addedLines(String file, int count) {
        return UnifiedDiff.between(file, "first\n", "first\n" + "more\n".repeat(count));
    }
}
