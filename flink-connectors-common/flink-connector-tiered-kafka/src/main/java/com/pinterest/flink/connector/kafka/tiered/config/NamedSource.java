// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A source of a job, whose options are configuration. They are those of the SQL connector {@code
 * tiered-kafka}.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <T> the type of its records
 */
@PublicEvolving
public final class NamedSource<T> {

    private final StreamExecutionEnvironment environment;
    private final String name;
    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final NamedOptions configured;
    private final Map<String, String> defaults = new HashMap<>();
    private WatermarkStrategy<T> watermarks = WatermarkStrategy.noWatermarks();

    NamedSource(
            StreamExecutionEnvironment environment,
            String name,
            KafkaRecordDeserializationSchema<T> deserializer,
            NamedOptions configured) {
        this.environment = environment;
        this.name = name;
        this.deserializer = deserializer;
        this.configured = configured;
    }

    /** Sets the value that an option has if the configuration has none. */
    public NamedSource<T> withDefault(String option, String value) {
        defaults.put(requireNonNull(option, "option"), requireNonNull(value, "value"));
        return this;
    }

    /** Sets how watermarks are made. The default is to make none. */
    public NamedSource<T> withWatermarks(WatermarkStrategy<T> strategy) {
        watermarks = requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Adds the source to the job, with its name as its uid.
     *
     * @throws UnknownOptionException if there is not such an option
     * @throws IllegalConfigurationException if an option is missing, or if options contradict each
     *     other; it names the source
     */
    public DataStreamSource<T> add() {
        NamedOptions options = configured.withDefaults(defaults);
        options.requireKnown(SourceOptions.all());
        try {
            SourceOptions source = new SourceOptions(options.values());
            DataStreamSource<T> stream =
                    environment.fromSource(
                            source.build(name, deserializer), source.watermarks(watermarks), name);
            stream.uid(name);
            source.parallelism().ifPresent(stream::setParallelism);
            EffectiveOptions.tell(
                    environment.getConfiguration(), "source " + name, options, SourceOptions.all());
            return stream;
        } catch (RuntimeException e) {
            throw new IllegalConfigurationException(
                    "Options of the source " + name + ": " + e.getMessage(), e);
        }
    }
}
