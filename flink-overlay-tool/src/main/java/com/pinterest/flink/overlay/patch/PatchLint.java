// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The rules for patches and series. patches/README.md describes them. */
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

    /** Returns the violations, one line each. */
    public static List<String> findings(List<PatchSeries> all) {
        List<String> findings = new ArrayList<>();
        for (PatchSeries series : all) {
            for (Patch patch : series.patches()) {
                String where = series.module() + "/" + patch.name() + ": ";
                check(patch).forEach(finding -> findings.add(where + finding));
            }
        }
        findings.addAll(checkBudget(all));
        return findings;
    }

    /**
     * Returns the violations of a line other than the base line: of its own patches and of its
     * whole series. Patches that it shares with the base line are not checked again.
     */
    public static List<String> findings(PatchSet line) throws IOException {
        List<String> findings = new ArrayList<>();
        List<PatchSeries> all = line.all();
        for (PatchSeries series : all) {
            if (!line.hasVariant(series.module())) {
                continue;
            }
            Path variant = line.variant(series.module());
            String place = series.module() + "/" + line.line() + "/";
            List<String> base =
                    PatchSeries.names(line.directory().resolve(series.module()).resolve("series"));
            for (Patch patch : series.patches()) {
                if (patch.file().getParent().equals(variant)) {
                    String where = place + patch.name() + ": ";
                    check(patch).forEach(finding -> findings.add(where + finding));
                    if (base.contains(patch.name()) && isCopy(patch)) {
                        String entry = PatchSeries.SHARED + patch.name();
                        findings.add(
                                where
                                        + "is the base line's byte for byte: delete it and write "
                                        + entry
                                        + " in "
                                        + place
                                        + "series");
                    }
                }
            }
        }
        checkBudget(all).forEach(finding -> findings.add("line " + line.line() + ": " + finding));
        return findings;
    }

    /** Returns whether a patch of a line equals that of the base line with the same name. */
    private static boolean isCopy(Patch patch) throws IOException {
        Path base = patch.file().getParent().resolveSibling(patch.name());
        return Files.isRegularFile(base) && Files.mismatch(base, patch.file()) < 0;
    }

    private static List<String> checkBudget(List<PatchSeries> all) {
        int lines = all.stream().mapToInt(PatchSeries::changedLines).sum();
        return lines <= MAX_LINES_IN_ALL
                ? List.of()
                : List.of(
                        "all series together change " + lines + " lines, over " + MAX_LINES_IN_ALL);
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
