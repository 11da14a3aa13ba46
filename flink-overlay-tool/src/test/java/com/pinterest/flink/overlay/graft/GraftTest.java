// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.graft.DistributionFixture.BYSTANDER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.DEEP_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.DIST_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.GREETER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.LOADER_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.NESTED_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.OWN;
import static com.pinterest.flink.overlay.graft.DistributionFixture.OWN_SERVICE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.POLITE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.RUDE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.UNRELATED_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.VERSION;
import static com.pinterest.flink.overlay.graft.DistributionFixture.WARM;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The overlay gets into every jar that holds a patched entry, and nothing else changes. */
class GraftTest {

    private static final String NESTED = NESTED_JAR + "!/";
    private static final String DEEP = NESTED + DEEP_JAR + "!/";

    @TempDir private static Path shared;
    private static DistributionFixture distribution;

    @TempDir private Path directory;
    private Path vanilla;
    private Path tree;

    @BeforeAll
    static void buildOverlay() throws IOException {
        distribution = new DistributionFixture(shared);
    }

    @BeforeEach
    void linkTree() throws IOException {
        vanilla = distribution.writeVanilla(directory.resolve("vanilla"));
        tree = directory.resolve("patched");
        Trees.link(vanilla, tree);
    }

    @Test
    void patchedEntriesReplaceUpstreamsInAPlainJar() throws IOException {
        distribution.graft().apply(tree);

        SortedMap<String, byte[]> dist = JarBuilder.read(tree.resolve(DIST_JAR));
        assertThat(dist)
                .containsEntry(GREETER, patched(GREETER))
                .containsEntry(POLITE, patched(POLITE))
                .containsEntry(VERSION, patched(VERSION))
                .containsEntry(BYSTANDER, distribution.published(BYSTANDER));
    }

    @ParameterizedTest
    @ValueSource(strings = {NESTED, DEEP})
    void patchedEntriesReplaceUpstreamsInNestedJarsOfAnyDepth(String nested) throws IOException {
        distribution.graft().apply(tree);

        SortedMap<String, byte[]> loader = JarBuilder.read(tree.resolve(LOADER_JAR));
        assertThat(loader)
                .containsEntry(nested + GREETER, patched(GREETER))
                .containsEntry(nested + POLITE, patched(POLITE));
    }

    @Test
    void aDroppedClassIsGoneAndAnAddedOneStandsWhereverItsFamilyDoes() throws IOException {
        distribution.graft().apply(tree);

        SortedMap<String, byte[]> dist = JarBuilder.read(tree.resolve(DIST_JAR));
        SortedMap<String, byte[]> loader = JarBuilder.read(tree.resolve(LOADER_JAR));
        assertThat(dist).doesNotContainKey(RUDE).containsEntry(WARM, patched(WARM));
        assertThat(loader)
                .doesNotContainKeys(NESTED + RUDE, DEEP + RUDE)
                .containsEntry(NESTED + WARM, patched(WARM))
                .containsEntry(DEEP + WARM, patched(WARM))
                .doesNotContainKeys(WARM, VERSION, NESTED + VERSION);
    }

