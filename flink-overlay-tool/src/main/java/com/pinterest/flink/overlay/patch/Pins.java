// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The pinned upstream artifacts: {@code patches/upstream.properties}.
 *
 * <p>Keys: {@code version}; {@code <module>.jar.sha256} and {@code <module>.sources.sha256}; and,
 * for a module whose published jar is relocated, {@code <module>.relocate.<package prefix>} with
 * the relocated prefix as its value.
 */
public final class Pins {

    private final Path file;
    private final Properties properties;

    private Pins(Path file, Properties properties) {
        this.file = file;
        this.properties = properties;
    }

    public static Pins load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new Pins(file, properties);
    }

    public String version() {
        return require("version");
    }

    /**
     * Fails if the artifact does not have the pinned digest.
     *
     * @param kind "jar" or "sources"
     */
    public void verify(String module, String kind, Path artifact) throws IOException {
        String key = module + "." + kind + ".sha256";
        String pinned = require(key);
        String actual = Checksums.of("SHA-256", artifact);
        if (!pinned.equals(actual)) {
            throw new OverlayException(
                    String.format(
                            "%s: SHA-256 of %s is %s, but %s pins %s. A download was damaged or"
                                    + " replaced: delete it from the local repository and retry; change the"
                                    + " pin only on purpose.",
                            module, artifact.getFileName(), actual, file.getFileName(), pinned));
        }
    }

    /**
     * Returns the package prefixes that the published jar of the module relocates, in the order of
     * the keys in the file.
     */
    public Map<String, String> relocations(String module) {
        String start = module + ".relocate.";
        Map<String, String> relocations = new LinkedHashMap<>();
        properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith(start))
                .sorted()
                .forEach(
                        key ->
                                relocations.put(
                                        key.substring(start.length()),
                                        properties.getProperty(key)));
        return relocations;
    }

    private String require(String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new OverlayException(file.getFileName() + " has no " + key);
        }
        return value.strip();
    }
}
