// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.graft.DistributionFixture.BYSTANDER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.GREETER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.GREETER_SOURCE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.NESTED_JAR;
import static com.pinterest.flink.overlay.graft.DistributionFixture.OWN;
import static com.pinterest.flink.overlay.graft.DistributionFixture.OWN_SERVICE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.PATCHED_GREETER;
import static com.pinterest.flink.overlay.graft.DistributionFixture.POLITE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.RUDE;
import static com.pinterest.flink.overlay.graft.DistributionFixture.VERSION;
import static com.pinterest.flink.overlay.graft.DistributionFixture.WARM;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.contentOf;

import com.pinterest.flink.overlay.Main;
import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.source.SourceOverlay;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One published jar and its sources, with the overlay in them, for a class path. */
class PatchedArtifactTest {

    /** Bundles the patched module without patches of its own. */
    private static final String BUNDLE = "flink-bundle";

    @TempDir private Path directory;
    private DistributionFixture distribution;
    private Path classes;
    private Path sources;

    @BeforeEach
    void buildOverlay() throws IOException {
        distribution = new DistributionFixture(directory.resolve("module"));
        classes = directory.resolve("classes");
        sources = directory.resolve("sources.jar");
        Files.writeString(directory.resolve("NOTICE"), "Changed\n");
    }

    @Test
    void thePatchedClassesStandBesideUpstreamsOthers() throws IOException {
        write(MODULE, "false", overlayDirectory());

        assertThat(contents())
                .containsEntry(GREETER, patched(GREETER))
                .containsEntry(POLITE, patched(POLITE))
                .containsEntry(WARM, patched(WARM))
                .containsEntry(VERSION, patched(VERSION))
                .containsEntry(BYSTANDER, distribution.published(BYSTANDER))
                .doesNotContainKey(RUDE);
    }

    @Test
    void itSaysWhatItIs() throws IOException {
        write(MODULE, "false", overlayDirectory());

        SortedMap<String, byte[]> contents = contents();
        Manifest manifest =
                new Manifest(new ByteArrayInputStream(contents.get(JarBuilder.MANIFEST)));
        assertThat(manifest.getMainAttributes().getValue(Graft.VERSION_ATTRIBUTE))
                .isEqualTo(FORK_VERSION);
        assertThat(text(contents, "META-INF/NOTICE")).isEqualTo("Changed\n");
        assertThat(text(contents, "META-INF/PATCHES.md"))
                .contains("demo-greet-warmly.patch", "`" + MODULE + ".jar`", WARM);
    }

    @Test
    void ownClassesComeIfTheyAreAskedFor() throws IOException {
        write(MODULE, "true", overlayDirectory());
        assertThat(contents()).containsEntry(OWN, patched(OWN));

        write(MODULE, "false", overlayDirectory());
        assertThat(contents()).doesNotContainKey(OWN);
    }

    @Test
    void aPackedOverlayModuleGivesTheSameAndItsHomesDoNotCount() throws IOException {
        write(MODULE, "true", overlayDirectory());
        SortedMap<String, byte[]> ofDirectory = contents();

        write(MODULE, "true", distribution.overlayJar());

        SortedMap<String, byte[]> ofJar = contents();
        assertThat(ofJar.remove(OWN_SERVICE)).isNotNull();
        ofJar.remove("META-INF/PATCHES.md");
        ofDirectory.remove("META-INF/PATCHES.md");
        assertThat(ofJar).containsExactlyEntriesOf(ofDirectory);
    }

    @Test
    void whatAnEarlierRunLeftIsGone() throws IOException {
        Path stale = classes.resolve(RUDE);
        Files.createDirectories(stale.getParent());
        Files.writeString(stale, "stale");

        write(MODULE, "false", overlayDirectory());

        assertThat(stale).doesNotExist();
    }

    @Test
    void modesDoNotDependOnTheUmask() throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "umask 077 && exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(arguments(MODULE, "false", overlayDirectory()));

        File output = directory.resolve("output.txt").toFile();

        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();

        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as("%s", contentOf(output)).isZero();
        assertThat(mode(classes.resolve(GREETER))).isEqualTo("rw-r--r--");
        assertThat(mode(classes.resolve("META-INF/PATCHES.md"))).isEqualTo("rw-r--r--");
        assertThat(mode(classes.resolve("META-INF"))).isEqualTo("rwxr-xr-x");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void theSourcesArePatchedToo() throws IOException {
        write(MODULE, "false", overlayDirectory());

        SortedMap<String, byte[]> patched = JarBuilder.read(sources);
        SortedMap<String, byte[]> published = JarBuilder.read(distribution.upstream().sourcesJar());
        assertThat(text(patched, GREETER_SOURCE)).isEqualTo(PATCHED_GREETER);
        assertThat(patched).hasSameSizeAs(published);
        published.remove(GREETER_SOURCE);
        assertThat(patched).containsAllEntriesOf(published);
    }

    @Test
    void anArtifactThatBundlesAPatchedModuleGetsItsClassesAndKeepsItsNotice() throws IOException {
        publishBundle(distribution.publishedClasses(VERSION));

        write(BUNDLE, "false", overlayDirectory());

        assertThat(contents()).containsEntry(GREETER, patched(GREETER)).doesNotContainKey(VERSION);
        assertThat(text(contents(), "META-INF/NOTICE")).isEqualTo("Changed\n\nBundle\n");
        assertThat(text(contents(), "META-INF/PATCHES.md")).contains("demo-greet-warmly.patch");
    }

