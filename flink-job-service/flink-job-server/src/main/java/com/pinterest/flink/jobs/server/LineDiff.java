// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts, line by line: the longest common subsequence stays. */
final class LineDiff {

    /** Longer texts are shown as replaced as a whole: the time grows with the square. */
    private static final int MAX_LINES = 2_000;

    private LineDiff() {}

    /** A line of the one text, the other one, or both. */
    record Line(Side side, String text) {}

    /** Where a line is. */
    enum Side {
        BOTH,
        OLD,
        NEW;

        /** As in a unified diff. */
        String sign() {
            return switch (this) {
                case BOTH -> " ";
                case OLD -> "-";
                case NEW -> "+";
            };
        }

        String word() {
            return switch (this) {
                case BOTH -> "same";
                case OLD -> "old";
                case NEW -> "new";
            };
        }
    }

    static List<Line> of(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        List<Line> lines = new ArrayList<>();
        if (old.size() > MAX_LINES || now.size() > MAX_LINES) {
            old.forEach(line -> lines.add(new Line(Side.OLD, line)));
            now.forEach(line -> lines.add(new Line(Side.NEW, line)));
            return lines;
        }
        int[][] common = common(old, now);
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
                lines.add(new Line(Side.BOTH, old.get(i)));
                i++;
                j++;
            } else if (j == now.size()
                    || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add(new Line(Side.OLD, old.get(i)));
                i++;
            } else {
                lines.add(new Line(Side.NEW, now.get(j)));
                j++;
            }
        }
        return lines;
    }

    /** How many lines the rests of both have in common. */
    private static int[][] common(List<String> old, List<String> now) {
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] =
                        old.get(i).equals(now.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    static boolean hasChanges(List<Line> lines) {
        return lines.stream().anyMatch(line -> line.side() != Side.BOTH);
    }
}
