// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.IOException;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes closed segments for the way to the committer and for the committer's state.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class ClosedSegmentSerializer implements SimpleVersionedSerializer<ClosedSegment> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ClosedSegment segment) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(segment.partition().topic());
        out.writeInt(segment.partition().partition());
        out.writeLong(segment.coverage().start());
        out.writeLong(segment.coverage().end());
        out.writeUTF(segment.path().toString());
        out.writeInt(segment.recoverableVersion());
        byte[] recoverable = segment.recoverable();
        out.writeInt(recoverable.length);
        out.write(recoverable);
        return out.getCopyOfBuffer();
    }

    @Override
    public ClosedSegment deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "A closed segment of version "
                            + version
                            + " is in the state, and this release reads version "
                            + VERSION);
        }
        DataInputDeserializer in = new DataInputDeserializer(serialized);
        TopicPartition partition = new TopicPartition(in.readUTF(), in.readInt());
        OffsetRange coverage = new OffsetRange(in.readLong(), in.readLong());
        Path path = new Path(in.readUTF());
        int recoverableVersion = in.readInt();
        byte[] recoverable = new byte[in.readInt()];
        in.readFully(recoverable);
        return new ClosedSegment(partition, coverage, path, recoverable, recoverableVersion);
    }
}
