// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(GuardedDeserializer.class);

    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final transient Counter errors;
    @Nullable private final transient DeadLetters deadLetters;

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
        this.errors = errors;
        this.deadLetters =
                badRecords.handler() == BadRecordHandler.DEAD_LETTER
                        ? badRecords.open(consumerProperties)
                        : null;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out)
            throws IOException {
        produced.clear();
        try {
            deserializer.deserialize(record, new ListCollector<>(produced));
        } catch (Exception e) {
            errors.inc();
            if (deadLetters == null) {
                LOG.warn(
                        "Left out offset {} of {}-{}, which cannot be deserialized",
                        record.offset(),
                        record.topic(),
                        record.partition(),
                        e);
            } else {
                deadLetters.add(DeadLetter.ofRead(record, e));
            }
            return;
        }
        produced.forEach(out::collect);
    }

    /** Makes dead letters safe. */
    void flush() throws IOException {
        if (deadLetters != null) {
            deadLetters.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (deadLetters != null) {
            deadLetters.close();
        }
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return deserializer.getProducedType();
    }
}
