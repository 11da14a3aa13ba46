// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;

/**
 * A sink of a job, whose options are configuration. They are those of the SQL connector {@code
 * tiered-kafka}.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <T> the type of its records
 */
@PublicEvolving
public final class NamedSink<T> {

    private final String name;
    private final Function<String, KafkaRecordSerializationSchema<T>> serializers;
    private final NamedOptions configured;
    private final Map<String, String> defaults = new HashMap<>();

    /**
     * @param serializers by topic
     */
    NamedSink(
            String name,
            Function<String, KafkaRecordSerializationSchema<T>> serializers,
            NamedOptions configured) {
        this.name = name;
        this.serializers = serializers;
        this.configured = configured;
    }

    /** Sets the value that an option has if the configuration has none. */
    public NamedSink<T> withDefault(String option, String value) {
        defaults.put(requireNonNull(option, "option"), requireNonNull(value, "value"));
        return this;
    }

    /**
     * Makes a stream end in the sink, with its name as its uid.
     *
     * @throws UnknownOptionException if there is not such an option
     * @throws IllegalConfigurationException if an option is missing, or if options contradict each
     *     other; it names the sink
     */
    public DataStreamSink<T> addTo(DataStream<T> stream) {
        NamedOptions options = configured.withDefaults(defaults);
        options.requireKnown(SinkOptions.all());
        try {
            SinkOptions sink = new SinkOptions(options.values());
            DataStreamSink<T> end = stream.sinkTo(sink.build(name, serializers)).name(name);
            end.uid(name);
            sink.parallelism().ifPresent(end::setParallelism);
            EffectiveOptions.tell(
                    stream.getExecutionEnvironment().getConfiguration(),
                    "sink " + name,
                    options,
                    SinkOptions.all());
            return end;
        } catch (RuntimeException e) {
            throw new IllegalConfigurationException(
                    "Options of the sink " + name + ": " + e.getMessage(), e);
        }
    }
}
