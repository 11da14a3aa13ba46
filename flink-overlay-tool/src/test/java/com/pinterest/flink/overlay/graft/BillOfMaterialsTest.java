// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.Main;
import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Hash;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bill of materials names all that a tree holds, and says what is modified. */
class BillOfMaterialsTest {

    private static final String DIST = "lib/flink-dist-1.0.jar";
    private static final String LOADER = "lib/flink-loader-1.0.jar";
    private static final String NESTED = "flink-planner.jar";
    private static final String EXAMPLE = "examples/Example.jar";
    private static final String OWN = "examples/own.jar";

    private static final String PARENT_POM =
            """
            <project>
              <properties>
                <flink.version>1.0</flink.version>
                <base>target</base>
              </properties>
            </project>
            """;

    private static final String POM =
            """
            <project>
              <properties>
                <twin.directory>${base}/twin</twin.directory>
              </properties>
              <artifactItems>
                <artifactItem>
                  <groupId>org.apache.flink</groupId>
                  <artifactId>flink-loader</artifactId>
                  <version>${flink.version}</version>
                  <outputDirectory>${twin.directory}/lib</outputDirectory>
                </artifactItem>
                <artifactItem>
                  <groupId>org.apache.flink</groupId>
                  <artifactId>flink-examples</artifactId>
                  <version>${flink.version}</version>
                  <classifier>Example</classifier>
                  <outputDirectory>${twin.directory}/examples</outputDirectory>
                  <destFileName>Example.jar</destFileName>
                </artifactItem>
                <artifactItem>
                  <groupId>org.example</groupId>
                  <artifactId>elsewhere</artifactId>
                  <version>1</version>
                  <outputDirectory>${base}/elsewhere</outputDirectory>
                </artifactItem>
              </artifactItems>
              <configuration>
                <outputFile>${twin.directory}/lib/flink-dist-${flink.version}.jar</outputFile>
                <artifactSet>
                  <excludes>
                    <exclude>org.left:*</exclude>
                  </excludes>
                </artifactSet>
              </configuration>
            </project>
            """;

    private static final String RESOLVED =
            """
            {
              "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
              "components": [
                {"type": "library", "group": "org.apache.flink", "name": "flink-demo",
                 "version": "1.0", "purl": "pkg:maven/org.apache.flink/flink-demo@1.0?type=jar",
                 "licenses": [{"license": {"id": "Apache-2.0"}}]},
                {"type": "library", "group": "org.left", "name": "out", "version": "1",
                 "purl": "pkg:maven/org.left/out@1?type=jar"},
                {"type": "library", "group": "org.example", "name": "native", "version": "2",
                 "purl": "pkg:maven/org.example/native@2?classifier=linux&type=jar",
                 "licenses": [{"license": {"id": "MIT"}}]}
              ]
            }
            """;

    private static final String PLANNER_NOTICE =
            """
            flink-planner
            Copyright 2026 The Apache Software Foundation

            This project bundles the following dependencies under the MIT License.

            - org.example:parser:3.1
            """;

    private static final String EXAMPLE_NOTICE =
            """
            flink-examples
            Copyright 2026 The Apache Software Foundation

            - org.example:parser:3.1
            - org.example:nameless:4

            Flink : Connectors : Base
            Copyright 2026 The Apache Software Foundation
            """;

    @TempDir private static Path shared;
    private static DistributionFixture distribution;
    private static Path overlayJar;

    @TempDir private Path root;
    private Path vanilla;
    private Path tree;

    @BeforeAll
    static void buildOverlay() throws IOException {
        distribution = new DistributionFixture(shared);
        overlayJar =
                distribution.overlayJar(
                        shared.resolve("own-module-" + FORK_VERSION + ".jar"), "flink-dist*.jar");
    }

    @BeforeEach
    void writeTrees() throws IOException {
        vanilla = root.resolve("twin");
        new JarBuilder().manifest().entries(distribution.publishedClasses()).write(file(DIST));
        byte[] nested =
                new JarBuilder()
                        .manifest()
                        .entries(distribution.publishedClasses())
                        .entry("META-INF/NOTICE", PLANNER_NOTICE)
                        .bytes();
        new JarBuilder().manifest().entry(NESTED, nested).write(file(LOADER));
        new JarBuilder().manifest().entry("META-INF/NOTICE", EXAMPLE_NOTICE).write(file(EXAMPLE));
        new JarBuilder()
                .entry(
                        "META-INF/maven/com.example/own/pom.properties",
                        "groupId=com.example\nartifactId=own\nversion=5\n")
                .write(file(OWN));
        tree = root.resolve("tree");
        Trees.link(vanilla, tree);
        distribution.graft(Overlay.load(List.of(overlayJar))).apply(tree);
        Files.createDirectories(root.resolve("dist"));
        Files.writeString(root.resolve("pom.xml"), PARENT_POM);
        Files.writeString(root.resolve("dist/pom.xml"), POM);
        Files.writeString(root.resolve("resolved.json"), RESOLVED);
    }

    private Path file(String path) {
        return vanilla.resolve(path);
    }

    @Test
    void everyJarIsAComponentWithItsCoordinatesAndDigests() throws Exception {
        Bom bom = write();

        assertThat(bom.getComponents())
                .extracting(Component::getBomRef, Component::getPurl)
                .containsExactly(
                        tuple(
                                EXAMPLE,
                                "pkg:maven/org.apache.flink/flink-examples@1.0?classifier=Example"),
                        tuple(OWN, "pkg:maven/com.example/own@5"),
                        tuple(DIST, "pkg:generic/flink-dist@1.0"),
                        tuple(LOADER, "pkg:maven/org.apache.flink/flink-loader@1.0"));
        for (Component component : bom.getComponents()) {
            Path jar = tree.resolve(component.getBomRef());
            assertThat(component.getHashes())
                    .extracting(Hash::getAlgorithm, Hash::getValue)
                    .containsExactly(
                            tuple("SHA-256", Checksums.of("SHA-256", jar)),
                            tuple("SHA-512", Checksums.of("SHA-512", jar)));
        }
    }

