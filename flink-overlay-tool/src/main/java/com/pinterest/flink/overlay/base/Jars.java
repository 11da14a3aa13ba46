// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.base;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Methods that read jars and the jars nested in them. */
public final class Jars {

    private Jars() {}

    /** A visitor of the jars of a tree. */
    public interface Visitor {
        /**
         * Visits one jar.
         *
         * @param path the path of the jar in the tree, with slashes; that of a nested jar follows
         *     {@code !/}
         */
        void visit(String path, ZipFile jar) throws IOException;
    }

    /** Returns the elements of a class path, jars and directories, as javac expands it. */
    public static List<Path> onClassPath(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(element -> !element.isBlank())
                .map(Path::of)
                .toList();
    }

    /** Returns the jars of a tree by their path in it, sorted. */
    public static SortedMap<String, Path> in(Path tree) throws IOException {
        SortedMap<String, Path> jars = new TreeMap<>();
        try (var files = Files.walk(tree)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".jar"))
                    .forEach(file -> jars.put(Trees.relative(tree, file), file));
        }
        return jars;
    }

    /** Visits every jar of the tree, sorted by path; each jar before the jars nested in it. */
    public static void visitAll(Path tree, Visitor visitor) throws IOException {
        for (var jar : in(tree).entrySet()) {
            try (ZipFile file = open(jar.getValue())) {
                visit(jar.getKey(), file, visitor);
            }
        }
    }

    private static void visit(String path, ZipFile jar, Visitor visitor) throws IOException {
        visitor.visit(path, jar);
        for (ZipArchiveEntry entry : entries(jar)) {
            if (isNestedJar(entry)) {
                try (ZipFile nested = open(read(jar, entry))) {
                    visit(path + "!/" + entry.getName(), nested, visitor);
                }
            }
        }
    }

    public static boolean isNestedJar(ZipArchiveEntry entry) {
        return entry.getName().endsWith(".jar");
    }

    public static ZipFile open(Path jar) throws IOException {
        return open(Files.newByteChannel(jar));
    }

    public static ZipFile open(byte[] jar) throws IOException {
        return open(new SeekableInMemoryByteChannel(jar));
    }

    private static ZipFile open(SeekableByteChannel channel) throws IOException {
        // Local headers contain nothing here that the central directory lacks, and reading them
        // costs a seek per entry.
        return ZipFile.builder()
                .setSeekableByteChannel(channel)
                .setIgnoreLocalFileHeader(true)
                .get();
    }

    /** Returns the entries in the order in which they are in the file, including directories. */
    public static List<ZipArchiveEntry> entries(ZipFile jar) {
        return Collections.list(jar.getEntriesInPhysicalOrder());
    }

    public static byte[] read(ZipFile jar, ZipArchiveEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            ByteArrayOutputStream out =
                    new ByteArrayOutputStream((int) Math.max(32, entry.getSize()));
            in.transferTo(out);
            return out.toByteArray();
        }
    }
}
