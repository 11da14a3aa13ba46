// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.KEY_FORMAT;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.VALUE_FORMAT;

import com.pinterest.flink.connector.kafka.tiered.config.ClientProperties;
import com.pinterest.flink.connector.kafka.tiered.config.WatermarkOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** The names of the options that a table may be configured with. */
final class TableOptionNames {

    private final Set<String> names = new TreeSet<>();

    /** What the names of options begin with that only a format or the client knows. */
    private final List<String> prefixes = new ArrayList<>();

    /**
     * @param options those of the table, which say what its formats are
     */
    TableOptionNames(DynamicTableFactory factory, Map<String, String> options) {
        factory.requiredOptions().forEach(option -> names.add(option.key()));
        factory.optionalOptions().forEach(option -> names.add(option.key()));
        WatermarkOptions.OPTIONS.forEach(option -> names.add(option.key()));
        prefixes.add(ClientProperties.PREFIX);
        addPrefix("", FactoryUtil.FORMAT, options);
        addPrefix("key.", KEY_FORMAT, options);
        addPrefix("value.", VALUE_FORMAT, options);
    }

    private void addPrefix(String role, ConfigOption<String> format, Map<String, String> options) {
        String identifier = options.get(format.key());
        if (identifier != null) {
            prefixes.add(role + identifier + ".");
        }
    }

    boolean contains(String name) {
        return names.contains(name) || prefixes.stream().anyMatch(name::startsWith);
    }

    /** Returns those that have one name. */
    Set<String> all() {
        return names;
    }
}
