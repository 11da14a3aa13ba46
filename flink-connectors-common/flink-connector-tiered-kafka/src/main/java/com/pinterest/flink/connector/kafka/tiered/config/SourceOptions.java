// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.PROPS_BOOTSTRAP_SERVERS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.PROPS_GROUP_ID;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_BOUNDED_MODE;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_BOUNDED_SPECIFIC_OFFSETS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_BOUNDED_TIMESTAMP_MILLIS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_PARALLELISM;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_STARTUP_MODE;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_STARTUP_SPECIFIC_OFFSETS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_STARTUP_TIMESTAMP_MILLIS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_TOPIC_PARTITION_DISCOVERY;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TOPIC;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TOPIC_PATTERN;

import com.pinterest.flink.connector.kafka.tiered.FilesTierSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.Path;
import org.apache.flink.table.api.ValidationException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/** The values of the options of a source, which mean what they mean for a table. */
final class SourceOptions {

    private static final List<ConfigOption<?>> OPTIONS = options();

    private static final Pattern PARTITION_OFFSET =
            Pattern.compile("\\s*partition:([0-9]{1,9}),offset:([0-9]{1,18})\\s*");

    private final Configuration options;
    private final Properties properties;

    SourceOptions(Map<String, String> values) {
        options = Configuration.fromMap(values);
        properties = ClientProperties.of(values);
    }

    private static List<ConfigOption<?>> options() {
        List<ConfigOption<?>> options =
                new ArrayList<>(
                        List.of(
                                TOPIC,
                                TOPIC_PATTERN,
                                PROPS_BOOTSTRAP_SERVERS,
                                PROPS_GROUP_ID,
                                SCAN_STARTUP_MODE,
                                SCAN_STARTUP_SPECIFIC_OFFSETS,
                                SCAN_STARTUP_TIMESTAMP_MILLIS,
                                SCAN_BOUNDED_MODE,
                                SCAN_BOUNDED_SPECIFIC_OFFSETS,
                                SCAN_BOUNDED_TIMESTAMP_MILLIS,
                                SCAN_TOPIC_PARTITION_DISCOVERY,
                                SCAN_PARALLELISM));
        options.addAll(WatermarkOptions.OPTIONS);
        options.addAll(TieredScan.OPTIONS);
        return options;
    }

    static List<ConfigOption<?>> all() {
        return OPTIONS;
    }

    Optional<Integer> parallelism() {
        return options.getOptional(SCAN_PARALLELISM);
    }

    /**
     * Replaces idleness and alignment of watermarks by those that are set.
     *
     * @throws ValidationException if only one option of an alignment is set
     */
    <T> WatermarkStrategy<T> watermarks(WatermarkStrategy<T> base) {
        return WatermarkOptions.of(options).applyTo(base);
    }

    /**
     * Builds the source.
     *
     * @param name by which others start after it; also what a deserializer sees as the topic of
     *     lines of files, if there is not one topic
     * @throws ValidationException if an option is missing, or if options contradict each other
     */
    <T> Source<T, ?, ?> build(String name, KafkaRecordDeserializationSchema<T> deserializer) {
        TieredScan scan = TieredScan.of(options, properties);
        if (scan.readsFiles()) {
            return FilesTierSource.ofLines(
                    new Path(scan.filesPath()),
                    scan.filesWatchInterval().orElse(null),
                    options.getOptional(TOPIC)
                            .filter(topics -> topics.size() == 1)
                            .map(topics -> topics.get(0))
                            .orElse(name),
                    deserializer);
        }
        if (!options.contains(PROPS_BOOTSTRAP_SERVERS)) {
            throw new ValidationException(
                    String.format("'%s' is required.", PROPS_BOOTSTRAP_SERVERS.key()));
        }
        if (options.contains(TOPIC) == options.contains(TOPIC_PATTERN)) {
            throw new ValidationException(
                    String.format(
                            "One of '%s' and '%s' has to be set.",
                            TOPIC.key(), TOPIC_PATTERN.key()));
        }
        KafkaSourceBuilder<T> builder = KafkaSource.builder();
        options.getOptional(TOPIC).ifPresent(builder::setTopics);
        options.getOptional(TOPIC_PATTERN)
                .map(Pattern::compile)
                .ifPresent(builder::setTopicPattern);
        builder.setProperties(properties)
                .setProperty(
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                        Long.toString(options.get(SCAN_TOPIC_PARTITION_DISCOVERY).toMillis()))
                .setDeserializer(deserializer)
                .setStartingOffsets(start());
        end().ifPresent(builder::setBounded);
        return scan.builder(name, builder.build()).build();
    }