    @Test
    void thePatchedClassesRunFromTheRewrittenJar() throws Exception {
        distribution.graft().apply(tree);

        URL[] classPath = {tree.resolve(DIST_JAR).toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classPath, null)) {
            Class<?> greeter = loader.loadClass("org.apache.flink.demo.Greeter");
            Object greeting =
                    greeter.getMethod("greet", String.class)
                            .invoke(greeter.getConstructor().newInstance(), "Ada");
            assertThat(greeting).isEqualTo("Dearest friend Ada");
        }
    }

    @Test
    void ownClassesGoToTheJarsAndNestedJarsThatTheirHomesName() throws IOException {
        distribution.graft().apply(tree);

        assertThat(JarBuilder.read(tree.resolve(DIST_JAR)))
                .containsEntry(OWN, patched(OWN))
                .containsKey(OWN_SERVICE);
        assertThat(JarBuilder.read(tree.resolve(LOADER_JAR)))
                .containsEntry(NESTED + OWN, patched(OWN))
                .containsKey(NESTED + OWN_SERVICE)
                .doesNotContainKeys(OWN, DEEP + OWN);
    }

    @Test
    void aHomeThatTwoGlobsNameTakesOwnClassesOnce() throws IOException {
        Path overlay =
                distribution.overlayJar(directory.resolve("o.jar"), "flink-dist*.jar *-1.0.jar");

        distribution.graft(Overlay.load(List.of(overlay))).apply(tree);

        assertThat(JarBuilder.read(tree.resolve(DIST_JAR))).containsKey(OWN);
    }

    @Test
    void theChangedEntriesOfEachJarAreReported() throws IOException {
        Map<String, List<String>> touched = distribution.graft().apply(tree);

        String nested = LOADER_JAR + "!/" + NESTED_JAR;
        assertThat(touched).containsOnlyKeys(DIST_JAR, nested, nested + "!/" + DEEP_JAR);
        assertThat(touched.get(DIST_JAR))
                .containsExactlyInAnyOrder(GREETER, POLITE, RUDE, WARM, VERSION, OWN, OWN_SERVICE);
        assertThat(touched.get(nested + "!/" + DEEP_JAR))
                .containsExactlyInAnyOrder(GREETER, POLITE, RUDE, WARM);
    }

    @Test
    void aJarWithoutPatchedEntriesStaysTheVerySameFile() throws IOException {
        distribution.graft().apply(tree);

        assertThat(Files.isSameFile(tree.resolve(UNRELATED_JAR), vanilla.resolve(UNRELATED_JAR)))
                .isTrue();
        assertThat(Files.isSameFile(tree.resolve(DIST_JAR), vanilla.resolve(DIST_JAR))).isFalse();
    }

    @Test
    void theTreeThatTheFilesAreLinkedFromIsUnchanged() throws IOException {
        SortedMap<String, String> before = DistributionFixture.digests(vanilla);

        distribution.graft().apply(tree);

        assertThat(DistributionFixture.digests(vanilla)).isEqualTo(before);
        assertThat(DistributionFixture.digests(tree)).hasSameSizeAs(before).isNotEqualTo(before);
    }

    @Test
    void anEntryWithOtherBytesThanUpstreamsIsNamedWithItsJar() throws IOException {
        byte[] nested = new JarBuilder().entry(POLITE, "from another version").bytes();
        new JarBuilder().entry(NESTED_JAR, nested).write(tree.resolve("opt/extra.jar"));

        assertThatThrownBy(() -> distribution.graft().apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "opt/extra.jar!/" + NESTED_JAR + " holds " + POLITE + ", but not with")
                .hasMessageContaining("the pinned " + MODULE);
    }

    @Test
    void aClassThatStandsWhereOneWouldBeAddedIsNamedWithItsJar() throws IOException {
        new JarBuilder().entry(WARM, patched(WARM)).write(tree.resolve("opt/extra.jar"));

        assertThatThrownBy(() -> distribution.graft().apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("opt/extra.jar holds " + WARM);
    }

    @Test
    void aPatchedEntryThatNoJarHoldsIsNamed() throws IOException {
        replace(DIST_JAR, VERSION);

        assertThatThrownBy(() -> distribution.graft().apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessage("no jar of the tree holds " + VERSION + ", which is patched");
    }

    @Test
    void aHomeThatNoJarMatchesIsNamed() throws IOException {
        Path overlay =
                distribution.overlayJar(directory.resolve("o.jar"), "flink-dist*.jar nowhere*.jar");

        assertThatThrownBy(() -> distribution.graft(Overlay.load(List.of(overlay))).apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessage("o.jar: no jar of the tree matches its home nowhere*.jar");
    }

    @Test
    void anOwnEntryThatItsHomeHoldsAlreadyIsNamed() throws IOException {
        Files.delete(tree.resolve(DIST_JAR));
        new JarBuilder()
                .entries(distribution.publishedClasses())
                .entry(OWN_SERVICE, "another.Provider\n")
                .write(tree.resolve(DIST_JAR));

        assertThatThrownBy(() -> distribution.graft().apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        DIST_JAR + " holds " + OWN_SERVICE + " already, which overlay.jar brings");
    }

    @Test
    void anOwnEntryThatTwoModulesBringToOneHomeIsNamed() throws IOException {
        Path second =
                new JarBuilder()
                        .manifest(Overlay.HOME_ATTRIBUTE + ": flink-dist*.jar")
                        .entry(OWN_SERVICE, "another.Provider\n")
                        .write(directory.resolve("second.jar"));
        Overlay both = Overlay.load(List.of(distribution.overlayJar(), second));

        assertThatThrownBy(() -> distribution.graft(both).apply(tree))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(OWN_SERVICE + " already, which second.jar brings");
    }

    @Test
    void theManifestsOfRewrittenJarsAreStampedAndOthersAreNot() throws IOException {
        distribution.graft().apply(tree);

        SortedMap<String, byte[]> loader = JarBuilder.read(tree.resolve(LOADER_JAR));
        Attributes dist =
                attributes(JarBuilder.read(tree.resolve(DIST_JAR)).get(JarBuilder.MANIFEST));
        assertThat(dist.getValue("Implementation-Title")).isEqualTo("dist");
        for (Attributes stamped :
                List.of(
                        dist,
                        attributes(loader.get(JarBuilder.MANIFEST)),
                        attributes(loader.get(NESTED + JarBuilder.MANIFEST)),
                        attributes(loader.get(DEEP + JarBuilder.MANIFEST)))) {
            assertThat(stamped.getValue("Pinterest-Version")).isEqualTo(FORK_VERSION);
            assertThat(stamped.getValue("Pinterest-Series-SHA-256"))
                    .isEqualTo(distribution.seriesHash());
        }
        assertThat(
                        attributes(
                                        JarBuilder.read(tree.resolve(UNRELATED_JAR))
                                                .get(JarBuilder.MANIFEST))
                                .getValue("Pinterest-Version"))
                .isNull();
    }

    @Test
    void equalInputsGiveEqualBytes() throws IOException {
        Path other = directory.resolve("other");
        Trees.link(vanilla, other);

        distribution.graft().apply(tree);
        distribution.graft().apply(other);

        assertThat(DistributionFixture.digests(other)).isEqualTo(DistributionFixture.digests(tree));
    }

    private void replace(String jar, String without) throws IOException {
        // Not written in place, for the file is a link into the vanilla tree.
        Path copy = directory.resolve("copy.jar");
        Files.copy(tree.resolve(jar), copy);
        DistributionFixture.change(copy, Map.of(), without);
        Files.move(copy, tree.resolve(jar), StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] patched(String entry) throws IOException {
        return Files.readAllBytes(distribution.upstream().classes().resolve(entry));
    }

    private static Attributes attributes(byte[] manifest) throws IOException {
        return new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes();
    }
}
