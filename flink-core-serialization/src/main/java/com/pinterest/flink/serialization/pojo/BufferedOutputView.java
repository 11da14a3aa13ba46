// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * An output view that buffers a record, so that a stream is called once per record instead of at
 * least once per field. Writes that are larger than the buffer bypass it.
 *
 * <p>Each thread keeps one instance. A borrowed instance is exclusive until it is closed; closing
 * writes the rest, also of a record that failed half-way. A record that is written while another
 * one is being written to a stream gets a new instance.
 */
final class BufferedOutputView implements DataOutputView, AutoCloseable {

    private static final int SIZE = 4096;

    private static final ThreadLocal<BufferedOutputView> OF_THREAD =
            ThreadLocal.withInitial(BufferedOutputView::new);

    private static final VarHandle SHORTS = bigEndian(short[].class);
    private static final VarHandle INTS = bigEndian(int[].class);
    private static final VarHandle LONGS = bigEndian(long[].class);

    private final byte[] buffer = new byte[SIZE];
    private int position;
    private DataOutputView target;

    private BufferedOutputView() {}

    private static VarHandle bigEndian(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
    }

    static BufferedOutputView to(DataOutputView target) {
        BufferedOutputView view = OF_THREAD.get();
        if (view.target != null) {
            view = new BufferedOutputView();
        }
        view.target = target;
        return view;
    }

    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            target = null;
        }
    }

    /** Writes the buffer. After a failure, the bytes are not written again. */
    private void flush() throws IOException {
        int length = position;
        position = 0;
        if (length > 0) {
            target.write(buffer, 0, length);
        }
    }

    private DataOutputView flushed() throws IOException {
        flush();
        return target;
    }

    /** Reserves a number of bytes and returns their index. */
    private int advance(int bytes) throws IOException {
        if (SIZE - position < bytes) {
            flush();
        }
        int index = position;
        position = index + bytes;
        return index;
    }

    @Override
    public void write(int value) throws IOException {
        buffer[advance(1)] = (byte) value;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > SIZE) {
            flushed().write(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, buffer, advance(length), length);
        }
    }

    @Override
    public void writeBoolean(boolean value) throws IOException {
        write(value ? 1 : 0);
    }

    @Override
    public void writeByte(int value) throws IOException {
        write(value);
    }

    @Override
    public void writeShort(int value) throws IOException {
        SHORTS.set(buffer, advance(Short.BYTES), (short) value);
    }

    @Override
    public void writeChar(int value) throws IOException {
        writeShort(value);
    }

    @Override
    public void writeInt(int value) throws IOException {
        INTS.set(buffer, advance(Integer.BYTES), value);
    }

    @Override
    public void writeLong(long value) throws IOException {
        LONGS.set(buffer, advance(Long.BYTES), value);
    }

    @Override
    public void writeFloat(float value) throws IOException {
        writeInt(Float.floatToIntBits(value));
    }

    @Override
    public void writeDouble(double value) throws IOException {
        writeLong(Double.doubleToLongBits(value));
    }

    @Override
    public void writeBytes(String text) throws IOException {
        flushed().writeBytes(text);
    }

    @Override
    public void writeChars(String text) throws IOException {
        flushed().writeChars(text);
    }

    @Override
    public void writeUTF(String text) throws IOException {
        flushed().writeUTF(text);
    }

    @Override
    public void skipBytesToWrite(int bytes) throws IOException {
        flushed().skipBytesToWrite(bytes);
    }

    @Override
    public void write(DataInputView source, int bytes) throws IOException {
        flushed().write(source, bytes);
    }
}
