// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.PendingSplitsCheckpoint;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** No state goes between Kafka and files, and it is said why. */
class SourceStateSerializerTest {

    private final TieredKafkaSource<String> kafka =
            TieredKafkaSource.<String>builder()
                    .setTier(SourceTier.KAFKA)
                    .setBootstrapServers("localhost:1")
                    .setTopics("topic")
                    .setValueOnlyDeserializer(new SimpleStringSchema())
                    .build();

    private final FilesTierSource<String> files =
            FilesTierSource.ofLines(
                    new Path("file:///files"),
                    null,
                    "topic",
                    KafkaRecordDeserializationSchema.valueOnly(new SimpleStringSchema()));

    private final FileSourceSplit fileSplit =
            new FileSourceSplit("1", new Path("file:///files/1"), 0, 10, 0, 10);

    @Test
    void sourceReadsItsOwnState() throws Exception {
        KafkaPartitionSplit split = new KafkaPartitionSplit(new TopicPartition("topic", 1), 42);

        assertThat(copy(kafka.getSplitSerializer(), kafka.getSplitSerializer(), split))
                .isEqualTo(split);
        assertThat(copy(files.getSplitSerializer(), files.getSplitSerializer(), fileSplit))
                .usingRecursiveComparison()
                .isEqualTo(fileSplit);
    }

    @Test
    void stateOfTheOtherTierIsRefused() {
        assertThatThrownBy(
                        () ->
                                copy(
                                        kafka.getEnumeratorCheckpointSerializer(),
                                        files.getEnumeratorCheckpointSerializer(),
                                        new KafkaSourceEnumState(Set.of(), true)))
                .hasMessageContaining("the source reads files now")
                .hasMessageContaining("Start the job without that state");
        assertThatThrownBy(
                        () ->
                                copy(
                                        files.getEnumeratorCheckpointSerializer(),
                                        kafka.getEnumeratorCheckpointSerializer(),
                                        PendingSplitsCheckpoint.fromCollectionSnapshot(
                                                List.of(fileSplit))))
                .hasMessageContaining("the source reads Kafka or an archive now");
        assertThatThrownBy(
                        () ->
                                copy(
                                        files.getSplitSerializer(),
                                        kafka.getSplitSerializer(),
                                        fileSplit))
                .hasMessageContaining("the source reads Kafka or an archive now");
    }

    private static <A, B> B copy(
            SimpleVersionedSerializer<A> from, SimpleVersionedSerializer<B> to, A state)
            throws Exception {
        return SimpleVersionedSerialization.readVersionAndDeSerialize(
                to, SimpleVersionedSerialization.writeVersionAndSerialize(from, state));
    }
}
