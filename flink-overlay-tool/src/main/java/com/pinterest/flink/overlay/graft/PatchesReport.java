// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.Pins;
import java.util.List;
import java.util.Map;

/** The {@code PATCHES.md} of a distribution: the changes, their reasons, and the changed files. */
public final class PatchesReport {

    private PatchesReport() {}

    /**
     * Renders the report.
     *
     * @param touched the changed entries by the path of their jar in the tree
     */
    public static String render(
            String forkVersion,
            Pins pins,
            String seriesHash,
            List<PatchSeries> all,
            Map<String, List<String>> touched) {
        StringBuilder text = new StringBuilder();
        text.append("# Patches in ").append(forkVersion).append("\n\n");
        text.append("This distribution is Apache Flink ").append(pins.version());
        text.append(" with the changes below. Everything else is the published binary.\n\n");
        text.append("Series SHA-256: `").append(seriesHash).append("`\n");
        for (PatchSeries series : all) {
            if (series.patches().isEmpty()) {
                continue;
            }
            text.append("\n## ").append(series.module()).append('\n');
            series.patches().forEach(patch -> append(text, patch));
        }
        text.append("\n## Modified jars\n\n");
        touched.forEach(
                (jar, entries) -> {
                    text.append("- `").append(jar).append("`\n");
                    entries.forEach(entry -> text.append("  - `").append(entry).append("`\n"));
                });
        return text.toString();
    }

    private static void append(StringBuilder text, Patch patch) {
        text.append("\n### ").append(patch.name()).append("\n\n");
        patch.header()
                .forEach(
                        (field, value) ->
                                text.append("- ")
                                        .append(field)
                                        .append(": ")
                                        .append(value)
                                        .append('\n'));
        text.append("- Modified files:");
        patch.diffs().forEach(diff -> text.append(" `").append(diff.path()).append('`'));
        text.append(" (").append(patch.changedLines()).append(" lines)\n");
    }
}
