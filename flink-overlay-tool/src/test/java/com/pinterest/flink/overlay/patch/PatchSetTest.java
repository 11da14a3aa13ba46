// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.patch.PatchDirectory.PATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line has the base line's series but where it has one of its own; the hash covers them all. */
class PatchSetTest {

    @TempDir private Path patches;

    private PatchDirectory directory;

    @BeforeEach
    void writeTwoPatches() throws IOException {
        directory = new PatchDirectory(patches);
    }

    @Test
    void onlyDirectoriesWithASeriesAreModules() throws IOException {
        Files.createDirectories(patches.resolve("dropped"));
        Files.createDirectories(patches.resolve("flink-a"));
        Files.writeString(patches.resolve("flink-a/series"), "");

        assertThat(baseLine().all())
                .extracting(PatchSeries::module)
                .containsExactly("flink-a", MODULE);
    }

    @Test
    void theHashIsThatOfTheContentAndNotOfThePlace(@TempDir Path elsewhere) throws IOException {
        String hash = baseLine().hash();

        Trees.link(patches, elsewhere);

        assertThat(hash).matches("[0-9a-f]{64}");
        assertThat(PatchSet.ofBaseLine(elsewhere).hash()).isEqualTo(hash);
    }

    @Test
    void anotherPatchTextChangesTheHash() throws IOException {
        String before = baseLine().hash();

        directory.patch("demo-add-a.patch", PATCH.replace("erste", "Erste"));

        assertThat(baseLine().hash()).isNotEqualTo(before);
    }

    @Test
    void anotherPatchNameChangesTheHash() throws IOException {
        String before = baseLine().hash();

        Files.move(
                patches.resolve(MODULE).resolve("demo-add-a.patch"),
                patches.resolve(MODULE).resolve("demo-add-c.patch"));
        directory.series("demo-add-b.patch", "demo-add-c.patch");

        assertThat(baseLine().hash()).isNotEqualTo(before);
    }

    @Test
    void anotherOrderChangesTheHash() throws IOException {
        String before = baseLine().hash();

        directory.series("demo-add-a.patch", "demo-add-b.patch");

        assertThat(baseLine().hash()).isNotEqualTo(before);
    }

    @Test
    void otherPinsChangeTheHash() throws IOException {
        String before = baseLine().hash();

        Files.writeString(patches.resolve("upstream.properties"), "version = 1.1\n");

        assertThat(baseLine().hash()).isNotEqualTo(before);
    }

    @Test
    void aLineHasTheBaseLinesSeriesUnlessItHasItsOwn() throws IOException {
        variant("2.2", "demo-add-a.patch");
        Files.createDirectories(patches.resolve("flink-a"));
        Files.writeString(patches.resolve("flink-a/series"), "");

        PatchSet line = new PatchSet(patches, "2.2");

        assertThat(line.all()).extracting(PatchSeries::module).containsExactly("flink-a", MODULE);
        assertThat(line.series(MODULE).patches())
                .extracting(Patch::file)
                .containsExactly(patches.resolve(MODULE).resolve("2.2/demo-add-a.patch"));
        assertThat(line.hasVariant(MODULE)).isTrue();
        assertThat(line.hasVariant("flink-a")).isFalse();
    }

    @Test
    void theBaseLineDoesNotSeeAnothersVariant() throws IOException {
        variant("2.2", "demo-add-a.patch");

        assertThat(baseLine().series(MODULE).patches())
                .extracting(patch -> patch.file().getParent())
                .containsOnly(patches.resolve(MODULE));
        assertThat(baseLine().hasVariant(MODULE)).isFalse();
    }

    @Test
    void aLineHasPinsOfItsOwn() throws IOException {
        Files.writeString(patches.resolve("upstream-2.2.properties"), "version = 2.2.0\n");

        assertThat(new PatchSet(patches, "2.2").pins().version()).isEqualTo("2.2.0");
        assertThat(baseLine().pins().version()).isEqualTo("1.0");
    }

    @Test
    void aLineWithoutPinsIsRefused() {
        assertThatThrownBy(() -> new PatchSet(patches, "2.1").pins())
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("upstream-2.1.properties does not exist");
    }

    @Test
    void aVariantChangesTheHashOfItsLineOnly() throws IOException {
        Files.writeString(patches.resolve("upstream-2.2.properties"), "version = 2.2.0\n");
        String base = baseLine().hash();
        String line = new PatchSet(patches, "2.2").hash();

        variant("2.2", "demo-add-a.patch");

        assertThat(baseLine().hash()).isEqualTo(base);
        assertThat(new PatchSet(patches, "2.2").hash()).isNotEqualTo(line);
    }

    @Test
    void aLineNamesPatchesOfTheBaseLineAmongItsOwn() throws IOException {
        variant("2.2", "demo-add-a.patch");
        series("2.2", "../demo-add-b.patch", "demo-add-a.patch");

        assertThat(new PatchSet(patches, "2.2").series(MODULE).patches())
                .extracting(Patch::file)
                .containsExactly(
                        patches.resolve(MODULE).resolve("demo-add-b.patch"),
                        patches.resolve(MODULE).resolve("2.2/demo-add-a.patch"));
    }

    @Test
    void aSharedPatchCountsForTheHashAsItsCopyDoes() throws IOException {
        Files.writeString(patches.resolve("upstream-2.2.properties"), "version = 2.2.0\n");
        variant("2.2", "demo-add-a.patch");
        String copied = new PatchSet(patches, "2.2").hash();

        Files.delete(patches.resolve(MODULE).resolve("2.2/demo-add-a.patch"));
        series("2.2", "../demo-add-a.patch");

        assertThat(new PatchSet(patches, "2.2").hash()).isEqualTo(copied);
    }

    @Test
    void aSharedPatchThatTheBaseLineDoesNotListIsNamed() throws IOException {
        Files.createDirectories(patches.resolve(MODULE).resolve("2.2"));
        series("2.2", "../demo-add-c.patch");

        assertThatThrownBy(() -> new PatchSet(patches, "2.2").series(MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(MODULE + "/2.2/series names ../demo-add-c.patch, but ")
                .hasMessageContaining(MODULE + "/series lists no demo-add-c.patch");
    }

    @Test
    void aPatchIsListedOnceBeItSharedOrNot() throws IOException {
        variant("2.2", "demo-add-a.patch");
        series("2.2", "demo-add-a.patch", "../demo-add-a.patch");

        assertThatThrownBy(() -> new PatchSet(patches, "2.2").series(MODULE))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("2.2/series names demo-add-a.patch twice");
    }

    @Test
    void linesAreThoseThatSomeModuleHasASeriesFor() throws IOException {
        Files.createDirectories(patches.resolve("flink-a"));
        Files.writeString(patches.resolve("flink-a/series"), "");
        variant("2.2", "demo-add-a.patch");
        Files.createDirectories(patches.resolve("flink-a/2.1"));
        Files.writeString(patches.resolve("flink-a/2.1/series"), "");

        assertThat(PatchSet.lines(patches)).containsExactly("2.1", "2.2");
    }

    private void series(String line, String... entries) throws IOException {
        Files.writeString(
                patches.resolve(MODULE).resolve(line).resolve("series"),
                String.join("\n", entries) + "\n");
    }

    private PatchSet baseLine() {
        return PatchSet.ofBaseLine(patches);
    }

    private void variant(String line, String patch) throws IOException {
        Path directory = Files.createDirectories(patches.resolve(MODULE).resolve(line));
        Files.writeString(directory.resolve(patch), PATCH);
        Files.writeString(directory.resolve("series"), patch + "\n");
    }
}
