// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Mounted file systems, with URLs such as {@code file:/savepoints}. */
final class LocalStorage implements Storage {

    static final String SCHEME = "file:";

    private static Path path(String url) {
        return Path.of(url.substring(SCHEME.length()));
    }

    @Override
    public Optional<List<Entry>> list(String directory) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> children = Files.list(path(directory))) {
            for (Path child : children.toList()) {
                entry(child).ifPresent(entries::add);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
        return Optional.of(entries);
    }

    /** Empty if it has been deleted since. */
    private static Optional<Entry> entry(Path path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(
                    new Entry(
                            path.getFileName().toString(),
                            attributes.isDirectory(),
                            attributes.lastModifiedTime().toMillis()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> read(String file, int bytes) throws IOException {
        try (InputStream in = Files.newInputStream(path(file))) {
            return Optional.of(in.readNBytes(bytes));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** A reader sees the old file or the new one, also after the machine has failed. */
    @Override
    public void write(String file, byte[] bytes) throws IOException {
        Path path = path(file);
        Files.createDirectories(path.getParent());
        Path next = path.resolveSibling("." + path.getFileName() + "-" + UUID.randomUUID());
        try (FileChannel out =
                FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String path) throws IOException {
        if (!Files.exists(path(path), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                path(path),
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
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    @Override
    public boolean isMounted(String directory) {
        return Files.isDirectory(path(directory));
    }
}
