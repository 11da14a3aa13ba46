// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.serialization.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.network.api.serialization.RecordDeserializer;
import org.apache.flink.runtime.io.network.api.serialization.SpillingAdaptiveSpanningRecordDeserializer;
import org.apache.flink.runtime.io.network.buffer.Buffer.DataType;
import org.apache.flink.runtime.io.network.buffer.NetworkBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What upstream's deserializer reads from buffers, and from what. */
class RecordArrayTest {

    private final Thread thread = Thread.currentThread();
    private final ClassLoader userCode = thread.getContextClassLoader();

    @AfterEach
    void restoreUserCode() {
        thread.setContextClassLoader(userCode);
    }

    @Test
    void recordsOfAllSizesInBuffersOfAllSizesAreRead() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<byte[]> records = new ArrayList<>();
            for (int record = 0; record < 20; record++) {
                byte[] bytes = new byte[1 + random.nextInt(1 << random.nextInt(14))];
                random.nextBytes(bytes);
                records.add(bytes);
            }
            Collector collected = new Collector();
            read(records, 5 + random.nextInt(1 << (5 + random.nextInt(11))), collected);
            assertThat(collected.records).as("seed %d", seed).containsExactlyElementsOf(records);
        }
    }

    @Test
    void recordWithinABufferIsReadFromAnArray() throws IOException {
        Collector collected = new Collector();

        read(List.of(new byte[3], new byte[4]), 64, collected);

        assertThat(collected.views).hasSize(2).containsOnly(DataInputDeserializer.class);
    }

    @Test
    void recordIsReadFromItsBufferWhereTheFeatureIsOff() throws IOException {
        ClassLoader ofJob = new ClassLoader(userCode) {};
        SerializationFeature.decide(ofJob, false);
        thread.setContextClassLoader(ofJob);
        Collector collected = new Collector();

        read(List.of(new byte[3], new byte[4]), 64, collected);

        assertThat(collected.views).doesNotContain(DataInputDeserializer.class).hasSize(2);
    }

    @Test
    void deserializerOfAnotherThreadReadsFromItsBuffers() throws Exception {
        SpillingAdaptiveSpanningRecordDeserializer<Collector> anothers =
                CompletableFuture.supplyAsync(() -> RecordArrayTest.<Collector>deserializer())
                        .get();
        Collector collected = new Collector();

        read(List.of(new byte[3], new byte[4]), 64, anothers, collected);

        assertThat(collected.views).doesNotContain(DataInputDeserializer.class).hasSize(2);
    }

    @Test
    void recordThatIsReadWhileAnotherIsDoesNotDisturbIt() throws IOException {
        List<Byte> inner = new ArrayList<>();
        Target single =
                new Target() {
                    @Override
                    public void read(DataInputView view) throws IOException {
                        inner.add(view.readByte());
                    }
                };
        Collector outer =
                new Collector() {
                    @Override
                    public void read(DataInputView view) throws IOException {
                        RecordArrayTest.read(List.of(new byte[] {7}, new byte[] {8}), 64, single);
                        super.read(view);
                    }
                };

        read(List.of(new byte[] {1, 2}, new byte[] {3}), 64, outer);

        assertThat(outer.records).containsExactly(new byte[] {1, 2}, new byte[] {3});
        assertThat(inner).containsExactly((byte) 7, (byte) 8, (byte) 7, (byte) 8);
    }

    @Test
    void serializerThatReadsBeyondItsRecordFails() {
        assertThatThrownBy(() -> read(List.of(new byte[3], new byte[9]), 64, new Longs()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Serializer consumed more bytes than the record had")
                .rootCause()
                .isInstanceOf(java.io.EOFException.class);
    }

    @Test
    void serializerThatLeavesBytesFails() {
        assertThatThrownBy(() -> read(List.of(new byte[9], new byte[8]), 64, new Longs()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("8 of the 9 bytes");
    }

    @Test
    void recordAfterAFailedOneCanBeRead() throws IOException {
        assertThatThrownBy(() -> read(List.of(new byte[3]), 64, new Longs()))
                .isInstanceOf(IOException.class);
        Collector collected = new Collector();

        read(List.of(new byte[] {1}), 64, collected);

        assertThat(collected.views).containsExactly(DataInputDeserializer.class);
    }

    private static void read(List<byte[]> records, int bufferSize, IOReadableWritable target)
            throws IOException {
        read(records, bufferSize, deserializer(), target);
    }

    private static <T extends IOReadableWritable>
            SpillingAdaptiveSpanningRecordDeserializer<T> deserializer() {
        return new SpillingAdaptiveSpanningRecordDeserializer<>(
                new String[] {System.getProperty("java.io.tmpdir")});
    }

    private static <T extends IOReadableWritable> void read(
            List<byte[]> records, int bufferSize, RecordDeserializer<T> deserializer, T target)
            throws IOException {
        ByteBuffer all =
                ByteBuffer.allocate(records.stream().mapToInt(bytes -> 4 + bytes.length).sum());
        records.forEach(bytes -> all.putInt(bytes.length).put(bytes));
        for (int from = 0; from < all.position(); from += bufferSize) {
            int length = Math.min(bufferSize, all.position() - from);
            MemorySegment segment = MemorySegmentFactory.allocateUnpooledOffHeapMemory(bufferSize);
            segment.put(0, all.array(), from, length);
            deserializer.setNextBuffer(
                    new NetworkBuffer(segment, used -> {}, DataType.DATA_BUFFER, length));
            while (!deserializer.getNextRecord(target).isBufferConsumed()) {}
        }
    }

    private abstract static class Target implements IOReadableWritable {
        @Override
        public void write(DataOutputView view) {
            throw new UnsupportedOperationException();
        }
    }

    /** Reads an array to its end; of the two records in a buffer, the first has three bytes. */
    private static class Collector extends Target {
        final List<byte[]> records = new ArrayList<>();
        final List<Class<?>> views = new ArrayList<>();

        @Override
        public void read(DataInputView view) throws IOException {
            views.add(view.getClass());
            if (view instanceof DataInputDeserializer) {
                byte[] bytes = new byte[((DataInputDeserializer) view).available()];
                view.readFully(bytes);
                records.add(bytes);
            } else {
                view.skipBytesToRead(views.size() + 2);
            }
        }
    }

    private static final class Longs extends Target {
        @Override
        public void read(DataInputView view) throws IOException {
            view.readLong();
        }
    }
}
