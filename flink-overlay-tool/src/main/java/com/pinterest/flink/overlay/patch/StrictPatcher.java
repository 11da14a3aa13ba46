// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch.FileDiff;
import com.pinterest.flink.overlay.patch.Patch.Hunk;
import java.util.ArrayList;
import java.util.List;

/**
 * A patcher that applies a diff exactly: every context and removed line must be at the line that
 * the hunk names, without offset or fuzz.
 *
 * <p>A patch that only applies with an offset was made for another text, and a build must not
 * guess.
 */
public final class StrictPatcher {

    private StrictPatcher() {}

    /**
     * Returns the patched lines.
     *
     * @param patch the patch that contains the diff, for messages
     * @param original the lines of the file, without line ends
     */
    public static List<String> apply(Patch patch, FileDiff diff, List<String> original) {
        List<String> result = new ArrayList<>();
        int position = 0;
        for (Hunk hunk : diff.hunks()) {
            // A hunk without old lines names the line after which it inserts.
            int start = hunk.count(" -") == 0 ? hunk.oldStart() : hunk.oldStart() - 1;
            if (start < position || start > original.size()) {
                throw mismatch(
                        patch,
                        diff,
                        hunk,
                        hunk.patchLine(),
                        start + 1,
                        "a line after line " + position,
                        "(a file of " + original.size() + " lines)");
            }
            result.addAll(original.subList(position, start));
            position = start;
            for (int i = 0; i < hunk.lines().size(); i++) {
                String line = hunk.lines().get(i).substring(1);
                if (hunk.lines().get(i).charAt(0) == '+') {
                    result.add(line);
                    continue;
                }
                boolean ended = position == original.size();
                if (ended || !original.get(position).equals(line)) {
                    String found = ended ? "(end of file)" : original.get(position);
                    throw mismatch(
                            patch, diff, hunk, hunk.patchLine() + 1 + i, position + 1, line, found);
                }
                position++;
                if (hunk.lines().get(i).charAt(0) == ' ') {
                    result.add(line);
                }
            }
        }
        result.addAll(original.subList(position, original.size()));
        return result;
    }

    private static OverlayException mismatch(
            Patch patch,
            FileDiff diff,
            Hunk hunk,
            int patchLine,
            int line,
            String expected,
            String found) {
        return new OverlayException(
                String.format(
                        "%s:%d does not apply to %s:%d (hunk at line %d of the patch)%n"
                                + "  expected: %s%n  found:    %s",
                        patch.name(),
                        patchLine,
                        diff.path(),
                        line,
                        hunk.patchLine(),
                        expected,
                        found));
    }
}
