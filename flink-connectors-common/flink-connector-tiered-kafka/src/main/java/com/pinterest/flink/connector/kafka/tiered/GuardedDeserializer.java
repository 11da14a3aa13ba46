// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The deserializer of a reader that does not fail at bad records. Of a record that it fails at in
 * the middle, nothing is emitted. What operators downstream throw is no bad record.
 *
 * <p>Not thread-safe.
 *
 * @param <T> the type of the records that it produces
 */
final class GuardedDeserializer<T> implements KafkaRecordDeserializationSchema<T>, AutoCloseable {

    private static final long serialVersionUID = 1L;

    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final transient BadRecordOutput output;

    /** What one record became, while it may still turn out to be bad. */
    private final transient List<T> produced = new ArrayList<>();

    /**
     * @param deserializer which is open
     * @param errors counts bad records
     */
    GuardedDeserializer(
            KafkaRecordDeserializationSchema<T> deserializer,
            BadRecords badRecords,
            Properties consumerProperties,
            Counter errors) {
        this.deserializer = deserializer;
        this.output = new BadRecordOutput(badRecords, consumerProperties, errors);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out)
            throws IOException {
        produced.clear();
        try {
            deserializer.deserialize(record, new ListCollector<>(produced));
        } catch (Exception e) {
            output.add(
                    () ->
                            String.format(
                                    "offset %d of %s-%d, which cannot be deserialized",
                                    record.offset(), record.topic(), record.partition()),
                    () -> DeadLetter.ofRead(record, e),
                    e);
            return;
        }
        produced.forEach(out::collect);
    }

    /** Makes dead letters safe. */
    void flush() throws IOException {
        output.flush();
    }

    @Override
    public void close() throws IOException {
        output.close();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return deserializer.getProducedType();
    }
}
