// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.network;

import com.pinterest.flink.serialization.SerializationFeature;
import java.io.EOFException;
import java.io.IOException;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Reads records that lie in a network buffer from an array, where upstream reads them from the
 * buffer itself.
 *
 * <p>A copy of a record costs little. An array in a {@link DataInputDeserializer} is what the
 * serializers are fast on: a buffer's view has its own class, is off-heap, and looks up memory and
 * limits for each value. Records that span buffers are read from an array by upstream, too.
 *
 * <p>A serializer that reads beyond its record finds the input's end there, and fails as it would
 * at the end of a buffer; upstream lets it read on in the next record. One that leaves bytes unread
 * fails as well; upstream would take them for the length of the next record.
 *
 * <p>Not thread-safe. The deserializers of all channels that a thread makes share one, so that
 * there is an array a task and not one a channel; another thread's records are read as upstream's.
 */
public final class RecordArray implements IOReadableWritable {

    private static final int FIRST_SIZE = 1024;

    private static final ThreadLocal<RecordArray> OF_THREAD =
            ThreadLocal.withInitial(RecordArray::new);

    private final Thread thread = Thread.currentThread();
    private final DataInputDeserializer input = new DataInputDeserializer();
    private byte[] bytes = new byte[FIRST_SIZE];
    private boolean active;
    private boolean reading;

    private IOReadableWritable target;
    private int length;

    private RecordArray() {}

    /**
     * That of the thread. It is active if the feature {@code serialization} is, for the job of the
     * thread.
     */
    public static RecordArray ofThread() {
        RecordArray array = OF_THREAD.get();
        array.active = SerializationFeature.isActive(array.thread.getContextClassLoader());
        return array;
    }

    /**
     * What reads a record from a buffer into the target.
     *
     * @param length of the record in bytes, all of them in the buffer
     */
    public IOReadableWritable into(IOReadableWritable target, int length) {
        if (!active || reading || Thread.currentThread() != thread) {
            return target;
        }
        this.target = target;
        this.length = length;
        return this;
    }

    /** Called by upstream's deserializer, at once. */
    @Override
    public void read(DataInputView buffer) throws IOException {
        if (bytes.length < length) {
            bytes = new byte[Math.max(length, 2 * bytes.length)];
        }
        buffer.readFully(bytes, 0, length);
        input.setBuffer(bytes, 0, length);
        reading = true;
        try {
            target.read(input);
        } catch (EOFException e) {
            // What upstream makes of it says that the serializer is broken.
            IndexOutOfBoundsException beyond =
                    new IndexOutOfBoundsException("Beyond the record's " + length + " bytes");
            beyond.initCause(e);
            throw beyond;
        } finally {
            reading = false;
            target = null;
        }
        if (input.available() > 0) {
            throw new IOException(
                    String.format(
                            "A serializer read only %d of the %d bytes of a record: it reads less"
                                    + " than it writes.",
                            input.getPosition(), length));
        }
    }

    @Override
    public void write(DataOutputView buffer) {
        throw new UnsupportedOperationException("It reads only.");
    }
}
