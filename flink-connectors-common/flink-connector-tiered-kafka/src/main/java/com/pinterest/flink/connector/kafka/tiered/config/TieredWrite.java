// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_COMPRESSION;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_PARTITIONS;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.ARCHIVE_ROLL_SIZE;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.FILES_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_COMMIT_FAILURE;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_HANDLER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_TOPIC;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_TIER;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TRANSACTION_NAMING_STRATEGY;

import com.pinterest.flink.connector.kafka.tiered.BadRecords;
import com.pinterest.flink.connector.kafka.tiered.SinkTier;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSink;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSinkBuilder;
import java.util.List;
import java.util.Locale;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * How records are written beyond what the connector {@code kafka} knows: the values of the options
 * {@link #OPTIONS}.
 *
 * <p>Immutable.
 */
@Internal
public final class TieredWrite {

    /** Its options, beside those of the connector {@code kafka}. */
    public static final List<ConfigOption<?>> OPTIONS =
            List.of(
                    SINK_TIER,
                    SINK_COMMIT_FAILURE,
                    SINK_SER_FAILURE_HANDLER,
                    SINK_SER_FAILURE_TOPIC,
                    SINK_SER_FAILURE_PATH,
                    ARCHIVE_PATH,
                    ARCHIVE_PARTITIONS,
                    ARCHIVE_COMPRESSION,
                    ARCHIVE_ROLL_SIZE,
                    FILES_PATH);

    private final ReadableConfig options;

    private TieredWrite(ReadableConfig options) {
        this.options = options;
    }

    /**
     * Reads the options of a sink.
     *
     * @throws ValidationException if one is missing that the tier needs
     */
    public static TieredWrite of(ReadableConfig options) {
        TieredWrite write = new TieredWrite(options);
        if (write.tier() == SinkTier.ARCHIVE) {
            write.require(ARCHIVE_PATH);
            write.require(ARCHIVE_PARTITIONS);
        } else if (write.tier() == SinkTier.FILES) {
            write.require(FILES_PATH);
        }
        write.badRecords();
        return write;
    }

    private void require(ConfigOption<?> option) {
        if (options.getOptional(option).isEmpty()) {
            throw new ValidationException(
                    String.format(
                            "'%s' is required if '%s' is '%s'.",
                            option.key(),
                            SINK_TIER.key(),
                            tier().toString().toLowerCase(Locale.ROOT)));
        }
    }

    public SinkTier tier() {
        return options.get(SINK_TIER);
    }

    /** Returns what is done with records that cannot be serialized. */
    public BadRecords badRecords() {
        return BadRecordOptions.SINK.of(
                options.get(SINK_SER_FAILURE_HANDLER),
                options.get(SINK_SER_FAILURE_TOPIC),
                options.get(SINK_SER_FAILURE_PATH));
    }

    /** Returns the directory of the files. */
    public String filesPath() {
        return options.get(FILES_PATH);
    }

    /** Returns a builder with these options. */
    public <T> TieredKafkaSinkBuilder<T> builder() {
        TieredKafkaSinkBuilder<T> builder =
                TieredKafkaSink.<T>builder()
                        .setTier(tier())
                        .setBadRecords(badRecords())
                        .setCommitFailure(options.get(SINK_COMMIT_FAILURE))
                        .setCodec(options.get(ARCHIVE_COMPRESSION))
                        .setRollSize(options.get(ARCHIVE_ROLL_SIZE));
        options.getOptional(TRANSACTION_NAMING_STRATEGY)
                .ifPresent(builder::setTransactionNamingStrategy);
        options.getOptional(ARCHIVE_PATH).ifPresent(builder::setArchive);
        options.getOptional(ARCHIVE_PARTITIONS).ifPresent(builder::setArchivePartitions);
        // Also for another tier, as a savepoint may have files that are pending.
        options.getOptional(FILES_PATH).ifPresent(builder::setFiles);
        return builder;
    }
}
