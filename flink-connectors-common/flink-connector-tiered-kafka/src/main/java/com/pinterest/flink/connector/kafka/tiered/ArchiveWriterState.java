// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.common.TopicPartition;

/**
 * Where one of the subtasks of a sink goes on in the partitions that it has written to an archive.
 *
 * <p>Immutable.
 */
final class ArchiveWriterState {

    private final int parallelism;
    private final Map<TopicPartition, Long> nextOffsets;

    /**
     * @param parallelism of the sink, by which partitions are spread over its subtasks
     * @param nextOffsets the offset after the last record
     */
    ArchiveWriterState(int parallelism, Map<TopicPartition, Long> nextOffsets) {
        this.parallelism = parallelism;
        this.nextOffsets = Map.copyOf(nextOffsets);
    }

    int parallelism() {
        return parallelism;
    }

    Map<TopicPartition, Long> nextOffsets() {
        return nextOffsets;
    }

    @Override
    public String toString() {
        return nextOffsets + " at parallelism " + parallelism;
    }

    /** Immutable and safe for use by several threads. */
    static final class Serializer implements SimpleVersionedSerializer<ArchiveWriterState> {

        private static final int VERSION = 1;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(ArchiveWriterState state) throws IOException {
            DataOutputSerializer out = new DataOutputSerializer(64);
            out.writeInt(state.parallelism);
            out.writeInt(state.nextOffsets.size());
            for (Map.Entry<TopicPartition, Long> each : state.nextOffsets.entrySet()) {
                out.writeUTF(each.getKey().topic());
                out.writeInt(each.getKey().partition());
                out.writeLong(each.getValue());
            }
            return out.getCopyOfBuffer();
        }

        @Override
        public ArchiveWriterState deserialize(int version, byte[] serialized) throws IOException {
            if (version != VERSION) {
                throw new IOException(
                        "The state of an archive's writer has version "
                                + version
                                + ", and this release reads version "
                                + VERSION);
            }
            DataInputDeserializer in = new DataInputDeserializer(serialized);
            int parallelism = in.readInt();
            Map<TopicPartition, Long> nextOffsets = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                nextOffsets.put(new TopicPartition(in.readUTF(), in.readInt()), in.readLong());
            }
            return new ArchiveWriterState(parallelism, nextOffsets);
        }
    }
}
