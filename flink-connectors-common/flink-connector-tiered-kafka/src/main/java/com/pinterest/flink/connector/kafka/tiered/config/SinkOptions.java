// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.DELIVERY_GUARANTEE;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.PROPS_BOOTSTRAP_SERVERS;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TOPIC;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TRANSACTIONAL_ID_PREFIX;
import static org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions.TRANSACTION_NAMING_STRATEGY;
import static org.apache.flink.table.factories.FactoryUtil.SINK_PARALLELISM;

import com.pinterest.flink.connector.kafka.tiered.SinkTier;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSink;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSinkBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.table.api.ValidationException;

/** The values of the options of a sink, which mean what they mean for a table. */
final class SinkOptions {

    private static final List<ConfigOption<?>> OPTIONS = options();

    private final Configuration options;
    private final Map<String, String> values;

    SinkOptions(Map<String, String> values) {
        this.values = values;
        options = Configuration.fromMap(values);
    }

    private static List<ConfigOption<?>> options() {
        List<ConfigOption<?>> options =
                new ArrayList<>(
                        List.of(
                                TOPIC,
                                PROPS_BOOTSTRAP_SERVERS,
                                DELIVERY_GUARANTEE,
                                TRANSACTIONAL_ID_PREFIX,
                                TRANSACTION_NAMING_STRATEGY,
                                SINK_PARALLELISM));
        options.addAll(TieredWrite.OPTIONS);
        return options;
    }

    static List<ConfigOption<?>> all() {
        return OPTIONS;
    }

    Optional<Integer> parallelism() {
        return options.getOptional(SINK_PARALLELISM);
    }

    /**
     * Builds the sink.
     *
     * @param name the topic of tiers that have none, if none is set
     * @param serializers by topic
     * @throws ValidationException if an option is missing, or if options contradict each other
     */
    <T> TieredKafkaSink<T> build(
            String name, Function<String, KafkaRecordSerializationSchema<T>> serializers) {
        TieredWrite write = TieredWrite.of(options);
        boolean withTopic = write.tier() == SinkTier.KAFKA || write.tier() == SinkTier.ARCHIVE;
        List<String> topics =
                options.getOptional(TOPIC).orElse(withTopic ? List.of() : List.of(name));
        if (topics.size() != 1) {
            throw new ValidationException(String.format("A single '%s' is required.", TOPIC.key()));
        }
        if (write.tier() == SinkTier.KAFKA) {
            require(PROPS_BOOTSTRAP_SERVERS);
            if (options.get(DELIVERY_GUARANTEE) == DeliveryGuarantee.EXACTLY_ONCE) {
                require(TRANSACTIONAL_ID_PREFIX);
            }
        }
        TieredKafkaSinkBuilder<T> builder =
                write.<T>builder()
                        .setRecordSerializer(serializers.apply(topics.get(0)))
                        .setDeliveryGuarantee(options.get(DELIVERY_GUARANTEE))
                        .setKafkaProducerConfig(ClientProperties.of(values));
        options.getOptional(TRANSACTIONAL_ID_PREFIX).ifPresent(builder::setTransactionalIdPrefix);
        return builder.build();
    }

    private void require(ConfigOption<?> option) {
        if (!options.contains(option)) {
            throw new ValidationException(String.format("'%s' is required.", option.key()));
        }
    }
}
