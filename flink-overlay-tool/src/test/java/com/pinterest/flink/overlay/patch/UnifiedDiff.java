// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes unified diffs, so that a test states a patch as the text before and after.
 *
 * <p>Deliberately apart from the tool's code: a longest common subsequence by the textbook's table,
 * which is quadratic and good for short texts only.
 */
public final class UnifiedDiff {

    private UnifiedDiff() {}

    /** The change of one file, with the usual three lines of context. */
    public static String between(String path, String before, String after) {
        return between(path, before.lines().toList(), after.lines().toList(), 3);
    }

    public static String between(
            String path, List<String> before, List<String> after, int context) {
        StringBuilder diff = new StringBuilder();
        diff.append("--- a/").append(path).append("\n+++ b/").append(path).append('\n');
        List<String> marked = marked(before, after);
        int next = 0;
        while (true) {
            int first = nextChange(marked, next);
            if (first == marked.size()) {
                return diff.toString();
            }
            int end = first + 1;
            // A change whose context would overlap this one's belongs to the same hunk.
            for (int i = end; i < Math.min(marked.size(), end + 2 * context + 1); i++) {
                if (marked.get(i).charAt(0) != ' ') {
                    end = i + 1;
                }
            }
            int from = Math.max(next, first - context);
            int to = Math.min(marked.size(), end + context);
            appendHunk(diff, marked, from, to);
            next = to;
        }
    }

    private static int nextChange(List<String> marked, int from) {
        int index = from;
        while (index < marked.size() && marked.get(index).charAt(0) == ' ') {
            index++;
        }
        return index;
    }

    private static void appendHunk(StringBuilder diff, List<String> marked, int from, int to) {
        diff.append("@@ -").append(range(marked, '+', from, to));
        diff.append(" +").append(range(marked, '-', from, to)).append(" @@\n");
        marked.subList(from, to).forEach(line -> diff.append(line).append('\n'));
    }

    /** Start and length of a hunk on the side that has no lines with the other side's mark. */
    private static String range(List<String> marked, char otherMark, int from, int to) {
        int before = count(marked.subList(0, from), otherMark);
        int length = count(marked.subList(from, to), otherMark);
        return (length == 0 ? before : before + 1) + "," + length;
    }

    private static int count(List<String> marked, char otherMark) {
        return (int) marked.stream().filter(line -> line.charAt(0) != otherMark).count();
    }

    private static List<String> marked(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] =
                        before.get(i).equals(after.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> marked = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            boolean oldLeft = i < before.size();
            boolean newLeft = j < after.size();
            if (oldLeft && newLeft && before.get(i).equals(after.get(j))) {
                marked.add(" " + before.get(i++));
                j++;
            } else if (oldLeft && (!newLeft || common[i + 1][j] >= common[i][j + 1])) {
                marked.add("-" + before.get(i++));
            } else {
                marked.add("+" + after.get(j++));
            }
        }
        return marked;
    }
}
