// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.StringUtils;

/**
 * The files of the guard. {@code NAMESPACE/NAME} is the fence of a job: the epoch that may run, and
 * the id of its job in Flink. The job service writes it before it starts an epoch. {@code
 * .names/DIGEST} says that a job name in Flink is that of a job of the job service; the guard
 * writes it when it lets the job start. Thread-safe.
 */
final class Fences {

    private static final int MAX_BYTES = 4096;

    private final Path directory;

    Fences(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns why a job must not run, empty if it may.
     *
     * @throws IOException if that cannot be read
     */
    Optional<String> refusal(ManagedJob job) throws IOException {
        Path path = new Path(directory, job.key());
        Optional<String> text = read(path);
        if (text.isEmpty()) {
            return Optional.of(job + " is refused: it has no fence at " + path);
        }
        String[] fields = text.get().strip().split(" ", -1);
        if (fields.length != 2 || !fields[0].matches("[0-9]{1,18}")) {
            throw new IOException(path + " is not a fence: " + text.get());
        }
        long current = Long.parseLong(fields[0]);
        return current == job.epoch() && fields[1].equals(job.runId())
                ? Optional.empty()
                : Optional.of(
                        job + " is refused: epoch " + current + " (" + fields[1] + ") may run");
    }

    /** Returns the job of the job service that has a name in Flink, empty if there is none. */
    Optional<String> ownerOf(String name) throws IOException {
        return read(nameFile(name)).map(String::strip);
    }

    /** Keeps a name for a job of the job service. */
    void keepName(String name, ManagedJob job) throws IOException {
        if (ownerOf(name).isEmpty()) {
            Path path = nameFile(name);
            path.getFileSystem().mkdirs(path.getParent());
            try (FSDataOutputStream out =
                    path.getFileSystem().create(path, FileSystem.WriteMode.OVERWRITE)) {
                out.write((job.key() + "\n").getBytes(UTF_8));
            }
        }
    }

    private Path nameFile(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
            return new Path(directory, ".names/" + StringUtils.byteToHexString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private Optional<String> read(Path path) throws IOException {
        FileSystem files = path.getFileSystem();
        try (FSDataInputStream in = files.open(path)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), UTF_8));
        } catch (FileNotFoundException e) {
            // A storage that is not mounted says nothing.
            if (!files.exists(directory)) {
                throw new IOException("There is no directory " + directory, e);
            }
            return Optional.empty();
        }
    }
}
