// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_GAP_POLICY;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_GAP_WAIT_TIMEOUT;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.FILES_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.FILES_WATCH_INTERVAL;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_HANDLER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_TOPIC;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_RATE_LIMIT_BYTES;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_RATE_LIMIT_RECORDS;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_RATE_LIMIT_SCOPE;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_REPLAY_RATE;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_START_AFTER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_TIER;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_BOUNDED_MODE;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.SCAN_STARTUP_MODE;

import com.pinterest.flink.connector.kafka.tiered.BadRecordHandler;
import com.pinterest.flink.connector.kafka.tiered.BadRecords;
import com.pinterest.flink.connector.kafka.tiered.RateLimit;
import com.pinterest.flink.connector.kafka.tiered.SourceTier;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSource;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSourceBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.ScanBoundedMode;
import org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.ScanStartupMode;
import org.apache.flink.table.api.ValidationException;

/**
 * How a topic is read beyond what the connector {@code kafka} knows: the values of the options
 * {@link #OPTIONS}.
 *
 * <p>Immutable.
 */
@Internal
public final class TieredScan {

    /** Its options, beside those of the connector {@code kafka}. */
    public static final List<ConfigOption<?>> OPTIONS =
            List.of(
                    SCAN_TIER,
                    ARCHIVE_PATH,
                    ARCHIVE_GAP_POLICY,
                    ARCHIVE_GAP_WAIT_TIMEOUT,
                    SCAN_RATE_LIMIT_RECORDS,
                    SCAN_RATE_LIMIT_BYTES,
                    SCAN_RATE_LIMIT_SCOPE,
                    SCAN_REPLAY_RATE,
                    SCAN_START_AFTER,
                    SCAN_DESER_FAILURE_HANDLER,
                    SCAN_DESER_FAILURE_TOPIC,
                    SCAN_DESER_FAILURE_PATH,
                    FILES_PATH,
                    FILES_WATCH_INTERVAL);

    /** Those that mean nothing for files. */
    private static final List<ConfigOption<?>> NOT_OF_FILES =
            List.of(
                    SCAN_RATE_LIMIT_RECORDS,
                    SCAN_RATE_LIMIT_BYTES,
                    SCAN_REPLAY_RATE,
                    SCAN_START_AFTER);

    private final Map<ConfigOption<?>, Object> values;
    private final Properties properties;
    private final boolean bounded;

    private TieredScan(
            Map<ConfigOption<?>, Object> values, Properties properties, boolean bounded) {
        this.values = values;
        this.properties = properties;
        this.bounded = bounded;
    }

    /**
     * Reads the options of a source.
     *
     * @param properties those of the consumer, as the user set them
     * @throws ValidationException if they contradict each other
     */
    public static TieredScan of(ReadableConfig options, Properties properties) {
        Map<ConfigOption<?>, Object> values = new HashMap<>();
        OPTIONS.forEach(
                option ->
                        options.getOptional(option).ifPresent(value -> values.put(option, value)));
        TieredScan scan =
                new TieredScan(
                        values,
                        properties,
                        options.get(SCAN_BOUNDED_MODE) != ScanBoundedMode.UNBOUNDED);
        if (scan.readsFiles()) {
            scan.checkFiles(options);
            return scan;
        }
        if (scan.tier() != SourceTier.KAFKA && scan.get(ARCHIVE_PATH) == null) {
            throw new ValidationException(
                    String.format(
                            "'%s' = '%s' reads the archive, but '%s' is not set.",
                            SCAN_TIER.key(),
                            scan.tier().toString().toLowerCase(Locale.ROOT),
                            ARCHIVE_PATH.key()));
        }
        scan.rateLimit();
        scan.badRecords();
        return scan;
    }

    private void checkFiles(ReadableConfig options) {
        if (get(FILES_PATH) == null) {
            throw new ValidationException(
                    String.format(
                            "'%s' = 'files' reads files, but '%s' is not set.",
                            SCAN_TIER.key(), FILES_PATH.key()));
        }
        requireOneOf(options, SCAN_STARTUP_MODE, List.of(ScanStartupMode.EARLIEST_OFFSET));
        requireOneOf(
                options,
                SCAN_BOUNDED_MODE,
                List.of(ScanBoundedMode.UNBOUNDED, ScanBoundedMode.LATEST_OFFSET));
        for (ConfigOption<?> option : NOT_OF_FILES) {
            if (values.containsKey(option)) {
                throw new ValidationException(
                        String.format(
                                "'%s' needs timestamps and offsets of Kafka, and '%s' = 'files' has"
                                        + " none.",
                                option.key(), SCAN_TIER.key()));
            }
        }
        if (get(SCAN_DESER_FAILURE_HANDLER) != BadRecordHandler.FAIL) {
            throw new ValidationException(
                    String.format(
                            "'%s' = 'files' knows no '%s' but 'fail'.",
                            SCAN_TIER.key(), SCAN_DESER_FAILURE_HANDLER.key()));
        }
    }

