// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The smallest jars: one empty entry, and a comment that tells them apart. */
final class Jars {

    private Jars() {}

    /** A jar whose bytes are all characters of ASCII. */
    static String text(String comment) {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(jar)) {
            zip.setComment(comment);
            ZipEntry entry = new ZipEntry("a");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(0);
            entry.setCrc(0);
            entry.setTimeLocal(LocalDateTime.of(1980, 1, 2, 0, 0));
            zip.putNextEntry(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar.toString(StandardCharsets.US_ASCII);
    }
}
