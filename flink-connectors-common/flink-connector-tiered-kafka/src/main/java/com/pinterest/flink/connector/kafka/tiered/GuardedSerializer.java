// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.lineage.TypeDatasetFacet;
import org.apache.flink.connector.kafka.lineage.TypeDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The serializer of a sink that does not fail at bad records: it makes nothing of them, as a
 * serializer may. {@link #start} comes before the first one.
 *
 * <p>Not thread-safe.
 *
 * @param <T> the type of the records
 */
final class GuardedSerializer<T>
        implements KafkaRecordSerializationSchema<T>,
                KafkaDatasetFacetProvider,
                TypeDatasetFacetProvider,
                AutoCloseable {

    private static final long serialVersionUID = 1L;

    private final KafkaRecordSerializationSchema<T> serializer;
    private final BadRecords badRecords;
    private final SerializableFunction<? super T, byte[]> toBytes;
    private final Properties kafkaProperties;
    @Nullable private transient BadRecordOutput output;

    /**
     * @param toBytes what a dead letter has as its value
     * @param kafkaProperties how the topic for dead letters is reached
     */
    GuardedSerializer(
            KafkaRecordSerializationSchema<T> serializer,
            BadRecords badRecords,
            SerializableFunction<? super T, byte[]> toBytes,
            Properties kafkaProperties) {
        this.serializer = requireNonNull(serializer, "serializer");
        this.badRecords = requireNonNull(badRecords, "badRecords");
        this.toBytes = requireNonNull(toBytes, "toBytes");
        this.kafkaProperties = requireNonNull(kafkaProperties, "kafkaProperties");
    }

    /**
     * Opens where bad records go.
     *
     * @param counter counts them
     */
    void start(Counter counter) {
        output = new BadRecordOutput(badRecords, kafkaProperties, counter);
    }

    @Override
    public void open(
            SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext)
            throws Exception {
        serializer.open(context, sinkContext);
    }

    @Nullable
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            T element, KafkaSinkContext context, @Nullable Long timestamp) {
        try {
            return serializer.serialize(element, context, timestamp);
        } catch (RuntimeException e) {
            putAside(element, timestamp, e);
            return null;
        }
    }

    /** Does with a record what is done with bad ones. */
    void putAside(T element, @Nullable Long timestamp, Exception error) {
        try {
            output.add(
                    () -> "a record that cannot be serialized",
                    () ->
                            DeadLetter.ofWritten(
                                    element.getClass().getName(),
                                    toBytes.apply(element),
                                    timestamp,
                                    error),
                    error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes dead letters safe. */
    void flush() throws IOException {
        output.flush();
    }

    @Override
    public void close() throws IOException {
        if (output != null) {
            output.close();
        }
    }

    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return facetOf(serializer);
    }

    @Override
    public Optional<TypeDatasetFacet> getTypeDatasetFacet() {
        return serializer instanceof TypeDatasetFacetProvider
                ? ((TypeDatasetFacetProvider) serializer).getTypeDatasetFacet()
                : Optional.empty();
    }

    /** Returns what a serializer tells of its topics. */
    static Optional<KafkaDatasetFacet> facetOf(KafkaRecordSerializationSchema<?> serializer) {
        return serializer instanceof KafkaDatasetFacetProvider
                ? ((KafkaDatasetFacetProvider) serializer).getKafkaDatasetFacet()
                : Optional.empty();
    }
}
