// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.base;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Packs a jar, entry by entry, and reads jars back with the jars nested in them. */
public final class JarBuilder {

    public static final String MANIFEST = "META-INF/MANIFEST.MF";

    private static final LocalDateTime TIME = LocalDateTime.of(2024, 3, 1, 12, 30);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(bytes);

    /** Adds a manifest with the attributes, given as {@code Name: value}. */
    public JarBuilder manifest(String... attributes) {
        return entry(MANIFEST, "Manifest-Version: 1.0\n" + String.join("\n", attributes) + "\n\n");
    }

    public JarBuilder entry(String name, String content) {
        return entry(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public JarBuilder entry(String name, byte[] content) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        return put(entry, content);
    }

    /** Adds an entry whose time stands in an extra field in UTC too, as Info-ZIP writes it. */
    public JarBuilder entryWithExtendedTime(String name, String content) {
        ZipEntry entry = new ZipEntry(name);
        entry.setLastModifiedTime(FileTime.from(Instant.parse("2024-03-01T12:30:00Z")));
        return put(entry, content.getBytes(StandardCharsets.UTF_8));
    }

    public JarBuilder entries(Map<String, byte[]> contents) {
        contents.forEach(this::entry);
        return this;
    }

    private JarBuilder put(ZipEntry entry, byte[] content) {
        try {
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Finishes the jar. */
    public byte[] bytes() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Finishes the jar and writes it. */
    public Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes());
    }

    /** All entries of a jar by name; those of a nested jar follow its name and {@code !/}. */
    public static SortedMap<String, byte[]> read(Path jar) throws IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        read("", Files.readAllBytes(jar), contents);
        return contents;
    }

    private static void read(String prefix, byte[] jar, Map<String, byte[]> contents)
            throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readAllBytes();
                contents.put(prefix + entry.getName(), content);
                if (entry.getName().endsWith(".jar")) {
                    read(prefix + entry.getName() + "!/", content, contents);
                }
            }
        }
    }
}
