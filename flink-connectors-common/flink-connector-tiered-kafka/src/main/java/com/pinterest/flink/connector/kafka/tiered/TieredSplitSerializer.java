// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.Uuid;

/**
 * Writes splits as {@code KafkaSource} does, followed by the 16 bytes of the topic's id. The
 * version is {@code KafkaSource}'s too: its serializer reads what it knows and ignores what comes
 * after that, so savepoints pass between the sources in both directions.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class TieredSplitSerializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {

    private static final int TOPIC_ID_LENGTH = 16;

    private final KafkaPartitionSplitSerializer serializer = new KafkaPartitionSplitSerializer();

    @Override
    public int getVersion() {
        return serializer.getVersion();
    }

    @Override
    public byte[] serialize(KafkaPartitionSplit split) throws IOException {
        byte[] bytes = serializer.serialize(split);
        if (!(split instanceof TieredSplit)) {
            return bytes;
        }
        Uuid id = ((TieredSplit) split).topicId();
        return ByteBuffer.allocate(bytes.length + TOPIC_ID_LENGTH)
                .put(bytes)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** Returns a {@link TieredSplit}, or another split if the id is not in the bytes. */
    @Override
    public KafkaPartitionSplit deserialize(int version, byte[] serialized) throws IOException {
        KafkaPartitionSplit split = serializer.deserialize(version, serialized);
        int length = serializer.serialize(split).length;
        if (serialized.length != length + TOPIC_ID_LENGTH) {
            return split;
        }
        ByteBuffer id = ByteBuffer.wrap(serialized, length, TOPIC_ID_LENGTH);
        return TieredSplit.of(split, new Uuid(id.getLong(), id.getLong()));
    }
}
