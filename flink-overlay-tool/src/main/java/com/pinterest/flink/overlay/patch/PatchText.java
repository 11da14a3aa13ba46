// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical text of a patch: its header as it is, an empty line, and the diff as git writes it
 * with three lines of context, less what says nothing about the change ({@code diff} and {@code
 * index} lines, the function's name behind a hunk's position).
 */
public final class PatchText {

    /** Makes git's output independent of its version's defaults. */
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

    /** The text of a patch file up to its diff, without empty lines at its end. */
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
     * The canonical text.
     *
     * @param name the patch's file name, for messages
     * @param gitDiff what {@code git diff} wrote with {@link #DIFF_OPTIONS}
     */
    public static String canonical(String name, String header, String gitDiff) {
        StringBuilder text = new StringBuilder(header).append("\n\n");
        boolean inHunk = false;
        // Not String.lines(): a carriage return is a part of its line.
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
