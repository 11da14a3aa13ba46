// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.junit.jupiter.api.Test;

/** Wrong settings are found when the sink is built. */
class TieredKafkaSinkBuilderTest {

    @Test
    void hasTheMethodsOfKafkasBuilder() {
        assertThat(methods(TieredKafkaSinkBuilder.class))
                .containsAll(methods(KafkaSinkBuilder.class));
    }

    private static Set<String> methods(Class<?> builder) {
        return Arrays.stream(builder.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(TieredKafkaSinkBuilderTest::signature)
                .collect(Collectors.toSet());
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    @Test
    void eachTierSaysWhatItNeeds() {
        assertThatThrownBy(() -> TieredKafkaSink.builder().build())
                .hasMessageContaining("setBootstrapServers");
        assertThatThrownBy(() -> TieredKafkaSink.builder().setBootstrapServers("unused:1").build())
                .hasMessageContaining("setRecordSerializer");
        assertThatThrownBy(() -> TieredKafkaSink.builder().setTier(SinkTier.FILES).build())
                .hasMessageContaining("setFiles");
        assertThatThrownBy(() -> archive().build()).hasMessageContaining("setArchive");
        assertThatThrownBy(() -> archive().setArchive("/unused").build())
                .hasMessageContaining("setArchivePartitions");
        assertThatThrownBy(() -> archive().setArchivePartitions(0))
                .hasMessageContaining("0 partitions");
        assertThat(TieredKafkaSink.builder().setTier(SinkTier.DISCARD).build()).isNotNull();
    }

    @Test
    void badRecordsNeedAPlace() {
        assertThatThrownBy(
                        () ->
                                archive()
                                        .setArchive("/unused")
                                        .setArchivePartitions(1)
                                        .setBadRecords(BadRecords.toTopic("bad"))
                                        .build())
                .hasMessageContaining("setBootstrapServers");
        assertThatThrownBy(
                        () ->
                                TieredKafkaSink.<String>builder()
                                        .setTier(SinkTier.FILES)
                                        .setFiles("/unused", new SimpleStringEncoder<String>())
                                        .setBadRecords(BadRecords.LOG)
                                        .build())
                .hasMessageContaining("setBadRecords");
    }

    private static TieredKafkaSinkBuilder<Long> archive() {
        return TieredKafkaSink.<Long>builder()
                .setTier(SinkTier.ARCHIVE)
                .setRecordSerializer(SinkJob.serializer("eta"));
    }

    @Test
    void poolingNeedsKnownTopics() {
        TieredKafkaSinkBuilder<String> builder =
                TieredKafkaSink.<String>builder()
                        .setBootstrapServers("unused:1")
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix("eta")
                        .setRecordSerializer(
                                KafkaRecordSerializationSchema.<String>builder()
                                        .setTopicSelector(record -> record)
                                        .setValueSerializationSchema(new SimpleStringSchema())
                                        .build());

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setTopic")
                .hasMessageContaining("INCREMENTING");
        assertThat(
                        builder.setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                                .build())
                .isNotNull();
    }

    @Test
    void exactlyOnceNeedsAPrefix() {
        assertThatThrownBy(
                        () ->
                                TieredKafkaSink.<Long>builder()
                                        .setBootstrapServers("unused:1")
                                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                                        .setRecordSerializer(SinkJob.serializer("eta"))
                                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("transactionalIdPrefix");
    }
}
