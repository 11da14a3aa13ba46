// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.disk.RandomAccessInputView;
import org.apache.flink.runtime.io.network.api.serialization.SpillingAdaptiveSpanningRecordDeserializer;
import org.apache.flink.runtime.io.network.buffer.FreeingBufferRecycler;
import org.apache.flink.runtime.io.network.buffer.NetworkBuffer;

/** The kinds of input that strings are read from. */
enum Inputs {
    ARRAY {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            reader.read(new DataInputDeserializer(bytes));
        }
    },
    PART_OF_ARRAY {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            byte[] larger = new byte[bytes.length + 29];
            System.arraycopy(bytes, 0, larger, 13, bytes.length);
            reader.read(new DataInputDeserializer(larger, 13, bytes.length));
        }
    },
    SUBCLASS_OF_ARRAY {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            reader.read(new DataInputDeserializer(bytes) {});
        }
    },
    STREAM {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            reader.read(new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes)));
        }
    },
    TRICKLING_STREAM {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            reader.read(new DataInputStream(new Trickle(new ByteArrayInputStream(bytes))));
        }
    },
    STREAM_THAT_READS_STRINGS {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            reader.read(new DataInputStream(new Nested(new ByteArrayInputStream(bytes))));
        }
    },
    PAGES {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            ArrayList<MemorySegment> segments = new ArrayList<>();
            int last = 0;
            for (int from = 0; from < bytes.length || from == 0; from += PAGE) {
                MemorySegment segment = MemorySegmentFactory.allocateUnpooledSegment(PAGE);
                last = Math.min(PAGE, bytes.length - from);
                segment.put(0, bytes, from, last);
                segments.add(segment);
            }
            reader.read(new RandomAccessInputView(segments, PAGE, last));
        }
    },
    RECORD_IN_A_BUFFER {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            readRecord(bytes, bytes.length + Integer.BYTES, reader);
        }
    },
    RECORD_IN_TWO_BUFFERS {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            readRecord(bytes, (bytes.length + Integer.BYTES) / 2 + 1, reader);
        }
    },
    FILE {
        @Override
        void read(byte[] bytes, Reader reader) throws Throwable {
            File file = File.createTempFile("strings", null);
            try (RandomAccessFile in = new RandomAccessFile(file, "rw")) {
                in.write(bytes);
                in.seek(0);
                reader.read(in);
            } finally {
                Files.delete(file.toPath());
            }
        }
    };

    private static final int PAGE = 32;

    /** What is done with an input. */
    interface Reader {
        void read(DataInput in) throws Throwable;
    }

    abstract void read(byte[] bytes, Reader reader) throws Throwable;

    /** All bytes up to the end. */
    static List<Integer> rest(DataInput in) throws IOException {
        List<Integer> rest = new ArrayList<>();
        try {
            while (true) {
                rest.add(in.readUnsignedByte());
            }
        } catch (EOFException | IndexOutOfBoundsException end) {
            return rest;
        }
    }

    /** As records come from the network: a length, the bytes, in off-heap buffers. */
    private static void readRecord(byte[] bytes, int firstBuffer, Reader reader) throws Throwable {
        byte[] framed =
                ByteBuffer.allocate(Integer.BYTES + bytes.length)
                        .putInt(bytes.length)
                        .put(bytes)
                        .array();
        SpillingAdaptiveSpanningRecordDeserializer<TextRecord> deserializer =
                new SpillingAdaptiveSpanningRecordDeserializer<>(
                        new String[] {System.getProperty("java.io.tmpdir")});
        TextRecord record = new TextRecord(reader);
        try {
            for (int from = 0; from < framed.length; from += firstBuffer) {
                int size = Math.min(firstBuffer, framed.length - from);
                MemorySegment segment = MemorySegmentFactory.allocateUnpooledOffHeapMemory(size);
                segment.put(0, framed, from, size);
                deserializer.setNextBuffer(
                        new NetworkBuffer(segment, FreeingBufferRecycler.INSTANCE, DATA, size));
                deserializer.getNextRecord(record);
            }
        } catch (IOException e) {
            throw record.thrown == null ? e : record.thrown;
        } finally {
            deserializer.clear();
        }
        if (record.thrown != null) {
            throw record.thrown;
        }
    }

    private static final org.apache.flink.runtime.io.network.buffer.Buffer.DataType DATA =
            org.apache.flink.runtime.io.network.buffer.Buffer.DataType.DATA_BUFFER;

    /** Hands a record's view to the reader. */
    private static final class TextRecord implements IOReadableWritable {
        private final Reader reader;
        private Throwable thrown;

        private TextRecord(Reader reader) {
            this.reader = reader;
        }

        @Override
        public void read(DataInputView in) {
            try {
                reader.read(in);
            } catch (Throwable e) {
                thrown = e;
            }
        }

        @Override
        public void write(DataOutputView out) {
            throw new UnsupportedOperationException();
        }
    }

    /** Gives three bytes at a time at most. */
    private static final class Trickle extends FilterInputStream {
        private Trickle(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return super.read(bytes, from, Math.min(length, 3));
        }
    }

    /** Reads and writes a string of its own for each piece that it serves. */
    private static final class Nested extends FilterInputStream {
        private Nested(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, Math.min(length, 5));
            NestedString.roundTrip();
            return read;
        }
    }
}
