// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars of overlay modules bring indexed changes, and own classes that have a home. */
class OverlayTest {

    private static final String INDEX = "META-INF/pinterest-overlay/" + MODULE + ".index";

    @TempDir private static Path shared;
    private static DistributionFixture distribution;

    @TempDir private Path directory;

    @BeforeAll
    static void buildOverlay() throws IOException {
        distribution = new DistributionFixture(shared);
    }

    @Test
    void theIndexedEntriesAreChangesWithTheModulesBytes() throws IOException {
        Overlay overlay = distribution.overlay();

        assertThat(overlay.changes())
                .containsOnlyKeys(
                        DistributionFixture.GREETER,
                        DistributionFixture.POLITE,
                        DistributionFixture.RUDE,
                        DistributionFixture.WARM,
                        DistributionFixture.VERSION);
        Overlay.Entry greeter = overlay.changes().get(DistributionFixture.GREETER);
        assertThat(greeter.module()).isEqualTo(MODULE);
        assertThat(greeter.content())
                .isEqualTo(
                        Files.readAllBytes(
                                distribution
                                        .upstream()
                                        .classes()
                                        .resolve(DistributionFixture.GREETER)));
        Overlay.Entry rude = overlay.changes().get(DistributionFixture.RUDE);
        assertThat(rude.change().action()).isEqualTo(Action.DROP);
        assertThat(rude.content()).isNull();
    }

    @Test
    void theRestIsOwnExceptForWhatDescribesTheJar() throws IOException {
        Overlay overlay = distribution.overlay();

        assertThat(overlay.own()).hasSize(1);
        assertThat(overlay.own().get(0).module()).isEqualTo("overlay.jar");
        assertThat(overlay.own().get(0).homes())
                .containsExactly("flink-dist*.jar", DistributionFixture.NESTED_JAR);
        assertThat(overlay.own().get(0).entries())
                .containsOnlyKeys(DistributionFixture.OWN, DistributionFixture.OWN_SERVICE);
    }

    @Test
    void anEntryThatTheIndexListsAndTheJarLacksIsNamed() throws IOException {
        Path jar =
                new JarBuilder()
                        .manifest()
                        .entry(INDEX, "REPLACE a/A.class a/A.java 00000012 demo-a-b.patch\n")
                        .write(directory.resolve("lacking.jar"));

        assertThatThrownBy(() -> Overlay.load(List.of(jar)))
                .isInstanceOf(OverlayException.class)
                .hasMessage("lacking.jar lists a/A.class but does not hold it");
    }

    @Test
    void ownClassesWithoutAHomeAreRefused() throws IOException {
        Path manifest =
                new JarBuilder()
                        .manifest()
                        .entry("a/A.class", "A")
                        .write(directory.resolve("a.jar"));
        Path none = new JarBuilder().entry("a/A.class", "A").write(directory.resolve("b.jar"));

        for (Path jar : List.of(manifest, none)) {
            assertThatThrownBy(() -> Overlay.load(List.of(jar)))
                    .isInstanceOf(OverlayException.class)
                    .hasMessage(
                            jar.getFileName()
                                    + " holds own classes (a/A.class, ...) but its manifest has no"
                                    + " Overlay-Home");
        }
    }

    @Test
    void classesForNewerJavaVersionsAreRefusedAndNotLost() throws IOException {
        Path jar =
                new JarBuilder()
                        .manifest()
                        .entry("META-INF/versions/17/a/A.class", "A")
                        .write(directory.resolve("versions.jar"));

        assertThatThrownBy(() -> Overlay.load(List.of(jar)))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("META-INF/versions/17/a/A.class");
    }

    @Test
    void aJarThatOnlyPatchesNeedsNoHome() throws IOException {
        Path jar =
                new JarBuilder()
                        .manifest()
                        .entry("META-INF/LICENSE", "text")
                        .entry("a/A.class", "A")
                        .entry(INDEX, "REPLACE a/A.class a/A.java 00000012 demo-a-b.patch\n")
                        .write(directory.resolve("patching.jar"));

        Overlay overlay = Overlay.load(List.of(jar));

        assertThat(overlay.changes()).containsOnlyKeys("a/A.class");
        assertThat(overlay.own()).isEmpty();
    }

    @Test
    void twoJarsThatChangeOneEntryAreRefused() throws IOException {
        Path again = directory.resolve("again.jar");
        Files.copy(distribution.overlayJar(), again);

        assertThatThrownBy(() -> Overlay.load(List.of(distribution.overlayJar(), again)))
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith("again.jar lists ")
                .hasMessageEndingWith(", as another jar does");
    }
}
