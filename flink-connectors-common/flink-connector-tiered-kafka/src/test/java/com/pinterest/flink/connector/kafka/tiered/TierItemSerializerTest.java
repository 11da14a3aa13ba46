// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.internal.CheckpointTransaction;
import org.apache.flink.connector.kafka.sink.internal.TransactionOwnership;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** State passes between tiers, and between the sink and KafkaSink. */
class TierItemSerializerTest {

    private static final KafkaCommittable TRANSACTION =
            new KafkaCommittable(7L, (short) 3, "eta-0-1", null);
    private static final KafkaWriterState KAFKA_STATE =
            new KafkaWriterState(
                    "eta",
                    1,
                    2,
                    TransactionOwnership.EXPLICIT_BY_WRITER_STATE,
                    List.of(new CheckpointTransaction("eta-1-0", 5)));
    private static final KafkaSink<Long> KAFKA_SINK =
            KafkaSink.<Long>builder()
                    .setBootstrapServers("unused:1")
                    .setRecordSerializer(SinkJob.serializer("eta"))
                    .build();

    @ParameterizedTest
    @EnumSource(SinkTier.class)
    void readsWhatAnyTierWrote(SinkTier reader) throws IOException {
        TierItem segment = new TierItem(SinkTier.ARCHIVE, segment(40_000));
        for (SinkTier tier : SinkTier.values()) {
            TierItemSerializer committables = committables(tier);
            TierItem transaction = new TierItem(SinkTier.KAFKA, TRANSACTION);

            assertThat(copy(transaction, committables, committables(reader)))
                    .isEqualTo(transaction);
            assertThat(copy(segment, committables, committables(reader)))
                    .hasToString(segment.toString());

            TierItem kafkaState = new TierItem(SinkTier.KAFKA, KAFKA_STATE);
            TierItem archiveState =
                    new TierItem(
                            SinkTier.ARCHIVE,
                            new ArchiveWriterState(3, Map.of(new TopicPartition("eta", 1), 99L)));
            assertThat(copy(kafkaState, states(tier), states(reader))).isEqualTo(kafkaState);
            assertThat(copy(archiveState, states(tier), states(reader)))
                    .hasToString(archiveState.toString());
        }
    }

    @Test
    void kafkaSinkReadsWhatTheKafkaTierWritesAndTheOtherWayRound() throws IOException {
        SimpleVersionedSerializer<KafkaWriterState> kafka = KAFKA_SINK.getWriterStateSerializer();
        TierItem state = new TierItem(SinkTier.KAFKA, KAFKA_STATE);

        assertThat(copy(state, states(SinkTier.KAFKA), kafka)).isEqualTo(KAFKA_STATE);
        assertThat(copy(KAFKA_STATE, kafka, states(SinkTier.ARCHIVE))).isEqualTo(state);
        assertThat(
                        copy(
                                new TierItem(SinkTier.KAFKA, TRANSACTION),
                                committables(SinkTier.KAFKA),
                                KAFKA_SINK.getCommittableSerializer()))
                .isEqualTo(TRANSACTION);
    }

    @ParameterizedTest
    @EnumSource(SinkTier.class)
    void kafkaSinkRefusesWhatIsNotKafkas(SinkTier tier) {
        // Short and long, as the serializers of KafkaSink look for strings of a length they read.
        for (int length : new int[] {10, 1_000, 100_000}) {
            assertThatThrownBy(
                            () ->
                                    copy(
                                            new TierItem(SinkTier.ARCHIVE, segment(length)),
                                            committables(tier),
                                            KAFKA_SINK.getCommittableSerializer()))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(
                        () ->
                                copy(
                                        new TierItem(
                                                SinkTier.ARCHIVE,
                                                new ArchiveWriterState(1, Map.of())),
                                        states(tier),
                                        KAFKA_SINK.getWriterStateSerializer()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void tierWithoutSettingsIsNamed() {
        assertThatThrownBy(
                        () ->
                                copy(
                                        new TierItem(SinkTier.KAFKA, TRANSACTION),
                                        committables(SinkTier.KAFKA),
                                        new TierItemSerializer(SinkTier.DISCARD)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tier KAFKA");
    }

    @Test
    void laterVersionsAreRefused() {
        assertThatThrownBy(() -> states(SinkTier.KAFKA).deserialize(1001, new byte[5]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1001");
        byte[] unknown = new byte[21];
        Arrays.fill(unknown, 0, 16, (byte) 0xFF);
        unknown[17] = 1;
        unknown[18] = '9';
        assertThatThrownBy(() -> states(SinkTier.KAFKA).deserialize(1000, unknown))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown tier");
    }

    private static ClosedSegment segment(int length) {
        return new ClosedSegment(
                new TopicPartition("eta", 1),
                new OffsetRange(10, 20),
                new Path("/archive/eta"),
                new byte[length],
                1);
    }

    private static TierItemSerializer committables(SinkTier tier) {
        return new TierItemSerializer(tier)
                .with(SinkTier.KAFKA, KAFKA_SINK.getCommittableSerializer())
                .with(SinkTier.ARCHIVE, new ClosedSegmentSerializer());
    }

    private static TierItemSerializer states(SinkTier tier) {
        return new TierItemSerializer(tier)
                .with(SinkTier.KAFKA, KAFKA_SINK.getWriterStateSerializer())
                .with(SinkTier.ARCHIVE, new ArchiveWriterState.Serializer());
    }

    private static <A, B> B copy(
            A item, SimpleVersionedSerializer<A> writer, SimpleVersionedSerializer<B> reader)
            throws IOException {
        return reader.deserialize(writer.getVersion(), writer.serialize(item));
    }
}
