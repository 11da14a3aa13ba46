// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_TIER;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TRANSACTION_NAMING_STRATEGY;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the value that each option of a source, a sink or a table has, and where it comes from: in
 * the file that {@link #FILE} names, and those that are set in the log. Secrets are hidden.
 */
@Internal
public final class EffectiveOptions {

    /**
     * A local file that is appended to, with lines of four fields with tabs between them. It is how
     * {@code bin/flink-connectors explain} hears of a job, whose classes it does not share.
     */
    public static final ConfigOption<String> FILE =
            ConfigOptions.key("connectors.explain.file").stringType().noDefaultValue();

    private static final Logger LOG = LoggerFactory.getLogger(EffectiveOptions.class);

    /** Keys of Kafka's clients that Flink does not know to be secret. */
    private static final Pattern SECRET =
            Pattern.compile(
                    "(?i).*(ssl\\.keystore\\.key|ssl\\.truststore\\.certificates"
                            + "|ssl\\.keystore\\.certificate\\.chain|private\\.key|passphrase|user[.-]info|credential).*");

    private EffectiveOptions() {}

    /** Returns whether the value of an option is to be hidden. */
    public static boolean isSecret(String option) {
        return GlobalConfiguration.isSensitive(option) || SECRET.matcher(option).matches();
    }

    /**
     * Tells the options.
     *
     * @param owner such as {@code source rides}
     * @param known all options that there are, whose defaults are told as well
     */
    public static void tell(
            ReadableConfig configuration,
            String owner,
            NamedOptions options,
            Collection<? extends ConfigOption<?>> known) {
        Map<String, String> values = new TreeMap<>(options.values());
        LOG.info(
                "Options of {}: {}",
                owner,
                values.keySet().stream()
                        .map(
                                option ->
                                        option
                                                + " = "
                                                + shown(option, values.get(option))
                                                + " ("
                                                + options.origin(option)
                                                + ")")
                        .collect(Collectors.joining(", ")));
        Optional<String> file = configuration.getOptional(FILE);
        if (file.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        for (ConfigOption<?> option : known) {
            if (!values.containsKey(option.key())) {
                String value = defaultOf(option, values);
                if (value != null) {
                    lines.add(line(owner, option.key(), value, "default"));
                }
            }
        }
        values.forEach(
                (option, value) -> lines.add(line(owner, option, value, options.origin(option))));
        append(file.get(), lines);
    }

    private static String defaultOf(ConfigOption<?> option, Map<String, String> values) {
        if (option.equals(SCAN_TIER)) {
            return values.containsKey(ARCHIVE_PATH.key()) ? "auto" : "kafka";
        }
        if (option.equals(TRANSACTION_NAMING_STRATEGY)) {
            // That of TieredKafkaSink.
            return "pooling";
        }
        Object value = option.defaultValue();
        if (value == null) {
            return null;
        }
        return value instanceof Enum
                ? value.toString().toLowerCase(Locale.ROOT)
                : ConfigurationUtils.convertValue(value, String.class);
    }

    private static String shown(String option, String value) {
        return isSecret(option)
                ? GlobalConfiguration.HIDDEN_CONTENT
                : value.replaceAll("\\s+", " ");
    }

    private static String line(String owner, String option, String value, String origin) {
        return String.join("\t", owner, option, shown(option, value), origin);
    }

    private static void append(String file, List<String> lines) {
        try {
            Files.write(Path.of(file), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + file, e);
        }
    }
}
