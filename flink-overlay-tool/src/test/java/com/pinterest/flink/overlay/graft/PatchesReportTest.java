// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.Pins;
import com.pinterest.flink.overlay.source.UpstreamFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PATCHES.md tells a user what was changed, why, and where. */
class PatchesReportTest {

    @Test
    void theReportNamesVersionsPatchesAndJars(@TempDir Path root) throws IOException {
        UpstreamFixture upstream =
                new UpstreamFixture(root)
                        .file("a.properties", "a=1\n")
                        .publish()
                        .patch("demo-raise-a.patch", "a.properties", "a=2\n");
        List<PatchSeries> series =
                List.of(
                        PatchSeries.load(upstream.patches(), MODULE),
                        new PatchSeries("flink-without-patches", List.of()));
        Map<String, List<String>> touched =
                new TreeMap<>(
                        Map.of(
                                "lib/a.jar",
                                List.of("a/A.class", "a/B.class"),
                                "lib/b.jar!/c.jar",
                                List.of("a/A.class")));

        String report =
                PatchesReport.render(
                        "1.0-fork-7", Pins.load(upstream.pinsFile()), "abc123", series, touched);

        assertThat(report)
                .isEqualTo(
                        """
                        # Patches in 1.0-fork-7

                        This distribution is Apache Flink 1.0 with the changes below. Everything else is the published binary.

                        Series SHA-256: `abc123`

                        ## flink-demo

                        ### demo-raise-a.patch

                        - Subject: Greet warmly
                        - Upstream-Status: Pending
                        - Reason: The greeting was cold.
                        - Risk: None.
                        - Test: GreeterTest
                        - Drop-When: upstream greets warmly
                        - Modified files: `a.properties` (2 lines)

                        ## Modified jars

                        - `lib/a.jar`
                          - `a/A.class`
                          - `a/B.class`
                        - `lib/b.jar!/c.jar`
                          - `a/A.class`
                        """);
    }
}
