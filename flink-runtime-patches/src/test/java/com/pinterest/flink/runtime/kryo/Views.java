// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
import org.apache.flink.runtime.io.network.api.serialization.RecordDeserializer.DeserializationResult;
import org.apache.flink.runtime.io.network.api.serialization.SpillingAdaptiveSpanningRecordDeserializer;
import org.apache.flink.runtime.io.network.buffer.Buffer.DataType;
import org.apache.flink.runtime.io.network.buffer.NetworkBuffer;

/** The kinds of view that records are read from, one after the other. */
enum Views {
    ARRAY {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readAll(new DataInputDeserializer(concatenated(records)), records, reader);
        }
    },
    PART_OF_ARRAY {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            byte[] bytes = concatenated(records);
            byte[] larger = new byte[bytes.length + 29];
            System.arraycopy(bytes, 0, larger, 13, bytes.length);
            readAll(new DataInputDeserializer(larger, 13, bytes.length), records, reader);
        }
    },
    /** As a state backend does it. */
    ARRAY_EACH_IN_ONE_VIEW {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            DataInputDeserializer view = new DataInputDeserializer();
            for (byte[] record : records) {
                view.setBuffer(record);
                reader.read(view);
            }
        }
    },
    ARRAY_EACH_IN_ITS_OWN_VIEW {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            for (byte[] record : records) {
                reader.read(new DataInputDeserializer(record));
            }
        }
    },
    SUBCLASS_OF_ARRAY {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readAll(new DataInputDeserializer(concatenated(records)) {}, records, reader);
        }
    },
    STREAM {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            InputStream stream = new ByteArrayInputStream(concatenated(records));
            readAll(new DataInputViewStreamWrapper(stream), records, reader);
        }
    },
    TRICKLING_STREAM {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            InputStream stream = new ByteArrayInputStream(concatenated(records));
            readAll(new DataInputViewStreamWrapper(new Trickle(stream)), records, reader);
        }
    },
    PAGES {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            byte[] bytes = concatenated(records);
            ArrayList<MemorySegment> pages = new ArrayList<>();
            int last = 0;
            for (int from = 0; from < bytes.length; from += PAGE) {
                MemorySegment page = MemorySegmentFactory.allocateUnpooledSegment(PAGE);
                last = Math.min(PAGE, bytes.length - from);
                page.put(0, bytes, from, last);
                pages.add(page);
            }
            readAll(new RandomAccessInputView(pages, PAGE, last), records, reader);
        }
    },
    HEAP_BUFFER {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readFromNetwork(records, Integer.MAX_VALUE, false, reader);
        }
    },
    OFF_HEAP_BUFFER {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readFromNetwork(records, Integer.MAX_VALUE, true, reader);
        }
    },
    BUFFERS_OF_A_RECORD_OR_TWO {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readFromNetwork(records, records.get(0).length * 3 / 2 + 7, true, reader);
        }
    },
    BUFFERS_OF_A_FEW_BYTES {
        @Override
        void read(List<byte[]> records, Reader reader) throws IOException {
            readFromNetwork(records, 5, true, reader);
        }
    };

    private static final int PAGE = 32;

    /** What is done with the view where a record begins. */
    interface Reader {
        void read(DataInputView view) throws IOException;
    }

    abstract void read(List<byte[]> records, Reader reader) throws IOException;

    private static void readAll(DataInputView view, List<byte[]> records, Reader reader)
            throws IOException {
        for (int record = 0; record < records.size(); record++) {
            reader.read(view);
        }
    }

    private static byte[] concatenated(List<byte[]> records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        records.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    private static void readFromNetwork(
            List<byte[]> records, int bufferSize, boolean offHeap, Reader reader)
            throws IOException {
        List<byte[]> framed = new ArrayList<>();
        for (byte[] record : records) {
            framed.add(ByteBuffer.allocate(Integer.BYTES).putInt(record.length).array());
            framed.add(record);
        }
        byte[] bytes = concatenated(framed);
        SpillingAdaptiveSpanningRecordDeserializer<GraphRecord> deserializer =
                new SpillingAdaptiveSpanningRecordDeserializer<>(
                        new String[] {System.getProperty("java.io.tmpdir")});
        GraphRecord record = new GraphRecord(reader);
        int size = Math.min(bufferSize, bytes.length);
        MemorySegment segment =
                offHeap
                        ? MemorySegmentFactory.allocateUnpooledOffHeapMemory(size)
                        : MemorySegmentFactory.allocateUnpooledSegment(size);
        for (int from = 0; from < bytes.length; from += size) {
            int length = Math.min(size, bytes.length - from);
            segment.put(0, bytes, from, length);
            deserializer.setNextBuffer(
                    new NetworkBuffer(segment, used -> {}, DataType.DATA_BUFFER, length));
            DeserializationResult result;
            do {
                result = deserializer.getNextRecord(record);
            } while (!result.isBufferConsumed());
        }
    }

    /** Hands a record's view to the reader. */
    private static final class GraphRecord implements IOReadableWritable {
        private final Reader reader;

        private GraphRecord(Reader reader) {
            this.reader = reader;
        }

        @Override
        public void read(DataInputView view) throws IOException {
            reader.read(view);
        }

        @Override
        public void write(DataOutputView view) {
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
}
