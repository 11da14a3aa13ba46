// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import com.pinterest.flink.connector.kafka.tiered.config.ClientProperties;
import com.pinterest.flink.connector.kafka.tiered.config.ConnectorsConfiguration;
import com.pinterest.flink.connector.kafka.tiered.config.NamedOptions;
import com.pinterest.flink.connector.kafka.tiered.config.TieredScan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSource;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** What the two factories have in common. */
final class TieredTables {

    private TieredTables() {}

    static Set<ConfigOption<?>> withSourceOptions(Set<ConfigOption<?>> options) {
        Set<ConfigOption<?>> all = new HashSet<>(options);
        all.addAll(TieredScan.OPTIONS);
        return all;
    }

    /**
     * Returns the table with the options that the configuration has for it, which replace its own.
     *
     * @throws com.pinterest.flink.connector.kafka.tiered.config.UnknownOptionException if one of
     *     them is not an option
     */
    static DynamicTableFactory.Context configured(
            DynamicTableFactory.Context context, DynamicTableFactory factory) {
        ObjectIdentifier table = context.getObjectIdentifier();
        NamedOptions configured =
                ConnectorsConfiguration.of(context.getConfiguration())
                        .table(
                                table.getCatalogName(),
                                table.getDatabaseName(),
                                table.getObjectName());
        if (configured.values().isEmpty()) {
            return context;
        }
        Map<String, String> options = new HashMap<>(context.getCatalogTable().getOptions());
        options.putAll(configured.values());
        TableOptionNames names = new TableOptionNames(factory, options);
        configured.requireKnown(names::contains, names.all());
        Map<String, String> enrichment = new HashMap<>(context.getEnrichmentOptions());
        enrichment.keySet().removeAll(configured.values().keySet());
        return new FactoryUtil.DefaultDynamicTableContext(
                table,
                context.getCatalogTable().copy(options),
                enrichment,
                context.getConfiguration(),
                context.getClassLoader(),
                context.isTemporary());
    }

    static DynamicTableSource source(
            DynamicTableSource kafka,
            DynamicTableFactory.Context context,
            DynamicTableFactory factory) {
        return new TieredKafkaTableSource(
                (KafkaDynamicSource) kafka,
                TieredScan.of(
                        FactoryUtil.createTableFactoryHelper(factory, context).getOptions(),
                        ClientProperties.of(context.getCatalogTable().getOptions())),
                context.getObjectIdentifier().asSummaryString());
    }
}
