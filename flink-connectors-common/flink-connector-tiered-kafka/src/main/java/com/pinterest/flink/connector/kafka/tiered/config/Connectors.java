// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static java.util.Objects.requireNonNull;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The named sources of a job. Code says which sources there are and how their records are read;
 * what they read, from where and how fast is configuration: {@link ConnectorsConfiguration}.
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

    /** Returns a source whose records are the values of Kafka's records. */
    public <T> NamedSource<T> source(String name, DeserializationSchema<T> deserializer) {
        return source(name, KafkaRecordDeserializationSchema.valueOnly(deserializer));
    }
}
