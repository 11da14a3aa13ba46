// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A module's series names its patches completely and in order. */
class PatchSeriesTest {

    @TempDir private Path patches;

    private PatchDirectory directory;

    @BeforeEach
    void writeTwoPatches() throws IOException {
        directory = new PatchDirectory(patches);
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
        directory.series(
                "# the first", "", "  demo-add-a.patch  ", "# the second", "demo-add-b.patch");

        assertThat(PatchSeries.load(patches, MODULE).patches())
                .extracting(Patch::name)
                .containsExactly("demo-add-a.patch", "demo-add-b.patch");
    }

    @Test
    void aListedPatchThatIsAbsentIsNamed() throws IOException {
        directory.series("demo-add-a.patch", "demo-add-b.patch", "demo-add-c.patch");

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("series names demo-add-c.patch, which does not exist");
    }

    @Test
    void aPatchThatIsNotListedIsNamed() throws IOException {
        directory.series("demo-add-a.patch", "# demo-add-b.patch");

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("demo-add-b.patch is not listed in ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../demo-add-c.patch", "more/demo-add-c.patch", "/demo-add-c.patch", ".."})
    void aSeriesOfTheBaseLineNamesFilesBesideIt(String entry) throws IOException {
        directory.series("demo-add-a.patch", "demo-add-b.patch", entry);

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        MODULE
                                + "/series names "
                                + entry
                                + ", which is not the name of a file next to it");
    }

    @Test
    void aPatchThatIsListedTwiceIsNamed() throws IOException {
        directory.series("demo-add-a.patch", "demo-add-b.patch", "demo-add-a.patch");

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("series names demo-add-a.patch twice");
    }

    @Test
    void aModuleWithoutASeriesIsNamed() throws IOException {
        Files.delete(patches.resolve(MODULE).resolve("series"));

        assertThatThrownBy(() -> PatchSeries.load(patches, MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(MODULE)
                .hasMessageContaining("series does not exist");
    }
}
