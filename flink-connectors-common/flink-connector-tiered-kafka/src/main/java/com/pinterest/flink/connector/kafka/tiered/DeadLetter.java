// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record that could not be read or written, and what is known of it.
 *
 * <p>Immutable, but for its arrays.
 */
final class DeadLetter {

    /** Strings and numbers by name. */
    private final Map<String, Object> facts;

    @Nullable private final byte[] key;
    @Nullable private final byte[] value;
    private final Headers headers;

    private DeadLetter(
            Map<String, Object> facts,
            @Nullable byte[] key,
            @Nullable byte[] value,
            Headers headers) {
        this.facts = facts;
        this.key = key;
        this.value = value;
        this.headers = requireNonNull(headers, "headers");
    }

    /** Returns that of a record that could not be deserialized. */
    static DeadLetter ofRead(ConsumerRecord<byte[], byte[]> record, Throwable error) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("topic", record.topic());
        facts.put("partition", record.partition());
        facts.put("offset", record.offset());
        facts.put("timestamp", record.timestamp());
        facts.put("error", error.toString());
        return new DeadLetter(facts, record.key(), record.value(), record.headers());
    }

    /**
     * Returns that of a record that could not be serialized.
     *
     * @param type the class of the record
     * @param value the record in a form that people can read
     * @param timestamp of the record, {@code null} if it has none
     */
    static DeadLetter ofWritten(
            String type, byte[] value, @Nullable Long timestamp, Throwable error) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("class", type);
        if (timestamp != null) {
            facts.put("timestamp", timestamp);
        }
        facts.put("error", error.toString());
        return new DeadLetter(facts, null, value, new RecordHeaders());
    }

    /** Returns strings and numbers by name, in an order that is always the same. */
    Map<String, Object> facts() {
        return facts;
    }

    @Nullable
    byte[] key() {
        return key;
    }

    @Nullable
    byte[] value() {
        return value;
    }

    /** Returns the record's own headers. */
    Headers headers() {
        return headers;
    }
}