    @Test
    void partsComeFromTheResolutionTheNoticesAndTheOverlay() throws Exception {
        Bom bom = write();

        assertThat(purls(component(bom, DIST)))
                .containsExactly(
                        "pkg:maven/com.pinterest.flink/own-module@" + FORK_VERSION,
                        "pkg:maven/org.apache.flink/flink-demo@1.0",
                        "pkg:maven/org.example/native@2?classifier=linux");
        assertThat(purls(component(bom, EXAMPLE)))
                .containsExactly(
                        "pkg:maven/org.apache.flink/flink-connector-base@1.0",
                        "pkg:maven/org.example/nameless@4",
                        "pkg:maven/org.example/parser@3.1");
        Component nested = component(bom, LOADER).getComponents().get(0);
        assertThat(nested.getBomRef()).isEqualTo(LOADER + "!/" + NESTED);
        assertThat(nested.getPurl()).isEqualTo("pkg:maven/org.apache.flink/flink-planner@1.0");
        assertThat(nested.getHashes().get(0).getValue())
                .isEqualTo(Checksums.sha256(JarBuilder.read(tree.resolve(LOADER)).get(NESTED)));
        assertThat(purls(nested))
                .containsExactly(
                        "pkg:maven/org.apache.flink/flink-demo@1.0",
                        "pkg:maven/org.example/parser@3.1");
    }

    @Test
    void aLicenceThatOneNoticeLeavesOutIsTakenFromAnother() throws Exception {
        List<Component> parts = component(write(), EXAMPLE).getComponents();

        assertThat(parts.get(1).getLicenses()).isNull();
        assertThat(parts.get(2).getLicenses().getLicenses().get(0).getId()).isEqualTo("MIT");
    }

    @Test
    void modifiedComponentsHaveTheirAncestorAndTheirPatches() throws Exception {
        Bom bom = write();

        Component module = component(bom, DIST).getComponents().get(1);
        assertThat(module.getPedigree().getAncestors().getComponents().get(0).getPurl())
                .isEqualTo(module.getPurl());
        assertThat(module.getPedigree().getPatches())
                .extracting(patch -> patch.getDiff().getUrl())
                .containsExactly(
                        "patches/" + MODULE + "/demo-greet-warmly.patch",
                        "patches/" + MODULE + "/demo-name-version.patch");
        assertThat(module.getPedigree().getPatches().get(0).getDiff().getText().getText())
                .contains("Subject: Greet warmly", "+++ b/");
        for (String jar : List.of(DIST, LOADER)) {
            assertThat(
                            component(bom, jar)
                                    .getPedigree()
                                    .getAncestors()
                                    .getComponents()
                                    .get(0)
                                    .getHashes()
                                    .get(0)
                                    .getValue())
                    .isEqualTo(Checksums.of("SHA-256", vanilla.resolve(jar)));
        }
        assertThat(component(bom, LOADER).getComponents().get(0).getPedigree()).isNotNull();
        assertThat(component(bom, EXAMPLE).getPedigree()).isNull();
        assertThat(component(bom, OWN).getPedigree()).isNull();
    }

    @Test
    void equalTreesGiveEqualBytes() throws Exception {
        write();
        String first = Files.readString(tree.resolve(BillOfMaterials.FILE));
        Files.delete(tree.resolve(BillOfMaterials.FILE));

        write();

        assertThat(tree.resolve(BillOfMaterials.FILE)).hasContent(first);
        assertThat(first).doesNotContain("serialNumber", "timestamp");
    }

    @Test
    void aJarOfUnknownOriginIsAnError() throws Exception {
        new JarBuilder().manifest().write(tree.resolve("lib/stray.jar"));

        assertThatThrownBy(this::write)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("lib/stray.jar is of unknown origin");
    }

    @Test
    void aShadedJarWithoutAnythingResolvedIsAnError() throws Exception {
        Files.writeString(
                root.resolve("resolved.json"),
                "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": 1,"
                        + " \"components\": []}");

        assertThatThrownBy(this::write)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("resolved.json names nothing that " + DIST);
    }

    @Test
    void anInvalidDocumentIsRefused() {
        byte[] json =
                "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{}]}"
                        .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> BillOfMaterials.requireValid(json))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("CycloneDX 1.6", "components[0]");
    }

    private static org.assertj.core.groups.Tuple tuple(String left, String right) {
        return org.assertj.core.groups.Tuple.tuple(left, right);
    }

    private static Component component(Bom bom, String jar) {
        return bom.getComponents().stream()
                .filter(component -> component.getBomRef().equals(jar))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> purls(Component component) {
        return component.getComponents().stream().map(Component::getPurl).toList();
    }

    /** Writes the document by the command line and reads it back. */
    private Bom write() throws IOException, ParseException {
        Main.run(
                List.of(
                        "sbom",
                        "--tree",
                        tree.toString(),
                        "--vanilla",
                        vanilla.toString(),
                        "--pom",
                        root.resolve("dist/pom.xml").toString(),
                        "--resolved",
                        root.resolve("resolved.json").toString(),
                        "--overlay",
                        overlayJar.toString(),
                        "--patches",
                        distribution.upstream().patches().toString(),
                        "--fork-version",
                        FORK_VERSION));
        return new JsonParser().parse(tree.resolve(BillOfMaterials.FILE).toFile());
    }
}