    private OffsetsInitializer start() {
        switch (options.get(SCAN_STARTUP_MODE)) {
            case EARLIEST_OFFSET:
                return OffsetsInitializer.earliest();
            case LATEST_OFFSET:
                return OffsetsInitializer.latest();
            case SPECIFIC_OFFSETS:
                return offsets(SCAN_STARTUP_MODE, SCAN_STARTUP_SPECIFIC_OFFSETS);
            case TIMESTAMP:
                return OffsetsInitializer.timestamp(
                        required(SCAN_STARTUP_MODE, SCAN_STARTUP_TIMESTAMP_MILLIS));
            case GROUP_OFFSETS:
                return OffsetsInitializer.committedOffsets(reset());
        }
        throw new IllegalStateException("Unknown " + SCAN_STARTUP_MODE.key());
    }

    /** What is done where a group has committed no offset. As for a table, the job fails. */
    @SuppressWarnings("deprecation") // Flink's connector takes it.
    private org.apache.kafka.clients.consumer.OffsetResetStrategy reset() {
        String reset = properties.getProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        try {
            return org.apache.kafka.clients.consumer.OffsetResetStrategy.valueOf(
                    reset.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ValidationException(
                    String.format(
                            "'%s%s' = '%s' is none of earliest, latest and none.",
                            ClientProperties.PREFIX,
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            reset),
                    e);
        }
    }

    private Optional<OffsetsInitializer> end() {
        switch (options.get(SCAN_BOUNDED_MODE)) {
            case UNBOUNDED:
                return Optional.empty();
            case LATEST_OFFSET:
                return Optional.of(OffsetsInitializer.latest());
            case GROUP_OFFSETS:
                return Optional.of(OffsetsInitializer.committedOffsets());
            case SPECIFIC_OFFSETS:
                return Optional.of(offsets(SCAN_BOUNDED_MODE, SCAN_BOUNDED_SPECIFIC_OFFSETS));
            case TIMESTAMP:
                return Optional.of(
                        OffsetsInitializer.timestamp(
                                required(SCAN_BOUNDED_MODE, SCAN_BOUNDED_TIMESTAMP_MILLIS)));
        }
        throw new IllegalStateException("Unknown " + SCAN_BOUNDED_MODE.key());
    }

    private OffsetsInitializer offsets(ConfigOption<?> mode, ConfigOption<String> option) {
        String text = required(mode, option);
        List<String> topics = options.getOptional(TOPIC).orElse(List.of());
        if (topics.size() != 1) {
            throw new ValidationException(
                    String.format("'%s' needs a single '%s'.", option.key(), TOPIC.key()));
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String each : text.split(";", -1)) {
            Matcher matcher = PARTITION_OFFSET.matcher(each);
            if (!matcher.matches()) {
                throw new ValidationException(
                        String.format(
                                "'%s' = '%s' is not like 'partition:0,offset:42;partition:1,offset:300'.",
                                option.key(), text));
            }
            offsets.put(
                    new TopicPartition(topics.get(0), Integer.parseInt(matcher.group(1))),
                    Long.parseLong(matcher.group(2)));
        }
        return OffsetsInitializer.offsets(offsets);
    }

    private <T> T required(ConfigOption<?> mode, ConfigOption<T> option) {
        return options.getOptional(option)
                .orElseThrow(
                        () ->
                                new ValidationException(
                                        String.format(
                                                "'%s' is required if '%s' is '%s'.",
                                                option.key(), mode.key(), options.get(mode))));
    }
}
