// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A diff applies exactly where it says, or not at all. */
class StrictPatcherTest {

    private static final String NAME = "demo-greet-warmly.patch";

    /** Enough for all shapes of hunks; a run of all takes less than a second. */
    private static final int RANDOM_CASES = 400;

    private static final List<String> TEN =
            List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    @TempDir private Path directory;

    @Test
    void severalHunksApplyEachAtItsPlace() throws IOException {
        String diff =
                """
                @@ -1,3 +1,4 @@
                 one
                +one and a half
                 two
                -three
                +drei
                @@ -8,3 +9,2 @@
                 eight
                -nine
                 ten
                """;

        assertThat(apply(diff, TEN))
                .containsExactly(
                        "one",
                        "one and a half",
                        "two",
                        "drei",
                        "four",
                        "five",
                        "six",
                        "seven",
                        "eight",
                        "ten");
    }

    @Test
    void aPureInsertionStandsAfterTheLineThatItNames() throws IOException {
        assertThat(apply("@@ -2,0 +3,2 @@\n+x\n+y\n", List.of("one", "two", "three")))
                .containsExactly("one", "two", "x", "y", "three");
    }

    @Test
    void anInsertionAtTheBeginningStandsBeforeTheFirstLine() throws IOException {
        assertThat(apply("@@ -0,0 +1 @@\n+x\n", List.of("one", "two")))
                .containsExactly("x", "one", "two");
        assertThat(apply("@@ -1,1 +1,2 @@\n+x\n one\n", List.of("one", "two")))
                .containsExactly("x", "one", "two");
    }

    @Test
    void anInsertionAtTheEndStandsAfterTheLastLine() throws IOException {
        assertThat(apply("@@ -2,0 +3 @@\n+x\n", List.of("one", "two")))
                .containsExactly("one", "two", "x");
        assertThat(apply("@@ -2,1 +2,2 @@\n two\n+x\n", List.of("one", "two")))
                .containsExactly("one", "two", "x");
    }

    @Test
    void anEmptyFileTakesItsFirstLines() throws IOException {
        assertThat(apply("@@ -0,0 +1 @@\n+x\n", List.of())).containsExactly("x");
    }

    @Test
    void anOffsetOfOneLineIsRefused() {
        List<String> shifted = List.of("zero", "one", "two", "three");

        assertThatThrownBy(() -> apply("@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n", shifted))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        lines(
                                NAME
                                        + ":4 does not apply to demo/A.java:1 (hunk at line 3 of the patch)",
                                "  expected: one",
                                "  found:    zero"));
    }

    @Test
    void differingContextIsRefusedWithTheLineOfThePatchAndOfTheFile() {
        String diff = "@@ -4,3 +4,3 @@\n four\n-five\n+fuenf\n sixth\n";

        assertThatThrownBy(() -> apply(diff, TEN))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        lines(
                                NAME
                                        + ":7 does not apply to demo/A.java:6 (hunk at line 3 of the patch)",
                                "  expected: sixth",
                                "  found:    six"));
    }

    @Test
    void contextThatDiffersInBlanksOnlyIsRefused() {
        assertThatThrownBy(() -> apply("@@ -1,1 +1,2 @@\n one\n+x\n", List.of("one ")))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(NAME + ":4 does not apply to demo/A.java:1");
    }

    @Test
    void aFileThatEndsTooEarlyIsRefusedEvenIfTheLineReadsLikeItsEnd() {
        String diff = "@@ -2,2 +2,1 @@\n two\n-(end of file)\n";

        assertThatThrownBy(() -> apply(diff, List.of("one", "two")))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(NAME + ":5 does not apply to demo/A.java:3")
                .hasMessageContaining("found:    (end of file)");
    }

    @Test
    void aHunkBehindTheEndOfTheFileIsRefused() {
        assertThatThrownBy(() -> apply("@@ -4,0 +5 @@\n+x\n", List.of("one", "two")))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        lines(
                                NAME
                                        + ":3 does not apply to demo/A.java:5 (hunk at line 3 of the patch)",
                                "  expected: a line after line 0",
                                "  found:    (a file of 2 lines)"));
    }

    @Test
    void hunksThatOverlapAreRefused() {
        String diff = "@@ -1,2 +1,1 @@\n one\n-two\n@@ -2,1 +1,2 @@\n two\n+x\n";

        assertThatThrownBy(() -> apply(diff, TEN))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(NAME + ":6 does not apply to demo/A.java:2")
                .hasMessageContaining("expected: a line after line 2");
    }

    @Test
    void anyDiffOfTwoTextsAppliesToTheFirstAndToNoShiftedOne() throws IOException {
        for (long seed = 0; seed < RANDOM_CASES; seed++) {
            Random random = new Random(seed);
            List<String> before = randomText(random);
            List<String> after = randomEdit(random, before);
            if (before.equals(after)) {
                continue;
            }
            // One line of context at least, so that every hunk has a line to compare.
            int context = 1 + random.nextInt(3);
            Patch patch = parse(UnifiedDiff.between("demo/A.java", before, after, context));
            List<String> shifted = new ArrayList<>(before);
            shifted.add(0, "shift");

            assertThat(StrictPatcher.apply(patch, patch.diffs().get(0), before))
                    .as("seed %d", seed)
                    .isEqualTo(after);
            assertThatThrownBy(() -> StrictPatcher.apply(patch, patch.diffs().get(0), shifted))
                    .as("seed %d, shifted", seed)
                    .isInstanceOf(OverlayException.class);
        }
    }

    /** Few different lines, so that many places look alike, but never two equal neighbours. */
    private static List<String> randomText(Random random) {
        List<String> alphabet = List.of("", "a", "b", "-", "+x", " @@");
        List<String> text = new ArrayList<>();
        int length = 1 + random.nextInt(30);
        while (text.size() < length) {
            String line = alphabet.get(random.nextInt(alphabet.size()));
            if (text.isEmpty() || !text.get(text.size() - 1).equals(line)) {
                text.add(line);
            }
        }
        return text;
    }

    private static List<String> randomEdit(Random random, List<String> before) {
        List<String> after = new ArrayList<>(before);
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(after.size() + 1);
            if (random.nextBoolean() && at < after.size()) {
                after.remove(at);
            } else {
                after.add(at, "new " + random.nextInt(3));
            }
        }
        return after;
    }

    private static String lines(String... lines) {
        return String.join(System.lineSeparator(), lines);
    }

    private List<String> apply(String hunks, List<String> original) throws IOException {
        Patch patch = parse("--- a/demo/A.java\n+++ b/demo/A.java\n" + hunks);
        return StrictPatcher.apply(patch, patch.diffs().get(0), original);
    }

    private Patch parse(String text) throws IOException {
        return Patch.parse(Files.writeString(directory.resolve(NAME), text));
    }
}
