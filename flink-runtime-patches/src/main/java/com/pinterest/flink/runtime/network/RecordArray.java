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
 * A reader that copies a record from a network buffer into an array and reads it there. Upstream
 * reads it from the buffer.
 *
 * <p>Copying a record is cheap, and serializers are fast on an array in a {@link
 * DataInputDeserializer}. The view of a buffer has its own class, is off-heap, and looks up memory
 * and limits for each value. Upstream also reads records that span buffers from an array.
 *
 * <p>A serializer that reads past the end of its record fails as at the end of a buffer; upstream
 * lets it continue in the next record. A serializer that leaves bytes unread fails as well;
 * upstream would take them for the length of the next record.
 *
 * <p>Not thread-safe. The deserializers of all channels that a thread creates share one instance,
 * so that there is one array per task rather than per channel. In another thread, they read records
 * as upstream does.
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
     * Returns the instance of the thread. It is active if the feature {@code serialization} is
     * active for the thread's job.
     */
    public static RecordArray ofThread() {
        RecordArray array = OF_THREAD.get();
        array.active = SerializationFeature.isActive(array.thread.getContextClassLoader());
        return array;
    }

    /**
     * Returns an object that reads a record from a buffer into the target.
     *
     * @param length the length of the record in bytes; all of them are in the buffer
     */
    public IOReadableWritable into(IOReadableWritable target, int length) {
        if (!active || reading || Thread.currentThread() != thread) {
            return target;
        }
        this.target = target;
        this.length = length;
        return this;
    }

    /** Called by upstream's deserializer, immediately after {@link #into}. */
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
            // Upstream turns this exception into one that says that the serializer is broken.
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
        throw new UnsupportedOperationException("This object can only read.");
    }
}