    @Test
    void aJarNestedInTheArtifactGetsThePatchedClasses() throws IOException {
        byte[] nested =
                new JarBuilder().manifest().entries(distribution.publishedClasses(VERSION)).bytes();
        publishBundle(Map.of(BYSTANDER, distribution.published(BYSTANDER), NESTED_JAR, nested));

        write(BUNDLE, "false", overlayDirectory());

        assertThat(contents())
                .containsEntry(BYSTANDER, distribution.published(BYSTANDER))
                .doesNotContainKey(GREETER);
        assertThat(JarBuilder.read(classes.resolve(NESTED_JAR)))
                .containsEntry(GREETER, patched(GREETER))
                .containsEntry(WARM, patched(WARM))
                .doesNotContainKeys(RUDE, VERSION);
        assertThat(text(contents(), "META-INF/PATCHES.md"))
                .contains(
                        "demo-greet-warmly.patch", "`" + BUNDLE + ".jar!/" + NESTED_JAR + "`", WARM)
                .doesNotContain("`" + BUNDLE + ".jar`");
    }

    @Test
    void anArtifactWithoutAPatchedClassIsRefused() throws IOException {
        publishBundle(Map.of(BYSTANDER, distribution.published(BYSTANDER)));

        assertThatThrownBy(() -> write(BUNDLE, "false", overlayDirectory()))
                .isInstanceOf(OverlayException.class)
                .hasMessage("flink-bundle.jar contains nothing that the overlay patches");
    }

    @Test
    void aModuleWhoseOverlayIsNotOnTheClassPathIsRefused() {
        assertThatThrownBy(() -> write(MODULE, "false", distribution.upstream().binaryJar()))
                .isInstanceOf(OverlayException.class)
                .hasMessage("no overlay module on the class path carries the patches of " + MODULE);
        assertThat(classes).doesNotExist();
    }

    @Test
    void aJarOrSourcesThatAreNotThePinnedOnesAreRefused() throws IOException {
        for (Path published :
                List.of(
                        distribution.upstream().sourcesJar(),
                        distribution.upstream().binaryJar())) {
            byte[] bytes = Files.readAllBytes(published);
            Files.write(published, new byte[1], StandardOpenOption.APPEND);

            assertThatThrownBy(() -> write(MODULE, "false", overlayDirectory()))
                    .isInstanceOf(OverlayException.class)
                    .hasMessageContaining("SHA-256 of " + published.getFileName());
            Files.write(published, bytes);
        }
    }

    @Test
    void ownIsTrueOrFalse() {
        assertThatThrownBy(() -> write(MODULE, "yes", overlayDirectory()))
                .isInstanceOf(OverlayException.class)
                .hasMessage("option --own is yes: it must be true or false");
    }

    private void write(String module, String own, Path overlay) throws IOException {
        Main.run(arguments(module, own, overlay));
    }

    private List<String> arguments(String module, String own, Path overlay) {
        return List.of(
                "artifact",
                "--module",
                module,
                "--upstream",
                distribution.upstream().upstream().toString(),
                "--patches",
                distribution.upstream().patches().toString(),
                "--fork-version",
                FORK_VERSION,
                "--class-path",
                overlay + File.pathSeparator + distribution.upstream().binaryJar(),
                "--own",
                own,
                "--notice",
                directory.resolve("NOTICE").toString(),
                "--classes",
                classes.toString(),
                "--sources",
                sources.toString());
    }

    private void publishBundle(Map<String, byte[]> contents) throws IOException {
        Path upstream = distribution.upstream().upstream();
        new JarBuilder()
                .manifest()
                .entries(contents)
                .entry("META-INF/NOTICE", "\nBundle\n\n")
                .write(SourceOverlay.binaryJar(upstream, BUNDLE));
        new JarBuilder().manifest().write(SourceOverlay.sourcesJar(upstream, BUNDLE));
        Files.writeString(
                distribution.upstream().pinsFile(),
                BUNDLE
                        + ".jar.sha256 = "
                        + Checksums.of("SHA-256", SourceOverlay.binaryJar(upstream, BUNDLE))
                        + "\n"
                        + BUNDLE
                        + ".sources.sha256 = "
                        + Checksums.of("SHA-256", SourceOverlay.sourcesJar(upstream, BUNDLE))
                        + "\n",
                StandardOpenOption.APPEND);
    }

    private Path overlayDirectory() {
        return distribution.upstream().classes();
    }

    private byte[] patched(String entry) throws IOException {
        return Files.readAllBytes(overlayDirectory().resolve(entry));
    }

    private SortedMap<String, byte[]> contents() throws IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        for (Map.Entry<String, Path> file : Trees.files(classes).entrySet()) {
            contents.put(file.getKey(), Files.readAllBytes(file.getValue()));
        }
        return contents;
    }

    private static String text(SortedMap<String, byte[]> contents, String entry) {
        return new String(contents.get(entry), StandardCharsets.UTF_8);
    }
}
