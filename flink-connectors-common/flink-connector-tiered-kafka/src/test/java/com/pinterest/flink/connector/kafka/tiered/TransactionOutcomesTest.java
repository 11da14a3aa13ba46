// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaBroker.Resolver.class)
class TransactionOutcomesTest {

    private KafkaBroker broker;
    private String id;
    private TransactionOutcomes outcomes;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) throws Exception {
        broker = kafka;
        id = "outcome-" + test.getTestMethod().orElseThrow().getName();
        broker.createTopic(id, 1);
        outcomes = new TransactionOutcomes(properties());
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.address());
        properties.setProperty("key.serializer", ByteArraySerializer.class.getName());
        properties.setProperty("value.serializer", ByteArraySerializer.class.getName());
        return properties;
    }

    @Test
    void transactionIsCommittedUntilItsIdIsUsedAgain() throws Exception {
        try (FlinkKafkaInternalProducer<byte[], byte[]> producer = producerWithRecord()) {
            KafkaCommittable transaction = KafkaCommittable.of(producer);
            assertThat(outcomes.isCommitted(transaction)).isFalse();

            producer.commitTransaction();
            assertThat(outcomes.isCommitted(transaction)).isTrue();

            producer.setTransactionId(id);
            producer.initTransactions();
            assertThat(outcomes.isCommitted(transaction)).isFalse();
        }
    }

    @Test
    void abortedTransactionIsNotCommitted() throws Exception {
        try (FlinkKafkaInternalProducer<byte[], byte[]> producer = producerWithRecord()) {
            KafkaCommittable transaction = KafkaCommittable.of(producer);

            producer.abortTransaction();

            assertThat(outcomes.isCommitted(transaction)).isFalse();
        }
    }

    @Test
    void transactionOfForgottenIdIsNotCommitted() throws Exception {
        assertThat(outcomes.isCommitted(new KafkaCommittable(1, (short) 1, id, null))).isFalse();
    }

    @Test
    void lastEpochOfProducerIsFollowedByAnotherProducer() {
        KafkaCommittable last = new KafkaCommittable(1, (short) (Short.MAX_VALUE - 1), id, null);

        assertThat(TransactionOutcomes.isCommitted(last, committed(2, 0))).isTrue();
        assertThat(TransactionOutcomes.isCommitted(last, committed(2, 1))).isFalse();
    }

    private static TransactionDescription committed(long producerId, int epoch) {
        return new TransactionDescription(
                0,
                TransactionState.COMPLETE_COMMIT,
                producerId,
                epoch,
                1_000,
                OptionalLong.empty(),
                Set.of());
    }

    private FlinkKafkaInternalProducer<byte[], byte[]> producerWithRecord() throws Exception {
        FlinkKafkaInternalProducer<byte[], byte[]> producer =
                new FlinkKafkaInternalProducer<>(properties(), id);
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(id, "value".getBytes(StandardCharsets.UTF_8))).get();
        producer.flush();
        return producer;
    }
}
