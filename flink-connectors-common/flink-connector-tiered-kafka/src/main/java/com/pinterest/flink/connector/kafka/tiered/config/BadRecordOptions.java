// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_HANDLER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SCAN_DESER_FAILURE_TOPIC;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_HANDLER;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_PATH;
import static com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions.SINK_SER_FAILURE_TOPIC;

import com.pinterest.flink.connector.kafka.tiered.BadRecordHandler;
import com.pinterest.flink.connector.kafka.tiered.BadRecords;
import javax.annotation.Nullable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.core.fs.Path;
import org.apache.flink.table.api.ValidationException;

/**
 * The three options that say what is done with bad records.
 *
 * <p>Immutable.
 */
final class BadRecordOptions {

    /** Those of a source. */
    static final BadRecordOptions SOURCE =
            new BadRecordOptions(
                    SCAN_DESER_FAILURE_HANDLER, SCAN_DESER_FAILURE_TOPIC, SCAN_DESER_FAILURE_PATH);

    /** Those of a sink. */
    static final BadRecordOptions SINK =
            new BadRecordOptions(
                    SINK_SER_FAILURE_HANDLER, SINK_SER_FAILURE_TOPIC, SINK_SER_FAILURE_PATH);

    private final ConfigOption<BadRecordHandler> handlerOption;
    private final ConfigOption<String> topicOption;
    private final ConfigOption<String> pathOption;

    private BadRecordOptions(
            ConfigOption<BadRecordHandler> handlerOption,
            ConfigOption<String> topicOption,
            ConfigOption<String> pathOption) {
        this.handlerOption = handlerOption;
        this.topicOption = topicOption;
        this.pathOption = pathOption;
    }

    /**
     * Returns what the values of the options mean.
     *
     * @throws ValidationException if they contradict each other
     */
    BadRecords of(BadRecordHandler handler, @Nullable String topic, @Nullable String path) {
        boolean places = handler == BadRecordHandler.DEAD_LETTER;
        if ((topic != null && path != null) || places != (topic != null || path != null)) {
            throw new ValidationException(
                    String.format(
                            "'%s' = '%s' takes one of '%s' and '%s', and no other value takes any.",
                            handlerOption.key(),
                            BadRecordHandler.DEAD_LETTER,
                            topicOption.key(),
                            pathOption.key()));
        }
        if (!places) {
            return handler == BadRecordHandler.LOG ? BadRecords.LOG : BadRecords.FAIL;
        }
        return topic == null ? BadRecords.toFiles(new Path(path)) : BadRecords.toTopic(topic);
    }
}
