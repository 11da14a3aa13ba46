// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Dead letters in a topic. */
final class DeadLetterTopic implements DeadLetters {

    /** So many are awaited at a time. */
    private static final int MANY = 1_000;

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    DeadLetterTopic(String topic, Properties consumerProperties) {
        this.topic = topic;
        Properties properties = new Properties();
        for (String name : consumerProperties.stringPropertyNames()) {
            if (ProducerConfig.configNames().contains(name)) {
                properties.setProperty(name, consumerProperties.getProperty(name));
            }
        }
        properties.remove(ProducerConfig.CLIENT_ID_CONFIG);
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void add(ConsumerRecord<byte[], byte[]> record, Throwable error) throws IOException {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topic, record.key(), record.value());
        record.headers().forEach(letter.headers()::add);
        put(letter, "topic", record.topic());
        put(letter, "partition", Integer.toString(record.partition()));
        put(letter, "offset", Long.toString(record.offset()));
        put(letter, "timestamp", Long.toString(record.timestamp()));
        put(letter, "error", error.toString());
        sent.add(producer.send(letter));
        if (sent.size() >= MANY) {
            flush();
        }
    }

    private static void put(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        letter.headers().add("dead-letter." + name, value.getBytes(UTF_8));
    }

    @Override
    public void flush() throws IOException {
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IOException(
                        "Cannot write dead letters to the topic " + topic, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while writing dead letters", e);
            }
        }
        sent.clear();
    }

    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            producer.close();
        }
    }
}
