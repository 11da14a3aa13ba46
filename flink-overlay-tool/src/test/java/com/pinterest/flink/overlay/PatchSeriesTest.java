// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import static com.pinterest.flink.overlay.UpstreamFixture.HEADER;
import static com.pinterest.flink.overlay.UpstreamFixture.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module's series names its patches completely and in order. */
class PatchSeriesTest {

    private static final String PATCH =
            HEADER
                    + """
                    --- a/demo/A.java
                    +++ b/demo/A.java
                    @@ -1 +1 @@
                    -first
                    +erste
                    """;

    @TempDir private Path patches;

    @BeforeEach
    void writeTwoPatches() throws IOException {
        Files.createDirectories(patches.resolve(MODULE));
        Files.writeString(patches.resolve("upstream.properties"), "version = 1.0\n");
        patch("demo-add-a.patch", PATCH);
        patch("demo-add-b.patch", PATCH);
        series("demo-add-b.patch", "demo-add-a.patch");
    }

    @Test
    void patchesStandInTheOrderOfTheSeriesNotOfTheirNames() throws IOException {
        PatchSeries series = PatchSeries.load(patches, MODULE);

        assertThat(series.module()).isEqualTo(MODULE);
        assertThat(series.patches())
                .extracting(Patch::name)
                .containsExactly("demo-add-b.patch", "demo-add-a.patch");
    }

    @Test
    void commentsAndBlankLinesOfTheSeriesAreLeftOut() throws IOException {
        series("# the first", "", "  demo-add-a.patch  ", "# the second", "demo-add-b.patch");

        assertThat(PatchSeries.load(patches, MODULE).patches())
                .extracting(Patch::name)
                .containsExactly("demo-add-a.patch", "demo-add-b.patch");
    }

    @Test
    void aListedPatchThatIsAbsentIsNamed() throws IOException {
        series("demo-add-a.patch", "demo-add-b.patch", "demo-add-c.patch");

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("series names demo-add-c.patch, which does not exist");
    }

    @Test
    void aPatchThatIsNotListedIsNamed() throws IOException {
        series("demo-add-a.patch", "# demo-add-b.patch");

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("demo-add-b.patch is not listed in ");
    }

    @Test
    void aModuleWithoutASeriesIsNamed() throws IOException {
        Files.delete(patches.resolve(MODULE).resolve("series"));

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(MODULE)
                .hasMessageContaining("series does not exist");
    }

    private void patch(String name, String text) throws IOException {
        Files.writeString(patches.resolve(MODULE).resolve(name), text);
    }

    private void series(String... lines) throws IOException {
        Files.writeString(
                patches.resolve(MODULE).resolve("series"), String.join("\n", lines) + "\n");
    }
}
