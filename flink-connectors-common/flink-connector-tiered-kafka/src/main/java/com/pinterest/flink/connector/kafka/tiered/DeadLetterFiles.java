// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.UUID;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/**
 * Dead letters in files of JSON lines. What comes between two calls of {@link #flush} is one file,
 * which is written at once, so that there are no files that are not complete.
 */
final class DeadLetterFiles implements DeadLetters {

    /** A file is written when it is so large, without waiting for a checkpoint. */
    private static final int LARGE = 8 << 20;

    private final Path directory;
    private final String name = UUID.randomUUID().toString();
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private int files;

    DeadLetterFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public void add(DeadLetter letter) throws IOException {
        StringBuilder line = new StringBuilder("{");
        letter.facts()
                .forEach(
                        (name, fact) -> {
                            string(line, name);
                            line.append(':');
                            if (fact instanceof Number) {
                                line.append(fact);
                            } else {
                                string(line, fact.toString());
                            }
                            line.append(',');
                        });
        line.append("\"key\":");
        bytes(line, letter.key());
        line.append(",\"value\":");
        bytes(line, letter.value());
        lines.write(line.append("}\n").toString().getBytes(UTF_8));
        if (lines.size() >= LARGE) {
            flush();
        }
    }

    private static void bytes(StringBuilder line, byte[] bytes) {
        if (bytes == null) {
            line.append("null");
        } else {
            line.append('"').append(Base64.getEncoder().encodeToString(bytes)).append('"');
        }
    }

    private static void string(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                line.append('\\').append(each);
            } else if (each < ' ') {
                line.append(String.format("\\u%04x", (int) each));
            } else {
                line.append(each);
            }
        }
        line.append('"');
    }

    @Override
    public void flush() throws IOException {
        if (lines.size() == 0) {
            return;
        }
        Path file = new Path(directory, name + "-" + files++ + ".jsonl");
        FileSystem fileSystem = file.getFileSystem();
        try (OutputStream out = fileSystem.create(file, WriteMode.NO_OVERWRITE)) {
            lines.writeTo(out);
        } catch (IOException e) {
            throw new IOException("Cannot write dead letters to " + file, e);
        }
        lines.reset();
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
