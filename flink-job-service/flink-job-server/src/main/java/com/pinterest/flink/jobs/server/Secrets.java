// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets that specifications refer to as <code>${secret:NAME}</code>: one file each, in a
 * directory of the service. {@code NAMESPACE/NAME} is for the jobs of one namespace only, and comes
 * before {@code NAME}, which is for all. They are put in when a run is started, and stored and
 * shown nowhere: in what a cluster says of a run, they are references again. Thread-safe.
 */
final class Secrets {

    static final String REFERENCE = ".*\\$\\{secret:[A-Za-z0-9_-]+}.*";

    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);

    private static final Pattern NAME = Pattern.compile("\\$\\{secret:([A-Za-z0-9_-]+)}");

    /** A shorter text is in too many others by chance. */
    private static final int MIN_HIDDEN = 6;

    private final Path directory;

    /**
     * The references of all values since the start of the process, also of earlier ones. Long
     * values come first, as a value may have another one in it.
     */
    private final Map<String, String> references =
            new ConcurrentSkipListMap<>(
                    Comparator.comparingInt(String::length)
                            .reversed()
                            .thenComparing(Comparator.naturalOrder()));

    Secrets(Path directory) {
        this.directory = directory;
        load();
    }

    /** Those of runs that an earlier process has started. */
    private void load() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try {
                    read(file);
                } catch (CharacterCodingException e) {
                    // It is no text, and no specification can refer to it.
                    LOG.warn("{} is not a text", file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("the secrets in " + directory + " cannot be read", e);
        }
    }

    private String read(Path file) throws IOException {
        String value = Files.readString(file).strip();
        if (value.length() >= MIN_HIDDEN) {
            references.put(value, "${secret:" + file.getFileName() + "}");
        }
        return value;
    }

    /**
     * Puts the secrets in.
     *
     * @param namespace that of the job
     * @throws IOException if there is none of a name
     */
    String resolve(String namespace, String text) throws IOException {
        Matcher matcher = NAME.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(
                    resolved, Matcher.quoteReplacement(value(namespace, matcher.group(1))));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String value(String namespace, String name) throws IOException {
        for (Path file :
                List.of(directory.resolve(namespace).resolve(name), directory.resolve(name))) {
            if (Files.isRegularFile(file)) {
                return read(file);
            }
        }
        throw new NoSuchFileException(
                "there is no secret " + name + " for the namespace " + namespace);
    }

    /** Puts the references in for the secrets that a text has in it. */
    String hide(String text) {
        String hidden = text;
        for (Map.Entry<String, String> secret : references.entrySet()) {
            hidden = hidden.replace(secret.getKey(), secret.getValue());
        }
        return hidden;
    }
}
