// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bill of materials of the distribution against the tree. That it is valid is seen to by the
 * build, which writes no other.
 */
final class BillOfMaterialsIT {

    private static final String FILE = "sbom.cdx.json";
    private static final Path HOME = FlinkTree.DISTRIBUTION.home();

    private static JsonNode document;
    private static final Map<String, JsonNode> JARS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        document = new ObjectMapper().readTree(HOME.resolve(FILE).toFile());
        for (JsonNode component : document.get("components")) {
            assertThat(JARS.put(location(component), component)).as(component.toString()).isNull();
        }
    }

    @Test
    void everyJarIsAComponentAndEveryComponentAJar() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (String jar : jarsOfTheTree()) {
            Path file = HOME.resolve(jar);
            expected.put(jar, digest("SHA-256", file) + " " + digest("SHA-512", file));
        }

        Map<String, String> listed = new TreeMap<>();
        JARS.forEach(
                (jar, component) ->
                        listed.put(
                                jar,
                                hash(component, "SHA-256") + " " + hash(component, "SHA-512")));

        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void everyNestedJarIsAComponentOfItsJar() throws Exception {
        List<String> expected = new ArrayList<>();
        for (String jar : jarsOfTheTree()) {
            try (JarFile file = new JarFile(HOME.resolve(jar).toFile())) {
                file.stream()
                        .filter(entry -> entry.getName().endsWith(".jar"))
                        .forEach(entry -> expected.add(jar + "!/" + entry.getName()));
            }
        }

        List<String> listed = new ArrayList<>();
        JARS.values().stream()
                .flatMap(component -> parts(component).stream())
                .filter(part -> part.has("evidence"))
                .forEach(part -> listed.add(location(part)));

        assertThat(listed).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
    }

    /**
     * One class of an artifact stands for it: the class is in the jar, so the artifact is named.
     */
    @ParameterizedTest
    @CsvSource({
        "lib/flink-dist-2.3.0.jar, org/rocksdb/RocksDB.class, com.ververica/frocksdbjni",
        "lib/flink-dist-2.3.0.jar, com/esotericsoftware/kryo/Kryo.class, com.esotericsoftware/kryo",
        "lib/flink-dist-2.3.0.jar,"
                + " org/apache/flink/kubernetes/shaded/io/fabric8/zjsonpatch/JsonPatch.class,"
                + " io.fabric8/zjsonpatch",
        "opt/flink-s3-fs-hadoop-2.3.0.jar, com/amazonaws/AmazonClientException.class,"
                + " com.amazonaws/aws-java-sdk-core",
        "opt/flink-python-2.3.0.jar,"
                + " org/apache/flink/api/python/shaded/py4j/GatewayServer.class,"
                + " net.sf.py4j/py4j",
        "bin/bash-java-utils.jar, org/apache/logging/log4j/core/Logger.class,"
                + " org.apache.logging.log4j/log4j-core",
        "lib/flink-connector-files-2.3.0.jar,"
                + " org/apache/flink/connector/base/source/reader/SourceReaderBase.class,"
                + " org.apache.flink/flink-connector-base",
    })
    void bundledArtifactsAreParts(String jar, String entry, String artifact) throws IOException {
        try (JarFile file = new JarFile(HOME.resolve(jar).toFile())) {
            assertThat(file.getEntry(entry)).as(entry).isNotNull();
        }
        assertThat(parts(JARS.get(jar)))
                .extracting(part -> part.get("purl").asText())
                .anyMatch(purl -> purl.startsWith("pkg:maven/" + artifact + "@"));
    }

    @Test
    void modifiedJarsAreThoseThatDifferFromTheTwin() throws IOException {
        List<String> expected = new ArrayList<>();
        for (String jar : jarsOfTheTree()) {
            Path twin = FlinkTree.TWIN.home().resolve(jar);
            if (Files.mismatch(HOME.resolve(jar), twin) >= 0) {
                expected.add(jar);
            }
        }

        assertThat(JARS.keySet())
                .filteredOn(jar -> JARS.get(jar).has("pedigree"))
                .isNotEmpty()
                .containsExactlyElementsOf(expected);
    }

    @Test
    void everyPatchStandsInAPedigree() throws IOException {
        List<String> expected = new ArrayList<>();
        Path repository = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> series = Files.list(repository.resolve("patches"))) {
            for (Path module : series.filter(Files::isDirectory).toList()) {
                for (String name : Files.readAllLines(module.resolve("series"))) {
                    if (!name.isBlank() && !name.startsWith("#")) {
                        expected.add("patches/" + module.getFileName() + "/" + name.strip());
                    }
                }
            }
        }

        assertThat(document.findValues("diff"))
                .extracting(diff -> diff.get("url").asText())
                .containsAll(expected)
                .isSubsetOf(expected);
    }

    @Test
    void everyComponentHasALicence() {
        for (JsonNode component : JARS.values()) {
            assertThat(component.path("licenses")).as(location(component)).isNotEmpty();
            for (JsonNode part : parts(component)) {
                assertThat(part.path("licenses")).as(part.toString()).isNotEmpty();
            }
        }
    }

    @Test
    void theTwinHasNone() {
        assertThat(FlinkTree.TWIN.home().resolve(FILE)).doesNotExist();
    }

    private static List<String> jarsOfTheTree() throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .map(file -> HOME.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> parts(JsonNode component) {
        List<JsonNode> parts = new ArrayList<>();
        component.path("components").forEach(parts::add);
        return parts;
    }

    private static String location(JsonNode component) {
        return component.at("/evidence/occurrences/0/location").asText();
    }

    private static String hash(JsonNode component, String algorithm) {
        for (JsonNode hash : component.get("hashes")) {
            if (hash.get("alg").asText().equals(algorithm)) {
                return hash.get("content").asText();
            }
        }
        return "none";
    }

    private static String digest(String algorithm, Path file)
            throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    }
}
