// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** Copies of the database of a service. Artifacts and secrets are files, and are not part of it. */
final class Backups {

    private Backups() {}

    /**
     * Writes a copy; the service may run meanwhile.
     *
     * @param file must not exist; only its owner can read it
     */
    static void write(Path data, Path file) throws IOException {
        if (!Files.isDirectory(data)) {
            throw new IOException("there is no job service in " + data);
        }
        try (JobDatabase database = open(data);
                Writer out = create(file)) {
            database.backup(out);
        }
    }

    private static Writer create(Path file) throws IOException {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " exists already", e);
        }
        return Files.newBufferedWriter(file);
    }

    /** Makes a service from a copy; none may run in the directory, nor have run. */
    static void restore(Path data, Path file) throws IOException, RefusedException {
        FileLock lock = JobServer.lock(data);
        try (BufferedReader in = Files.newBufferedReader(file);
                JobDatabase database = open(data)) {
            database.restore(in);
        } finally {
            lock.acquiredBy().close();
        }
    }

    private static JobDatabase open(Path data) throws IOException {
        JobServer.keepNativeLibraryIn(data);
        return JobDatabase.open(data, new SecureRandom());
    }
}
