// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_TIER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_HANDLER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_TIER;
import static org.apache.flink.table.factories.FactoryUtil.WATERMARK_EMIT_STRATEGY;

import com.pinterest.flink.connector.kafka.tiered.BadRecords;
import com.pinterest.flink.connector.kafka.tiered.SinkTier;
import com.pinterest.flink.connector.kafka.tiered.SourceTier;
import com.pinterest.flink.connector.kafka.tiered.config.ClientProperties;
import com.pinterest.flink.connector.kafka.tiered.config.ConnectorsConfiguration;
import com.pinterest.flink.connector.kafka.tiered.config.EffectiveOptions;
import com.pinterest.flink.connector.kafka.tiered.config.NamedOptions;
import com.pinterest.flink.connector.kafka.tiered.config.TieredScan;
import com.pinterest.flink.connector.kafka.tiered.config.TieredWrite;
import com.pinterest.flink.connector.kafka.tiered.config.WatermarkOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSink;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSource;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.FactoryUtil.TableFactoryHelper;

/** What the two factories have in common. */
final class TieredTables {

    /** By which the uid of Kafka's source is made. */
    static final String UID_OF_KAFKA = "kafka";

    private TieredTables() {}

    static Set<ConfigOption<?>> withOptions(Set<ConfigOption<?>> options) {
        Set<ConfigOption<?>> all = new HashSet<>(options);
        all.addAll(TieredScan.OPTIONS);
        all.addAll(TieredWrite.OPTIONS);
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
        Map<String, String> options = new HashMap<>(context.getCatalogTable().getOptions());
        NamedOptions effective = configured.withDefaults(options, "statement");
        options.putAll(configured.values());
        TableOptionNames names = new TableOptionNames(factory, options);
        requireOutsideOfThePlanner(configured);
        configured.requireKnown(names::contains, names.all());
        EffectiveOptions.tell(
                context.getConfiguration(),
                "table " + table.asSummaryString(),
                effective,
                factory.optionalOptions());
        if (configured.values().isEmpty()) {
            return context;
        }
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

    /**
     * Fails at an option that the planner reads, from the statement, before it makes the source.
     */
    private static void requireOutsideOfThePlanner(NamedOptions configured) {
        String option = WATERMARK_EMIT_STRATEGY.key();
        if (configured.values().containsKey(option)) {
            throw new ValidationException(
                    String.format(
                            "'%s' (%s) has no effect in the configuration: Flink's planner reads it"
                                    + " from the options of the statement.",
                            option, configured.origin(option)));
        }
    }

    /**
     * Returns the source of a table.
     *
     * @param kafka makes the source of Kafka's connector
     */
    static DynamicTableSource source(
            DynamicTableFactory.Context context,
            DynamicTableFactory factory,
            Function<DynamicTableFactory.Context, DynamicTableSource> kafka) {
        TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(factory, context);
        ReadableConfig options = helper.getOptions();
        Properties properties = ClientProperties.of(context.getCatalogTable().getOptions());
        String name = context.getObjectIdentifier().asSummaryString();
        if (options.getOptional(SCAN_TIER).orElse(null) == SourceTier.FILES) {
            FilesTables files = new FilesTables(context, factory);
            files.validate(helper);
            TieredScan scan = TieredScan.of(options, properties);
            return new FilesTableSource(
                    files.source(scan.filesPath(), scan.filesWatchInterval()),
                    options.getOptional(FactoryUtil.SOURCE_PARALLELISM),
                    name);
        }
        DynamicTableSource kafkaSource = kafka.apply(context);
        return new TieredKafkaTableSource(
                (KafkaDynamicSource) kafkaSource,
                TieredScan.of(options, properties),
                WatermarkOptions.of(Configuration.fromMap(context.getCatalogTable().getOptions())),
                context.getObjectIdentifier().getObjectName(),
                name);
    }

    /**
     * Returns the sink of a table.
     *
     * @param kafka makes the sink of Kafka's connector
     */
    static DynamicTableSink sink(
            DynamicTableFactory.Context context,
            DynamicTableFactory factory,
            Function<DynamicTableFactory.Context, DynamicTableSink> kafka) {
        TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(factory, context);
        ReadableConfig options = helper.getOptions();
        if (options.get(SINK_TIER) == SinkTier.FILES) {
            FilesTables files = new FilesTables(context, factory);
            files.validate(helper);
            if (!files.hasLines()) {
                TieredWrite write = TieredWrite.of(options);
                if (write.badRecords() != BadRecords.FAIL) {
                    throw new ValidationException(
                            String.format(
                                    "Files of this format know no '%s' but 'fail'.",
                                    SINK_SER_FAILURE_HANDLER.key()));
                }
                return files.sink(write.filesPath());
            }
        }
        DynamicTableSink kafkaSink = kafka.apply(context);
        return new TieredKafkaTableSink(
                (KafkaDynamicSink) kafkaSink,
                TieredWrite.of(options),
                context.getPhysicalRowDataType());
    }
}
