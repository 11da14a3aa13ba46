// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.graft.DistributionFixture.DIST_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.GREETER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.PATCHED_ENTRIES;
import static com.pinterest.flink.overlay.graft.DistributionFixture.RUDE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.UNRELATED_JAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verification of a finished tree finds whatever copy the overlay did not reach. */
class GraftVerifyTest {

    @TempDir private static Path shared;
    private static DistributionFixture distribution;

    @TempDir private Path tree;

    @BeforeAll
    static void buildOverlay() throws IOException {
        distribution = new DistributionFixture(shared);
    }

    @BeforeEach
    void graft() throws IOException {
        distribution.writeGrafted(tree);
    }

    @Test
    void thePatchedEntriesOfAllJarsAreCounted() throws IOException {
        assertThat(Graft.verify(tree, distribution.overlay())).isEqualTo(PATCHED_ENTRIES);
    }

    @Test
    void anUnpatchedCopyInAPlainJarIsFound() throws IOException {
        DistributionFixture.change(
                tree.resolve(UNRELATED_JAR), Map.of(GREETER, distribution.published(GREETER)));

        assertFound(UNRELATED_JAR + " holds " + GREETER + " unpatched");
    }

    @Test
    void anUnpatchedCopyInANestedJarIsFound() throws IOException {
        byte[] nested = new JarBuilder().entry(GREETER, distribution.published(GREETER)).bytes();
        DistributionFixture.change(tree.resolve(UNRELATED_JAR), Map.of("in/nested.jar", nested));

        assertFound(UNRELATED_JAR + "!/in/nested.jar holds " + GREETER + " unpatched");
    }

    @Test
    void aDroppedClassThatIsBackIsFound() throws IOException {
        DistributionFixture.change(
                tree.resolve(DIST_JAR), Map.of(RUDE, distribution.published(RUDE)));

        assertFound(DIST_JAR + " holds " + RUDE + ", which the overlay dropped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"META-INF/versions/11/", "shaded/", "BOOT-INF/classes/"})
    void aCopyUnderAnotherPathIsFound(String prefix) throws IOException {
        DistributionFixture.change(
                tree.resolve(DIST_JAR), Map.of(prefix + GREETER, distribution.published(GREETER)));

        assertFound(DIST_JAR + " holds " + prefix + GREETER + ", a moved copy of a patched class");
    }

    private void assertFound(String finding) throws IOException {
        Overlay overlay = distribution.overlay();

        assertThatThrownBy(() -> Graft.verify(tree, overlay))
                .isInstanceOf(OverlayException.class)
                .hasMessage("unpatched copies are left:\n  " + finding);
    }
}
