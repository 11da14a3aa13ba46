// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;

/**
 * The options that are configured for a source, a sink or a table.
 *
 * <p>Immutable.
 */
@PublicEvolving
public final class NamedOptions {

    private final String prefix;
    private final Map<String, Setting> settings;

    NamedOptions(String prefix, Map<String, Setting> settings) {
        this.prefix = prefix;
        this.settings = settings;
    }

    /** Returns the values by option. */
    public Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        settings.forEach((option, setting) -> values.put(option, setting.value));
        return values;
    }

    /** Returns these options, and others for what they lack. */
    NamedOptions withDefaults(Map<String, String> defaults) {
        return withDefaults(defaults, "default of the job");
    }

    /** Returns these options, and others for what they lack, which come from an origin. */
    public NamedOptions withDefaults(Map<String, String> defaults, String defaultOrigin) {
        Map<String, Setting> all = new LinkedHashMap<>();
        defaults.forEach((option, value) -> all.put(option, new Setting(value, defaultOrigin)));
        all.putAll(settings);
        return new NamedOptions(prefix, all);
    }

    /**
     * Returns where the value of an option comes from.
     *
     * @throws NullPointerException if it has none
     */
    public String origin(String option) {
        return settings.get(option).origin;
    }

    /**
     * Fails at the first option that there is not.
     *
     * @param known whether there is an option
     * @param options those of which the message names the nearest
     * @throws UnknownOptionException which names the nearest one
     */
    public void requireKnown(Predicate<String> known, Collection<String> options) {
        for (Map.Entry<String, Setting> each : settings.entrySet()) {
            if (!known.test(each.getKey())) {
                throw UnknownOptionException.of(
                        prefix, each.getKey(), each.getValue().origin, options);
            }
        }
    }

    /**
     * Fails at the first option that is neither one of these nor one of Kafka's clients.
     *
     * @throws UnknownOptionException which names the nearest one
     */
    void requireKnown(List<ConfigOption<?>> options) {
        List<String> names = options.stream().map(ConfigOption::key).collect(Collectors.toList());
        requireKnown(
                name -> names.contains(name) || name.startsWith(ClientProperties.PREFIX), names);
    }

    /** A value and where it comes from. */
    static final class Setting {

        private final String value;
        private final String origin;

        Setting(String value, String origin) {
            this.value = value;
            this.origin = origin;
        }
    }
}
