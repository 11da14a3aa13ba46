// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
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

    /**
     * @param clientProperties of a consumer or a producer of the same cluster
     */
    DeadLetterTopic(String topic, Properties clientProperties) {
        this.topic = topic;
        Properties properties = new Properties();
        for (String name : clientProperties.stringPropertyNames()) {
            if (ProducerConfig.configNames().contains(name)) {
                properties.setProperty(name, clientProperties.getProperty(name));
            }
        }
        properties.remove(ProducerConfig.CLIENT_ID_CONFIG);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void add(DeadLetter letter) throws IOException {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, letter.key(), letter.value());
        letter.headers().forEach(record.headers()::add);
        letter.facts()
                .forEach(
                        (name, fact) ->
                                record.headers()
                                        .add(
                                                "dead-letter." + name,
                                                fact.toString().getBytes(UTF_8)));
        sent.add(producer.send(record));
        if (sent.size() >= MANY) {
            flush();
        }
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
