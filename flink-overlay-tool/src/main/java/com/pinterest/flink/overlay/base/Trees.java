// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.base;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.TreeMap;

/** Operations on whole directory trees. */
public final class Trees {

    private Trees() {}

    /** Returns the path of a file relative to the root, with slashes. */
    public static String relative(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /** Returns all regular files by their path relative to the root, sorted. */
    public static SortedMap<String, Path> files(Path root) throws IOException {
        SortedMap<String, Path> found = new TreeMap<>();
        try (var files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> found.put(relative(root, file), file));
        }
        return found;
    }

    /** Deletes the tree; does nothing if it does not exist. */
    public static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                            throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /**
     * Fills {@code to} with hard links to the files of {@code from}, or with copies where links are
     * not possible.
     */
    public static void link(Path from, Path to) throws IOException {
        try (var directories = Files.walk(from)) {
            for (Path directory : directories.filter(Files::isDirectory).toList()) {
                Files.createDirectories(to.resolve(relative(from, directory)));
            }
        }
        for (var file : files(from).entrySet()) {
            Path target = to.resolve(file.getKey());
            try {
                Files.createLink(target, file.getValue());
            } catch (UnsupportedOperationException | IOException e) {
                Files.copy(file.getValue(), target);
            }
        }
    }
}
