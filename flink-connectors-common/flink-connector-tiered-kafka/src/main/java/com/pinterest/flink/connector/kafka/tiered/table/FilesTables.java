// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.VALUE_FIELDS_INCLUDE;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.VALUE_FORMAT;

import com.pinterest.flink.connector.kafka.tiered.config.ClientProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.connector.file.table.FileSystemConnectorOptions;
import org.apache.flink.connector.file.table.FileSystemTableFactory;
import org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.ValueFieldsStrategy;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.FactoryUtil.TableFactoryHelper;
import org.apache.flink.table.factories.SerializationFormatFactory;

/** Makes of a table of Kafka one of the connector {@code filesystem} with the format of values. */
final class FilesTables {

    private final DynamicTableFactory.Context context;
    private final DynamicTableFactory factory;
    private final Map<String, String> options;
    private final String format;

    /** What the names of the format's options begin with. */
    private final String formatPrefix;

    /**
     * @throws ValidationException if the table has no format
     */
    FilesTables(DynamicTableFactory.Context context, DynamicTableFactory factory) {
        this.context = context;
        this.factory = factory;
        this.options = context.getCatalogTable().getOptions();
        String role = options.containsKey(FactoryUtil.FORMAT.key()) ? "" : "value.";
        this.format = options.get(role + FactoryUtil.FORMAT.key());
        if (format == null) {
            throw new ValidationException(
                    String.format(
                            "One of '%s' and '%s' is required.",
                            FactoryUtil.FORMAT.key(), VALUE_FORMAT.key()));
        }
        this.formatPrefix = role + format + ".";
    }

    /**
     * Checks the options of the table.
     *
     * @throws ValidationException if one is unknown, or has no meaning for files
     */
    void validate(TableFactoryHelper helper) {
        helper.validateExcept(ClientProperties.PREFIX, formatPrefix, "key.");
        if (factory instanceof UpsertTieredKafkaTableFactory) {
            throw new ValidationException(
                    String.format(
                            "'%s' needs keys and tombstones, and files have none: use '%s'.",
                            UpsertTieredKafkaTableFactory.IDENTIFIER,
                            TieredKafkaTableFactory.IDENTIFIER));
        }
        if (helper.getOptions().get(VALUE_FIELDS_INCLUDE) == ValueFieldsStrategy.EXCEPT_KEY) {
            throw new ValidationException(
                    String.format(
                            "Files have values without keys, so '%s' has to be 'ALL'.",
                            VALUE_FIELDS_INCLUDE.key()));
        }
    }

    /** Returns whether the format makes a line of each row, as it makes a value for Kafka. */
    boolean hasLines() {
        try {
            FactoryUtil.discoverFactory(
                    context.getClassLoader(), SerializationFormatFactory.class, format);
            return true;
        } catch (ValidationException e) {
            return false;
        }
    }

    ScanTableSource source(String path, Optional<Duration> watchInterval) {
        Map<String, String> ofFiles = optionsOfFiles(path);
        watchInterval.ifPresent(
                interval ->
                        ofFiles.put(
                                FileSystemConnectorOptions.SOURCE_MONITOR_INTERVAL.key(),
                                interval.toMillis() + " ms"));
        return (ScanTableSource)
                new FileSystemTableFactory().createDynamicTableSource(contextOf(ofFiles));
    }

    DynamicTableSink sink(String path) {
        return new FileSystemTableFactory().createDynamicTableSink(contextOf(optionsOfFiles(path)));
    }

    private Map<String, String> optionsOfFiles(String path) {
        Map<String, String> ofFiles = new HashMap<>();
        ofFiles.put(FactoryUtil.CONNECTOR.key(), FileSystemTableFactory.IDENTIFIER);
        ofFiles.put(FileSystemConnectorOptions.PATH.key(), path);
        ofFiles.put(FactoryUtil.FORMAT.key(), format);
        options.forEach(
                (option, value) -> {
                    if (option.startsWith(formatPrefix)) {
                        ofFiles.put(format + "." + option.substring(formatPrefix.length()), value);
                    }
                });
        return ofFiles;
    }

    private DynamicTableFactory.Context contextOf(Map<String, String> ofFiles) {
        return new FactoryUtil.DefaultDynamicTableContext(
                context.getObjectIdentifier(),
                context.getCatalogTable().copy(ofFiles),
                Map.of(),
                context.getConfiguration(),
                context.getClassLoader(),
                context.isTemporary());
    }
}
