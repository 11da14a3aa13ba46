// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.YamlParserUtils;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The options of named sources, sinks and tables: {@code connectors.sources.NAME.OPTION}, {@code
 * connectors.sinks.NAME.OPTION} and {@code connectors.tables.CATALOG.DATABASE.TABLE.OPTION}. They
 * stand in a YAML file, which {@link #CONFIG} names, and in Flink's configuration, which wins.
 *
 * <p>Immutable.
 */
@PublicEvolving
public final class ConnectorsConfiguration {

    public static final ConfigOption<String> CONFIG =
            ConfigOptions.key("connectors.config")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "URI of a YAML file with options of named sources, sinks and tables,"
                                    + " on any file system that Flink knows. Options in Flink's"
                                    + " configuration replace those of the file.");

    private static final String PREFIX = "connectors.";
    private static final String SOURCES = "sources";
    private static final String SINKS = "sinks";
    private static final String TABLES = "tables";
    private static final List<String> SECTIONS = List.of(SOURCES, SINKS, TABLES);

    /** By full key. */
    private final Map<String, NamedOptions.Setting> settings;

    private ConnectorsConfiguration(Map<String, NamedOptions.Setting> settings) {
        this.settings = settings;
    }

    /**
     * Reads the options from Flink's configuration, and from the file that it names.
     *
     * @throws IllegalConfigurationException if the file cannot be read, or if a key is not of one
     *     of the three kinds
     */
    public static ConnectorsConfiguration of(ReadableConfig configuration) {
        Map<String, NamedOptions.Setting> settings = new TreeMap<>();
        configuration
                .getOptional(CONFIG)
                .ifPresent(
                        uri ->
                                read(uri)
                                        .forEach(
                                                (key, value) ->
                                                        put(settings, key, value, "file " + uri)));
        configuration
                .toMap()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(PREFIX)
                                    && !key.equals(CONFIG.key())
                                    && !key.equals(EffectiveOptions.FILE.key())) {
                                put(settings, key, value, "configuration");
                            }
                        });
        return new ConnectorsConfiguration(settings);
    }

    private static void put(
            Map<String, NamedOptions.Setting> settings, String key, String value, String origin) {
        if (SECTIONS.stream().noneMatch(section -> key.startsWith(PREFIX + section + "."))) {
            throw new UnknownOptionException(
                    key,
                    origin,
                    SECTIONS.stream()
                            .map(section -> PREFIX + section + ".")
                            .collect(Collectors.toList()));
        }
        settings.put(key, new NamedOptions.Setting(value, origin));
    }

    /** Returns the options of a source. */
    public NamedOptions source(String name) {
        return options(PREFIX + SOURCES + "." + name + ".");
    }

    /** Returns the options of a sink. */
    public NamedOptions sink(String name) {
        return options(PREFIX + SINKS + "." + name + ".");
    }

    /** Returns the options of a table. */
    public NamedOptions table(String catalog, String database, String name) {
        return options(PREFIX + TABLES + "." + catalog + "." + database + "." + name + ".");
    }

    private NamedOptions options(String prefix) {
        Map<String, NamedOptions.Setting> named = new LinkedHashMap<>();
        settings.forEach(
                (key, setting) -> {
                    if (key.startsWith(prefix)) {
                        named.put(key.substring(prefix.length()), setting);
                    }
                });
        return new NamedOptions(prefix, named);
    }

    private static Map<String, String> read(String uri) {
        Object document;
        try {
            Path path = new Path(URI.create(uri));
            FileSystem fileSystem = path.getFileSystem();
            try (InputStream in = fileSystem.open(path)) {
                document =
                        YamlParserUtils.convertToObject(
                                new String(in.readAllBytes(), StandardCharsets.UTF_8),
                                Object.class);
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalConfigurationException(
                    "Cannot read " + uri + ", the value of " + CONFIG.key() + ": " + e.getMessage(),
                    e);
        }
        Map<String, String> flat = new LinkedHashMap<>();
        if (document != null) {
            if (!(document instanceof Map)) {
                throw new IllegalConfigurationException(
                        uri + ", the value of " + CONFIG.key() + ", has no keys at its top.");
            }
            flatten("", document, flat, uri);
        }
        return flat;
    }

    private static void flatten(String key, Object value, Map<String, String> flat, String uri) {
        if (value instanceof Map) {
            ((Map<?, ?>) value)
                    .forEach(
                            (name, each) ->
                                    flatten(
                                            key.isEmpty() ? name.toString() : key + "." + name,
                                            each,
                                            flat,
                                            uri));
            return;
        }
        if (value == null) {
            throw new IllegalConfigurationException(uri + ": " + key + " has no value.");
        }
        String text =
                value instanceof List
                        ? ((List<?>) value)
                                .stream().map(Object::toString).collect(Collectors.joining(";"))
                        : value.toString();
        if (flat.put(key, text) != null) {
            throw new IllegalConfigurationException(uri + ": " + key + " is there twice.");
        }
    }
}
