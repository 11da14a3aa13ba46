// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * What a {@link KafkaSource} was built from. It has no getters for that, so this reads its private
 * fields. It works with the version of the Kafka connector that this connector is built for.
 *
 * @param <T> the type of the records that the source produces
 */
final class KafkaSourceParts<T> {

    private final KafkaSource<T> source;

    KafkaSourceParts(KafkaSource<T> source) {
        this.source = source;
    }

    KafkaSubscriber subscriber() {
        return (KafkaSubscriber) read("subscriber");
    }

    /** Returns the topics, {@code null} if it does not subscribe to a list of topics. */
    @Nullable
    @SuppressWarnings("unchecked") // The type of the field.
    List<String> topics() {
        KafkaSubscriber subscriber = subscriber();
        return subscriber.getClass() == KafkaSubscriber.getTopicListSubscriber(List.of()).getClass()
                ? (List<String>) read(subscriber.getClass(), subscriber, "topics")
                : null;
    }

    OffsetsInitializer startingOffsets() {
        return (OffsetsInitializer) read("startingOffsetsInitializer");
    }

    OffsetsInitializer stoppingOffsets() {
        return (OffsetsInitializer) read("stoppingOffsetsInitializer");
    }

    @SuppressWarnings("unchecked") // The type parameter of the source.
    KafkaRecordDeserializationSchema<T> deserializer() {
        return (KafkaRecordDeserializationSchema<T>) read("deserializationSchema");
    }

    Properties properties() {
        return (Properties) read("props");
    }

    @Nullable
    @SuppressWarnings("unchecked") // The type of the field.
    SerializableSupplier<String> rackId() {
        return (SerializableSupplier<String>) read("rackIdSupplier");
    }

    private Object read(String name) {
        return read(KafkaSource.class, source, name);
    }

    /**
     * Reads a private field.
     *
     * @throws IllegalStateException if there is no such field
     */
    static Object read(Class<?> type, Object instance, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of flink-connector-kafka is not supported: "
                            + type.getSimpleName()
                            + " has no field "
                            + name
                            + ". Use the version that flink-connector-tiered-kafka depends on.",
                    e);
        }
    }
}
