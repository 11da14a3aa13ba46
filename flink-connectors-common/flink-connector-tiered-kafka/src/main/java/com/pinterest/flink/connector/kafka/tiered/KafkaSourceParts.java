// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.lang.reflect.Field;
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
        try {
            Field field = KafkaSource.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(source);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of flink-connector-kafka is not supported: KafkaSource has no"
                            + " field "
                            + name
                            + ". Use the version that flink-connector-tiered-kafka depends on.",
                    e);
        }
    }
}
