// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The rules that every patch and the whole of the series must keep; see patches/README.md. */
public final class PatchLint {

    static final int MAX_LINES_PER_PATCH = 60;
    static final int MAX_FILES_PER_PATCH = 3;
    public static final int MAX_LINES_IN_ALL = 600;

    private static final List<String> FIELDS =
            List.of("Subject", "Upstream-Status", "Reason", "Risk", "Test", "Drop-When");
    private static final Pattern STATUS =
            Pattern.compile("Pending|(Submitted|Backport|Inappropriate) \\[[^\\]]+\\]");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+){2,}\\.patch");

    private PatchLint() {}

    /** Returns what is wrong, a line each; empty if nothing is. */
    public static List<String> findings(List<PatchSeries> all) {
        List<String> findings = new ArrayList<>();
        int lines = 0;
        for (PatchSeries series : all) {
            for (Patch patch : series.patches()) {
                String where = series.module() + "/" + patch.name() + ": ";
                check(patch).forEach(finding -> findings.add(where + finding));
                lines += patch.changedLines();
            }
        }
        if (lines > MAX_LINES_IN_ALL) {
            findings.add(
                    "all series together change " + lines + " lines, over " + MAX_LINES_IN_ALL);
        }
        return findings;
    }

    private static List<String> check(Patch patch) {
        List<String> findings = new ArrayList<>();
        if (!NAME.matcher(patch.name()).matches()) {
            findings.add("the name is not <area>-<verb>-<seam>.patch");
        }
        for (String field : FIELDS) {
            if (patch.header().getOrDefault(field, "").isBlank()) {
                findings.add("the header lacks " + field);
            }
        }
        for (String field : patch.header().keySet()) {
            if (!FIELDS.contains(field)) {
                findings.add("unknown header field " + field + "; known: " + FIELDS);
            }
        }
        String status = patch.header().getOrDefault("Upstream-Status", "");
        if (!status.isBlank() && !STATUS.matcher(status).matches()) {
            findings.add(
                    "Upstream-Status is not Pending, Submitted [link], Backport [id] or"
                            + " Inappropriate [reason]: "
                            + status);
        }
        if (patch.changedLines() > MAX_LINES_PER_PATCH) {
            findings.add("changes " + patch.changedLines() + " lines, over " + MAX_LINES_PER_PATCH);
        }
        if (patch.diffs().size() > MAX_FILES_PER_PATCH) {
            findings.add("changes " + patch.diffs().size() + " files, over " + MAX_FILES_PER_PATCH);
        }
        for (Patch.FileDiff diff : patch.diffs()) {
            for (Patch.Hunk hunk : diff.hunks()) {
                hunk.lines().stream()
                        .filter(line -> line.matches("[+-]\\s*import\\s.*"))
                        .forEach(
                                line ->
                                        findings.add(
                                                "changes an import, use a qualified name: "
                                                        + line));
            }
        }
        return findings;
    }
}
