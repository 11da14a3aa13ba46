// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch.FileDiff;
import com.pinterest.flink.overlay.patch.Patch.Hunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A patch file is read as its header and the changes of each file, and refused where unclear. */
class PatchTest {

    private static final String NAME = "demo-greet-warmly.patch";

    private static final String DIFF =
            """
            --- a/demo/A.java
            +++ b/demo/A.java
            @@ -1,2 +1,2 @@
             first
            -second
            +zweite
            """;

    @TempDir private Path directory;

    @Test
    void theHeadersFieldsKeepTheirOrderAndTakeTheirContinuationLines() throws IOException {
        Patch patch =
                parse(
                        """
                        Subject: Greet warmly
                        Reason: The greeting
                         was cold,
                            very cold.
                        Risk: None.

                        """
                                + DIFF);

        assertThat(patch.name()).isEqualTo(NAME);
        assertThat(patch.header())
                .containsExactly(
                        entry("Subject", "Greet warmly"),
                        entry("Reason", "The greeting was cold, very cold."),
                        entry("Risk", "None."));
    }

    @Test
    void everyFileHasItsHunksWithTheirPlaces() throws IOException {
        Patch patch =
                parse(
                        """
                        Subject: Greet warmly

                        diff --git a/demo/A.java b/demo/A.java
                        --- a/demo/A.java
                        +++ b/demo/A.java
                        @@ -1 +1 @@ class A
                        -first
                        +erste
                        @@ -10,2 +10,3 @@
                         tenth
                        +new
                         eleventh

                        --- a/demo/b.txt
                        +++ b/demo/b.txt
                        @@ -4,0 +5 @@
                        +added
                        """);

        assertThat(patch.diffs())
                .extracting(FileDiff::path)
                .containsExactly("demo/A.java", "demo/b.txt");
        assertThat(patch.diffs().get(0).hunks())
                .extracting(Hunk::patchLine, Hunk::oldStart, Hunk::newStart)
                .containsExactly(tuple(6, 1, 1), tuple(9, 10, 10));
        assertThat(patch.diffs().get(0).hunks().get(1).lines())
                .containsExactly(" tenth", "+new", " eleventh");
        assertThat(patch.diffs().get(1).hunks())
                .extracting(Hunk::patchLine, Hunk::oldStart, Hunk::newStart)
                .containsExactly(tuple(16, 4, 5));
        assertThat(patch.changedLines()).isEqualTo(4);
    }

    @Test
    void anEmptyLineInAHunkIsABlankLineOfContext() throws IOException {
        Patch patch =
                parse(
                        """
                        --- a/demo/A.java
                        +++ b/demo/A.java
                        @@ -1,3 +1,3 @@
                         first

                        -third
                        +dritte
                        """);

        assertThat(patch.diffs().get(0).hunks().get(0).lines())
                .containsExactly(" first", " ", "-third", "+dritte");
    }

    /** The diffs are one line each here; a bar stands for the line's end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "--- a/A|+++ b/A|@@ -x,1 +1,1 @@|-a|+b; 3; not a hunk header: @@ -x,1 +1,1 @@",
                "--- a/A|+++ b/A|@@ -1,1 +1,2 @@| a| b; 3; the hunk's header does not count its lines",
                "--- a/A|+++ b/A|@@ -1,2 +1,2 @@|-a|+b; 6; not a line of a hunk: (end of file)",
                "--- a/A|+++ b/A|@@ -1,1 +1,1 @@|-a|+b|+c; 6; expected '--- a/<file>', found: +c",
                "--- a/A|+++ b/A|@@ -1,1 +1,1 @@|-a|*b; 5; not a line of a hunk: *b",
                "--- a/A|+++ b/A|; 3; no hunk for A",
                "--- /dev/null|+++ b/A|@@ -0,0 +1 @@|+a; 1; expected '--- a/<file>', found: --- /dev/null",
                "--- a/A|+++ /dev/null|@@ -1 +0,0 @@|-a; 2; expected '+++ b/<file>', found: +++ /dev/null",
                "--- a/A|+++ b/B|@@ -1 +1 @@|-a|+b; 2; it adds, moves or removes none: A",
                "diff --git a/A b/B|rename from A|rename to B; 2; expected '--- a/<file>', found: rename from A",
                "--- a/A|+++ b/A|@@ -1 +1 @@|-a|+b|--- a/A|+++ b/A|@@ -2 +2 @@|-c|+d; 6; A stands twice",
                "Subject: one|Subject: two|--- a/A; 2; field Subject stands twice",
                "Subject: one|no field; 2; neither a field, nor its continuation, nor a diff: no field",
                "Subject: one|; 2; contains no change",
            })
    void whatIsUnclearIsRefusedByFileAndLine(String text, int line, String message) {
        assertThatThrownBy(() -> parse(text.replace('|', '\n')))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith(NAME + ":" + line + ": ")
                .hasMessageContaining(message);
    }

    private Patch parse(String text) throws IOException {
        return Patch.parse(Files.writeString(directory.resolve(NAME), text));
    }
}
