// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secrets that specifications refer to as <code>${secret:NAME}</code>: one file each, in a
 * directory of the service. They are put in when a run is started, and stored and shown nowhere.
 */
final class Secrets {

    static final String REFERENCE = ".*\\$\\{secret:[A-Za-z0-9_-]+}.*";

    private static final Pattern NAME = Pattern.compile("\\$\\{secret:([A-Za-z0-9_-]+)}");

    private final Path directory;

    Secrets(Path directory) {
        this.directory = directory;
    }

    /**
     * Puts the secrets in.
     *
     * @throws IOException if there is none of a name
     */
    String resolve(String text) throws IOException {
        Matcher matcher = NAME.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            Path file = directory.resolve(matcher.group(1));
            if (!Files.isRegularFile(file)) {
                throw new IOException("there is no secret " + matcher.group(1));
            }
            matcher.appendReplacement(
                    resolved, Matcher.quoteReplacement(Files.readString(file).strip()));
        }
        return matcher.appendTail(resolved).toString();
    }
}
