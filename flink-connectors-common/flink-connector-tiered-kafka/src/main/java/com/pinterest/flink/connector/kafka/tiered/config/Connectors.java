// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The named sources and sinks of a job. Code says which there are and what their records look like;
 * what sources read, from where and how fast, and where sinks write is configuration: {@link
 * ConnectorsConfiguration}.
 *
 * <pre>{@code
 * DataStream<Ride> rides =
 *         Connectors.from(environment)
 *                 .source("rides", new RideDeserializer())
 *                 .withWatermarks(WatermarkStrategy.forMonotonousTimestamps())
 *                 .add();
 * }</pre>
 */
@PublicEvolving
public final class Connectors {

    private final StreamExecutionEnvironment environment;
    private final ConnectorsConfiguration configuration;

    private Connectors(
            StreamExecutionEnvironment environment, ConnectorsConfiguration configuration) {
        this.environment = environment;
        this.configuration = configuration;
    }

    /**
     * Reads the configuration of a job: that of the cluster, with what {@code -D} has replaced.
     *
     * @throws org.apache.flink.configuration.IllegalConfigurationException if it has options of no
     *     known kind, or names a file that cannot be read
     */
    public static Connectors from(StreamExecutionEnvironment environment) {
        return new Connectors(
                environment, ConnectorsConfiguration.of(environment.getConfiguration()));
    }

    /**
     * Returns a source, which is still to be added to the job.
     *
     * @param name by which the configuration names it; it is also the uid of the operator
     */
    public <T> NamedSource<T> source(
            String name, KafkaRecordDeserializationSchema<T> deserializer) {
        return new NamedSource<>(
                environment,
                requireNonNull(name, "name"),
                requireNonNull(deserializer, "deserializer"),
                configuration.source(name));
    }

    /**
     * Returns a sink for the values of Kafka's records, in the topic that the configuration has.
     *
     * @param name by which the configuration names it; it is also the uid of the operator
     */
    public <T> NamedSink<T> sink(String name, SerializationSchema<T> values) {
        requireNonNull(values, "values");
        return namedSink(
                name,
                topic ->
                        KafkaRecordSerializationSchema.<T>builder()
                                .setTopic(topic)
                                .setValueSerializationSchema(values)
                                .build());
    }

    /** Returns a sink for the keys and values of Kafka's records. */
    public <T> NamedSink<T> sink(
            String name, SerializationSchema<T> keys, SerializationSchema<T> values) {
        requireNonNull(keys, "keys");
        requireNonNull(values, "values");
        return namedSink(
                name,
                topic ->
                        KafkaRecordSerializationSchema.<T>builder()
                                .setTopic(topic)
                                .setKeySerializationSchema(keys)
                                .setValueSerializationSchema(values)
                                .build());
    }

    private <T> NamedSink<T> namedSink(
            String name, Function<String, KafkaRecordSerializationSchema<T>> serializers) {
        return new NamedSink<>(requireNonNull(name, "name"), serializers, configuration.sink(name));
    }

    /** Returns a source whose records are the values of Kafka's records. */
    public <T> NamedSource<T> source(String name, DeserializationSchema<T> deserializer) {
        return source(name, KafkaRecordDeserializationSchema.valueOnly(deserializer));
    }
}
