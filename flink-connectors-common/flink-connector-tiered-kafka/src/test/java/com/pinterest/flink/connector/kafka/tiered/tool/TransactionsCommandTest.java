// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Open transactions are found and aborted by the prefix of a sink, with a real broker. */
@ExtendWith(KafkaBroker.Resolver.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TransactionsCommandTest {

    private KafkaBroker broker;
    private String prefix;
    private String output;
    private String errors;

    @BeforeEach
    void setUp(KafkaBroker kafka, TestInfo test) {
        broker = kafka;
        prefix = "transactions-" + test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void abortsThoseOfThePrefixOnly() throws Exception {
        broker.createTopic(prefix, 1);
        try (KafkaProducer<byte[], byte[]> first = open(prefix + "-0-17");
                KafkaProducer<byte[], byte[]> second = open(prefix + "-1-0");
                KafkaProducer<byte[], byte[]> longer = open(prefix + "-x-0-1")) {
            // when, then
            assertThat(run("--prefix", prefix)).isEqualTo(1);
            assertThat(output)
                    .contains(prefix + "-0-17  open since ", prefix + "-1-0 ", prefix + "-0]")
                    .doesNotContain(prefix + "-x");
            assertThat(run()).isEqualTo(1);
            assertThat(output).contains(prefix + "-x-0-1 ");
            assertThat(run("--prefix", prefix, "--older-than", "1h")).isZero();
            assertThat(output).contains("No open transactions");

            assertThat(run("--prefix", prefix, "--abort", "--json")).isZero();
            JsonNode json = new ObjectMapper().readTree(output);
            assertThat(json.get("aborted").asBoolean()).isTrue();
            assertThat(json.get("transactions").findValuesAsText("transactionalId"))
                    .containsExactlyInAnyOrder(prefix + "-0-17", prefix + "-1-0");

            assertThat(run("--prefix", prefix)).isZero();
            assertThatThrownBy(first::commitTransaction).isInstanceOf(KafkaException.class);
            assertThatThrownBy(second::commitTransaction).isInstanceOf(KafkaException.class);
            longer.commitTransaction();
        }
    }

    @Test
    void abortNeedsAPrefix() {
        assertThat(run("--abort")).isEqualTo(2);
        assertThat(errors).contains("--abort needs --prefix").contains("--help");
        assertThat(run("--help")).isZero();
        assertThat(output).contains("--older-than");
    }

    private KafkaProducer<byte[], byte[]> open(String id) throws Exception {
        KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("transactional.id", id));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(prefix, new byte[1])).get();
        return producer;
    }

    private int run(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("transactions", "--bootstrap-servers", broker.address()));
        all.addAll(Arrays.asList(arguments));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode =
                ConnectorsTool.run(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        all.toArray(new String[0]));
        output = out.toString(StandardCharsets.UTF_8);
        errors = err.toString(StandardCharsets.UTF_8);
        return exitCode;
    }
}
