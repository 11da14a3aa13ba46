// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.disk.SimpleCollectingOutputView;

/** The kinds of output that strings are written to. */
enum Outputs {
    GROWING_ARRAY {
        @Override
        byte[] write(Writer writer) throws Throwable {
            DataOutputSerializer out = new DataOutputSerializer(60);
            writer.write(out);
            return out.getCopyOfBuffer();
        }
    },
    LARGE_ARRAY {
        @Override
        byte[] write(Writer writer) throws Throwable {
            DataOutputSerializer out = new DataOutputSerializer(1 << 17);
            Arrays.fill(out.getSharedBuffer(), (byte) 0x55);
            out.writeInt(7);
            writer.write(out);
            for (int i = out.length(); i < out.getSharedBuffer().length; i++) {
                if (out.getSharedBuffer()[i] != 0x55) {
                    throw new AssertionError("Written behind the end, at " + i);
                }
            }
            return out.getCopyOfBuffer();
        }
    },
    SUBCLASS_OF_ARRAY {
        @Override
        byte[] write(Writer writer) throws Throwable {
            DataOutputSerializer out = new DataOutputSerializer(1 << 10) {};
            writer.write(out);
            return out.getCopyOfBuffer();
        }
    },
    STREAM {
        @Override
        byte[] write(Writer writer) throws Throwable {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputViewStreamWrapper out = new DataOutputViewStreamWrapper(bytes);
            writer.write(out);
            if (out.size() != bytes.size()) {
                throw new AssertionError(out.size() + " bytes counted of " + bytes.size());
            }
            return bytes.toByteArray();
        }
    },
    STREAM_THAT_WRITES_STRINGS {
        @Override
        byte[] write(Writer writer) throws Throwable {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            writer.write(new DataOutputStream(new Nested(bytes)));
            return bytes.toByteArray();
        }
    },
    PAGES {
        @Override
        byte[] write(Writer writer) throws Throwable {
            return writePages(writer, Integer.MAX_VALUE);
        }
    },
    FEW_PAGES {
        @Override
        byte[] write(Writer writer) throws Throwable {
            return writePages(writer, 3);
        }
    },
    FILE {
        @Override
        byte[] write(Writer writer) throws Throwable {
            File file = File.createTempFile("strings", null);
            try (RandomAccessFile out = new RandomAccessFile(file, "rw")) {
                writer.write(out);
                byte[] bytes = new byte[(int) out.getFilePointer()];
                out.seek(0);
                out.readFully(bytes);
                return bytes;
            } finally {
                Files.delete(file.toPath());
            }
        }
    };

    private static final int PAGE = 32;

    /** What is done with an output. */
    interface Writer {
        void write(DataOutput out) throws Throwable;
    }

    abstract byte[] write(Writer writer) throws Throwable;

    private static byte[] writePages(Writer writer, int limit) throws Throwable {
        List<MemorySegment> pages = new ArrayList<>();
        SimpleCollectingOutputView out =
                new SimpleCollectingOutputView(
                        pages,
                        () ->
                                pages.size() < limit
                                        ? MemorySegmentFactory.allocateUnpooledSegment(PAGE)
                                        : null,
                        PAGE);
        writer.write(out);
        byte[] bytes = new byte[(int) out.getCurrentOffset()];
        for (int from = 0; from < bytes.length; from += PAGE) {
            pages.get(from / PAGE).get(0, bytes, from, Math.min(PAGE, bytes.length - from));
        }
        return bytes;
    }

    /** Writes and reads a string of its own for each piece that it gets. */
    private static final class Nested extends FilterOutputStream {
        private Nested(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            NestedString.roundTrip();
            out.write(bytes, from, length);
        }
    }
}
