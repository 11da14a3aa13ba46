// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static com.pinterest.flink.overlay.patch.PatchDirectory.HEADER;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.UnifiedDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The patched sources and resources come out of pinned jars, whenever an input has changed. */
class SourceOverlayTest {

    private static final String GREETER = "org/apache/flink/demo/Greeter.java";
    private static final String UNTOUCHED = "org/apache/flink/demo/Untouched.java";
    private static final String RESOURCE = "demo-version.properties";
    private static final String PATCH = "demo-greet-warmly.patch";
    private static final String RESOURCE_PATCH = "demo-name-version.patch";

    private static final String GREETER_TEXT =
            """
            package org.apache.flink.demo;

            import static io.client.Client.NAME;

            import io.client.Client;
            import java.util.List;

            public class Greeter {
                public List<Client> greet() {
                    return List.of();
                }

                String name() {
                    return NAME;
                }
            }
            """;

    private static final String PATCHED_TEXT =
            GREETER_TEXT.replace("List.of()", "List.of(new Client())");

    @TempDir private Path root;
    private UpstreamFixture upstream;

    @BeforeEach
    void publishUpstream() throws IOException {
        upstream =
                new UpstreamFixture(root)
                        .file(GREETER, GREETER_TEXT)
                        .file(
                                UNTOUCHED,
                                "package org.apache.flink.demo;\n\npublic class Untouched {}\n")
                        .file(
                                "org/apache/flink/demo/shaded/io/client/Client.java",
                                """
                                package org.apache.flink.demo.shaded.io.client;

                                public class Client {
                                    public static final String NAME = "client";
                                }
                                """)
                        .file(RESOURCE, "name=demo\nversion=1.0\n")
                        .relocate("io.client", "org.apache.flink.demo.shaded.io.client")
                        .publish()
                        .patch(PATCH, GREETER, PATCHED_TEXT)
                        .patch(RESOURCE_PATCH, RESOURCE, "name=demo\nversion=@fork.version@\n");
    }

    @Test
    void onlyThePatchedFilesComeOutAndImportsNameTheRelocatedPackages() throws IOException {
        boolean applied = upstream.apply();

        assertThat(applied).isTrue();
        assertThat(Trees.files(upstream.sources())).containsOnlyKeys(GREETER);
        assertThat(upstream.sources().resolve(GREETER))
                .hasContent(
                        PATCHED_TEXT
                                .replace(
                                        "import static io.client.",
                                        "import static org.apache.flink.demo.shaded.io.client.")
                                .replace(
                                        "import io.client.",
                                        "import org.apache.flink.demo.shaded.io.client."));
    }

    @Test
    void aPatchedResourceComesFromTheBinaryJarAndNamesTheForksVersion() throws IOException {
        upstream.apply();

        assertThat(Trees.files(upstream.resources())).containsOnlyKeys(RESOURCE);
        assertThat(upstream.resources().resolve(RESOURCE))
                .hasContent("name=demo\nversion=" + FORK_VERSION + "\n");
    }

    @Test
    void onlyImportsOfTheRelocatedPackageItselfAreRewritten() {
        Map<String, String> relocations = Map.of("io.client", "shaded.io.client");

        assertThat(SourceOverlay.relocateImport("import io.client.A;", relocations))
                .isEqualTo("import shaded.io.client.A;");
        assertThat(SourceOverlay.relocateImport("import io.clients.A;", relocations))
                .isEqualTo("import io.clients.A;");
        assertThat(SourceOverlay.relocateImport("// import io.client.A;", relocations))
                .isEqualTo("// import io.client.A;");
    }

    @Test
    void patchesOfOneFileApplyOneAfterTheOther() throws IOException {
        upstream.patchText(
                "demo-greet-twice.patch",
                HEADER
                        + UnifiedDiff.between(
                                GREETER,
                                PATCHED_TEXT,
                                PATCHED_TEXT.replace(
                                        "new Client()", "new Client(), new Client()")));

        upstream.apply();

        assertThat(upstream.sources().resolve(GREETER))
                .content()
                .contains("List.of(new Client(), new Client())");
    }

    @Test
    void aSecondRunLeavesEverythingAsItIs() throws IOException {
        upstream.apply();
        // A trace that a further run would remove.
        Files.writeString(upstream.sources().resolve("trace"), "");

        boolean applied = upstream.apply();

        assertThat(applied).isFalse();
        assertThat(upstream.sources().resolve("trace")).exists();
    }

