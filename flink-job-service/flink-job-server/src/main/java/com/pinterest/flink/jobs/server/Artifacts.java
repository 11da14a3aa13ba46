// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Job jars by their SHA-256: a file is there as a whole, or not at all. */
final class Artifacts {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /** A jar may inflate to so many times its size, and these bytes. */
    private static final long MAX_RATIO = 100;

    private static final long MIN_INFLATED = 64L << 20;

    private final Path directory;
    private final long maxBytes;

    Artifacts(Path directory, long maxBytes) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.maxBytes = maxBytes;
    }

    /** An upload that is not what it says it is. */
    static final class BadArtifactException extends Exception {
        private static final long serialVersionUID = 1L;

        BadArtifactException(String message) {
            super(message);
        }
    }

    static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    boolean contains(String sha256) {
        return Files.isRegularFile(file(sha256));
    }

    /** The file of an artifact, which need not be there. */
    Path file(String sha256) {
        if (!isDigest(sha256)) {
            throw new IllegalArgumentException("not a SHA-256: " + sha256);
        }
        return directory.resolve(sha256 + ".jar");
    }

    /**
     * Stores an artifact.
     *
     * @return its size in bytes
     * @throws BadArtifactException if the content has another digest, is too large or is no jar
     */
    long put(String sha256, InputStream content) throws IOException, BadArtifactException {
        Path target = file(sha256);
        Path part = newPart();
        try {
            String actual = copy(content, part);
            if (!actual.equals(sha256)) {
                throw new BadArtifactException(
                        "the content has the SHA-256 " + actual + ", not " + sha256);
            }
            check(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return Files.size(target);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A new file for what is on its way; who asks for it deletes it. */
    Path newPart() throws IOException {
        return Files.createTempFile(directory, "upload-", ".part");
    }

    /** The most bytes that an artifact may have. */
    long maxBytes() {
        return maxBytes;
    }

    private String copy(InputStream content, Path part) throws IOException, BadArtifactException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
        long size = 0;
        try (DigestInputStream in = new DigestInputStream(content, digest);
                OutputStream out = Files.newOutputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                size += read;
                if (size > maxBytes) {
                    throw new BadArtifactException("the jar is larger than " + maxBytes + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
        try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Reads all entries, as their sizes may be lies: Flink writes the libraries in a jar to the
     * disk of the JobManager.
     */
    private static void check(Path file) throws IOException, BadArtifactException {
        if (!isZip(file)) {
            throw new BadArtifactException("the content is not a jar");
        }
        long most = MIN_INFLATED + MAX_RATIO * Files.size(file);
        long inflated = 0;
        byte[] buffer = new byte[1 << 16];
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (List.of(entry.getName().split("[/\\\\]", -1)).contains("..")) {
                    throw new BadArtifactException(
                            "the jar has an entry that leads out of it: " + entry.getName());
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        inflated += read;
                        if (inflated > most) {
                            throw new BadArtifactException(
                                    "the jar is a bomb: it inflates to more than "
                                            + most
                                            + " bytes");
                        }
                    }
                }
            }
        } catch (ZipException e) {
            throw new BadArtifactException("the content is not a jar: " + e.getMessage());
        }
    }

    private static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(4);
            return head.length == 4
                    && head[0] == 'P'
                    && head[1] == 'K'
                    && head[2] == 3
                    && head[3] == 4;
        }
    }
}
