// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tarball depends on the names and contents of its tree only, and its sum can be checked. */
class TarballTest {

    private static final Instant TIME = Instant.parse("2026-06-15T00:00:00Z");

    /** Longer than the hundred bytes that fit into a plain tar header. */
    private static final String LONG_NAME = "lib/" + "a".repeat(120) + ".jar";

    private static final Map<String, String> FILES =
            Map.of(
                    "bin/flink",
                    "#!/bin/sh\n",
                    "bin/bash-java-utils.jar",
                    "jar",
                    "bin/nested/run.sh",
                    "#!/bin/sh\n",
                    "conf/config.yaml",
                    "a: 1\n",
                    LONG_NAME,
                    "jar",
                    "README.txt",
                    "read");

    @TempDir private Path directory;

    @Test
    void equalContentsGiveEqualBytesWhateverElseDiffers() throws IOException {
        List<String> names = new ArrayList<>(FILES.keySet());
        Collections.sort(names);
        Path first = writeTree("first/flink-1.0", names, "rwxr-xr-x", "2020-01-01T00:00:00Z");
        Collections.reverse(names);
        Path second = writeTree("second/flink-1.0", names, "rw-------", "2021-02-02T00:00:00Z");

        Tarball.write(first, directory.resolve("first.tgz"), TIME);
        Tarball.write(second, directory.resolve("second.tgz"), TIME);

        assertThat(directory.resolve("second.tgz"))
                .hasSameBinaryContentAs(directory.resolve("first.tgz"));
    }

    @Test
    void otherContentGivesOtherBytes() throws IOException {
        Path tree = writeTree("flink-1.0");
        Tarball.write(tree, directory.resolve("first.tgz"), TIME);
        Files.writeString(tree.resolve("README.txt"), "Read");
        Tarball.write(tree, directory.resolve("second.tgz"), TIME);

        assertThat(Files.mismatch(directory.resolve("first.tgz"), directory.resolve("second.tgz")))
                .isNotNegative();
    }

    @Test
    void entriesAreSortedAndModesGoByPlace() throws IOException {
        Path tree = writeTree("flink-1.0");

        Tarball.write(tree, directory.resolve("flink.tgz"), TIME);

        Map<String, Integer> modes = new LinkedHashMap<>();
        entries(directory.resolve("flink.tgz"))
                .forEach((entry, text) -> modes.put(entry.getName(), entry.getMode() & 0777));
        assertThat(modes.keySet())
                .containsExactly(
                        "flink-1.0/",
                        "flink-1.0/README.txt",
                        "flink-1.0/bin/",
                        "flink-1.0/bin/bash-java-utils.jar",
                        "flink-1.0/bin/flink",
                        "flink-1.0/bin/nested/",
                        "flink-1.0/bin/nested/run.sh",
                        "flink-1.0/conf/",
                        "flink-1.0/conf/config.yaml",
                        "flink-1.0/lib/",
                        "flink-1.0/" + LONG_NAME);
        assertThat(modes)
                .allSatisfy(
                        (name, mode) -> {
                            boolean script =
                                    name.endsWith("/bin/flink") || name.endsWith("/run.sh");
                            assertThat(mode)
                                    .as(name)
                                    .isEqualTo(name.endsWith("/") || script ? 0755 : 0644);
                        });
    }

    @Test
    void contentsAreTheTreesAndTimesAndOwnersAreNot() throws IOException {
        Path tree = writeTree("flink-1.0");

        Tarball.write(tree, directory.resolve("flink.tgz"), TIME);

        Map<TarArchiveEntry, String> entries = entries(directory.resolve("flink.tgz"));
        assertThat(entries.keySet())
                .allSatisfy(
                        entry -> {
                            assertThat(entry.getLastModifiedTime()).isEqualTo(FileTime.from(TIME));
                            assertThat(entry.getLongUserId()).isZero();
                            assertThat(entry.getLongGroupId()).isZero();
                            assertThat(entry.getUserName()).isEmpty();
                            assertThat(entry.getGroupName()).isEmpty();
                        });
        Map<String, String> files = new LinkedHashMap<>();
        entries.forEach(
                (entry, text) -> {
                    if (!entry.isDirectory()) {
                        files.put(entry.getName().substring("flink-1.0/".length()), text);
                    }
                });
        assertThat(files).isEqualTo(FILES);
    }

    @Test
    void sha512sumAcceptsTheSumAndNoticesADamage() throws Exception {
        Path tree = writeTree("flink-1.0");
        Path tarball = directory.resolve("flink.tgz");

        Tarball.write(tree, tarball, TIME);

        assertThat(directory.resolve("flink.tgz.sha512"))
                .content()
                .matches("[0-9a-f]{128}  flink\\.tgz\n");
        assertThat(sha512sum()).isZero();
        Files.writeString(tarball, "damaged");
        assertThat(sha512sum()).isNotZero();
    }

    @Test
    void aTreeGivenByARelativePathKeepsItsName() throws IOException {
        Path tree = writeTree("flink-1.0");
        Path relative = Path.of("").toAbsolutePath().relativize(tree).resolve("bin/..");

        Tarball.write(relative, directory.resolve("flink.tgz"), TIME);

        assertThat(entries(directory.resolve("flink.tgz")).keySet())
                .extracting(TarArchiveEntry::getName)
                .contains("flink-1.0/", "flink-1.0/bin/flink")
                .allMatch(name -> name.startsWith("flink-1.0/"));
    }

    private int sha512sum() throws Exception {
        Process process =
                new ProcessBuilder("sha512sum", "-c", "flink.tgz.sha512")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private Path writeTree(String name) throws IOException {
        return writeTree(name, List.copyOf(FILES.keySet()), "rw-r--r--", "2020-01-01T00:00:00Z");
    }

    private Path writeTree(String name, List<String> order, String permissions, String time)
            throws IOException {
        Path tree = directory.resolve(name);
        for (String path : order) {
            Path file = tree.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, FILES.get(path));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse(time)));
        }
        return tree;
    }

    private static Map<TarArchiveEntry, String> entries(Path tarball) throws IOException {
        Map<TarArchiveEntry, String> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(
                        new GzipCompressorInputStream(Files.newInputStream(tarball)))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                entries.put(entry, new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return entries;
    }
}