    private static <T> void requireOneOf(
            ReadableConfig options, ConfigOption<T> option, List<T> allowed) {
        options.getOptional(option)
                .filter(value -> !allowed.contains(value))
                .ifPresent(
                        value -> {
                            throw new ValidationException(
                                    String.format(
                                            "'%s' = '%s' has no meaning with '%s' = 'files': it"
                                                    + " takes one of %s.",
                                            option.key(), value, SCAN_TIER.key(), allowed));
                        });
    }

    /** Returns whether the source reads files, so that it has no {@link #builder}. */
    public boolean readsFiles() {
        return tier() == SourceTier.FILES;
    }

    /** Returns the directory of the files. */
    public String filesPath() {
        return get(FILES_PATH);
    }

    /** Returns how often new files are looked for; nothing if the source is bounded. */
    public Optional<Duration> filesWatchInterval() {
        return bounded ? Optional.empty() : Optional.of(get(FILES_WATCH_INTERVAL));
    }

    /**
     * Returns a builder of the source that reads the same as Kafka's source.
     *
     * @param name of the source, by which others start after it
     */
    public <T> TieredKafkaSourceBuilder<T> builder(String name, KafkaSource<T> kafkaSource) {
        TieredKafkaSourceBuilder<T> builder =
                TieredKafkaSource.<T>builder()
                        .setKafkaSource(kafkaSource)
                        // Kafka's builder has replaced some.
                        .setProperties(properties)
                        .setTier(tier())
                        .setGapPolicy(get(ARCHIVE_GAP_POLICY))
                        .setGapWaitTimeout(get(ARCHIVE_GAP_WAIT_TIMEOUT))
                        .setBadRecords(badRecords())
                        .setStartAfter(
                                name,
                                values.containsKey(SCAN_START_AFTER)
                                        ? get(SCAN_START_AFTER)
                                        : List.of());
        rateLimit().ifPresent(builder::setRateLimit);
        Double replayRate = get(SCAN_REPLAY_RATE);
        if (replayRate != null) {
            builder.setReplayRate(replayRate);
        }
        String path = get(ARCHIVE_PATH);
        return path == null ? builder : builder.setArchive(path);
    }

    private Optional<RateLimit> rateLimit() {
        Double records = get(SCAN_RATE_LIMIT_RECORDS);
        MemorySize bytes = get(SCAN_RATE_LIMIT_BYTES);
        try {
            return Stream.of(
                            Optional.ofNullable(records).map(RateLimit::ofRecords),
                            Optional.ofNullable(bytes).map(RateLimit::ofBytes))
                    .flatMap(Optional::stream)
                    .reduce(RateLimit::and)
                    .map(limit -> limit.per(get(SCAN_RATE_LIMIT_SCOPE)));
        } catch (IllegalArgumentException e) {
            throw new ValidationException(e.getMessage(), e);
        }
    }

    private BadRecords badRecords() {
        return BadRecordOptions.SOURCE.of(
                get(SCAN_DESER_FAILURE_HANDLER),
                get(SCAN_DESER_FAILURE_TOPIC),
                get(SCAN_DESER_FAILURE_PATH));
    }

    private SourceTier tier() {
        SourceTier tier = get(SCAN_TIER);
        if (tier != null) {
            return tier;
        }
        return get(ARCHIVE_PATH) == null ? SourceTier.KAFKA : SourceTier.AUTO;
    }

    @Nullable
    @SuppressWarnings("unchecked") // Put in with the type of the option.
    private <T> T get(ConfigOption<T> option) {
        T value = (T) values.get(option);
        return value == null && option.hasDefaultValue() ? option.defaultValue() : value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TieredScan
                && bounded == ((TieredScan) other).bounded
                && values.equals(((TieredScan) other).values)
                && properties.equals(((TieredScan) other).properties);
    }

    @Override
    public int hashCode() {
        return Objects.hash(values, properties, bounded);
    }
}