    @Test
    void aChangedPatchIsAppliedAnew() throws IOException {
        upstream.apply();
        upstream.patch(PATCH, GREETER, GREETER_TEXT.replace("return NAME;", "return NAME + NAME;"));

        boolean applied = upstream.apply();

        assertThat(applied).isTrue();
        assertThat(upstream.sources().resolve(GREETER)).content().contains("return NAME + NAME;");
    }

    @Test
    void changedPinsAreAppliedAnewAndFilesOfTheLastRunAreGone() throws IOException {
        upstream.apply();
        Files.writeString(upstream.sources().resolve("trace"), "");
        Files.writeString(
                upstream.pinsFile(), Files.readString(upstream.pinsFile()) + "# checked again\n");

        boolean applied = upstream.apply();

        assertThat(applied).isTrue();
        assertThat(upstream.sources().resolve("trace")).doesNotExist();
    }

    @Test
    void aDeletedOutputDirectoryIsMadeAnew() throws IOException {
        upstream.apply();
        Trees.delete(upstream.sources());

        assertThat(upstream.apply()).isTrue();
        assertThat(upstream.sources().resolve(GREETER)).exists();

        Trees.delete(upstream.resources());

        assertThat(upstream.apply()).isTrue();
        assertThat(upstream.resources().resolve(RESOURCE)).exists();
    }

    @Test
    void anArtifactWithOtherBytesIsNamedWithBothSums() throws IOException {
        String pinned = Checksums.of("SHA-256", upstream.binaryJar());
        damage(upstream.binaryJar());
        String actual = Checksums.of("SHA-256", upstream.binaryJar());

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(MODULE + ".jar is " + actual)
                .hasMessageContaining("upstream.properties pins " + pinned);
    }

    @Test
    void anArtifactThatIsReplacedAfterTheLastRunIsNoticedToo() throws IOException {
        upstream.apply();
        damage(upstream.sourcesJar());

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(MODULE + "-sources.jar is ");
    }

    @Test
    void anArtifactWithoutAPinIsNamed() throws IOException {
        Files.writeString(upstream.pinsFile(), "version = 1.0\n");

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessage("upstream.properties has no " + MODULE + ".jar.sha256");
    }

    @Test
    void aPatchForAFileThatTheJarLacksIsNamed() throws IOException {
        upstream.patchText(
                "demo-greet-nobody.patch",
                HEADER + UnifiedDiff.between("org/apache/flink/demo/Nobody.java", "a\n", "b\n"));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessage(
                        "demo-greet-nobody.patch: "
                                + MODULE
                                + "-sources.jar does not contain org/apache/flink/demo/Nobody.java");
    }

    @Test
    void aPatchedSourceThatDoesNotCompileIsNamedWithItsPatchAndLine() throws IOException {
        upstream.patch(PATCH, GREETER, GREETER_TEXT.replace("return NAME;", "return nobody;"));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("patched sources do not compile")
                .hasMessageContaining(PATCH + ": " + upstream.sources().resolve(GREETER) + ":14: ")
                .hasMessageContaining("nobody");
    }

    @Test
    void anErrorInTheModulesOwnSourceIsNotLaidToAPatch() throws IOException {
        upstream.ownSource(
                "com/pinterest/flink/demo/Own.java",
                "package com.pinterest.flink.demo;\n\npublic class Own extends Nobody {}\n");
        upstream.patch(
                PATCH,
                GREETER,
                GREETER_TEXT.replace(
                        "return NAME;", "return new com.pinterest.flink.demo.Own().toString();"));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("(own source): ")
                .hasMessageContaining("Own.java:3: ");
    }

    @Test
    void aRunAfterAFailedOneIsNotTakenForUpToDate() throws IOException {
        upstream.apply();
        String good = Files.readString(upstream.patches().resolve(MODULE).resolve(PATCH));
        upstream.patch(PATCH, GREETER, GREETER_TEXT.replace("return NAME;", "return nobody;"));
        assertThatThrownBy(upstream::apply).isInstanceOf(OverlayException.class);

        upstream.patchText(PATCH, good);

        assertThat(upstream.apply()).isTrue();
        assertThat(upstream.sources().resolve(GREETER)).content().contains("new Client()");
    }

    @Test
    void lintFindingsStopTheRun() throws IOException {
        upstream.patchText(
                PATCH,
                HEADER.replace("Risk: None.\n", "")
                        + UnifiedDiff.between(GREETER, GREETER_TEXT, PATCHED_TEXT));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("patches break the rules")
                .hasMessageContaining(MODULE + "/" + PATCH + ": the header lacks Risk");
        assertThat(upstream.sources()).doesNotExist();
    }

    private static void damage(Path jar) throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        bytes[bytes.length / 2]++;
        Files.write(jar, bytes);
    }
}
