// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical text of a patch: its unchanged header, an empty line, and the diff as git writes it
 * with three lines of context. Lines that say nothing about the change are removed ({@code diff}
 * and {@code index} lines, and the name of the function after the position of a hunk).
 */
public final class PatchText {

    /** Options that make the output of git independent of the defaults of its version. */
    public static final List<String> DIFF_OPTIONS =
            List.of(
                    "--no-color",
                    "--no-ext-diff",
                    "--no-textconv",
                    "--no-renames",
                    "--text",
                    "--unified=3",
                    "--inter-hunk-context=0",
                    "--diff-algorithm=myers",
                    "--indent-heuristic",
                    "--src-prefix=a/",
                    "--dst-prefix=b/");

    private PatchText() {}

    /** Returns the text of a patch file before its diff, without empty lines at its end. */
    public static String header(Path patch) throws IOException {
        List<String> header = new ArrayList<>();
        for (String line : Files.readAllLines(patch)) {
            if (line.startsWith("--- ") || line.startsWith("diff --git")) {
                break;
            }
            header.add(line);
        }
        return String.join("\n", header).stripTrailing();
    }

    /**
     * Returns the canonical text.
     *
     * @param name the file name of the patch, for messages
     * @param gitDiff the output of {@code git diff} with {@link #DIFF_OPTIONS}
     */
    public static String canonical(String name, String header, String gitDiff) {
        StringBuilder text = new StringBuilder(header).append("\n\n");
        boolean inHunk = false;
        // Not String.lines(), because a carriage return is part of its line.
        for (String line : gitDiff.split("\n", -1)) {
            if (line.startsWith("diff --git ")) {
                inHunk = false;
            } else if (line.startsWith("@@ ")) {
                inHunk = true;
                text.append(line, 0, line.indexOf(" @@", 2) + 3).append('\n');
            } else if (inHunk && line.startsWith("\\")) {
                throw new OverlayException(
                        name + ": a file that it changes does not end with a line end, add it");
            } else if (inHunk || line.startsWith("--- a/") || line.startsWith("+++ b/")) {
                if (!line.isEmpty()) {
                    text.append(line).append('\n');
                }
            } else if (!line.isEmpty() && !line.startsWith("index ")) {
                throw new OverlayException(
                        name
                                + ": a patch changes the text of files only, it adds, removes or"
                                + " moves none and sets no mode: "
                                + line);
            }
        }
        return text.toString();
    }
}
