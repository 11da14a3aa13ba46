// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.memory.ByteArrayInputStreamWithPos;
import org.apache.flink.core.memory.ByteArrayOutputStreamWithPos;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.network.api.serialization.SpillingAdaptiveSpanningRecordDeserializer;
import org.apache.flink.runtime.io.network.api.writer.RecordWriter;
import org.apache.flink.runtime.io.network.buffer.Buffer;
import org.apache.flink.runtime.io.network.buffer.FreeingBufferRecycler;
import org.apache.flink.runtime.io.network.buffer.NetworkBuffer;
import org.apache.flink.runtime.plugable.DeserializationDelegate;
import org.apache.flink.runtime.plugable.NonReusingDeserializationDelegate;
import org.apache.flink.runtime.plugable.SerializationDelegate;

/**
 * A warm-up that uses serializers like a job with many types, before one of them is measured:
 * several POJOs, tuples and strings of all kinds, and the measured serializer, over the views of
 * state backends, snapshots and the network.
 *
 * <p>A benchmark on its own would call one serializer on one view. The compiler would then inline
 * calls that have many targets in a job, and the figure would be unrealistic.
 */
final class MixedUse {

    /** Number of rounds for a suite of a few cases, each of which is prepared twice. */
    static final int ROUNDS = 100;

    private static final int VALUES = 8;

    private MixedUse() {}

    /** Serializes, deserializes and copies values, among those of other types, many times. */
    static <T> void of(TypeSerializer<T> serializer, List<T> values, int rounds)
            throws IOException {
        List<Use<?>> uses = otherTypes();
        uses.add(new Use<>(serializer, values.subList(0, VALUES)));
        for (int round = 0; round < rounds; round++) {
            for (Use<?> use : uses) {
                use.run();
            }
        }
    }

    private static List<Use<?>> otherTypes() throws IOException {
        Random random = new Random(0);
        List<Use<?>> uses = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (TextKind kind : TextKind.values()) {
            texts.add(kind.text(4, random));
            texts.add(kind.text(40, random));
        }
        uses.add(new Use<>(serializer(TypeInformation.of(String.class)), texts));
        List<Click> clicks = new ArrayList<>();
        List<Reading> readings = new ArrayList<>();
        List<Tuple3<Integer, String, Double>> tuples = new ArrayList<>();
        for (int value = 0; value < VALUES; value++) {
            clicks.add(new Click(value, texts.get(value)));
            readings.add(new Reading(value, texts.subList(0, value)));
            tuples.add(Tuple3.of(value, texts.get(value), random.nextDouble()));
        }
        uses.add(
                new Use<>(
                        serializer(TypeInformation.of(Event.class)),
                        List.of(Events.typical(VALUES, 0))));
        uses.add(new Use<>(serializer(TypeInformation.of(Click.class)), clicks));
        uses.add(new Use<>(serializer(TypeInformation.of(Reading.class)), readings));
        uses.add(new Use<>(serializer(TypeInformation.of(new TypeHint<>() {})), tuples));
        return uses;
    }

    private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }

    /** A serializer and values, over every kind of view. */
    private static final class Use<T> {
        private final TypeSerializer<T> serializer;
        private final List<T> values;
        private final DataOutputSerializer memory = new DataOutputSerializer(64);
        private final DataInputDeserializer memoryInput = new DataInputDeserializer();
        private final SerializationDelegate<T> sent;
        private final DeserializationDelegate<T> received;
        private final SpillingAdaptiveSpanningRecordDeserializer<DeserializationDelegate<T>>
                channel =
                        new SpillingAdaptiveSpanningRecordDeserializer<>(
                                new String[] {System.getProperty("java.io.tmpdir")});

        Use(TypeSerializer<T> serializer, List<T> values) {
            this.serializer = serializer;
            this.values = values;
            this.sent = new SerializationDelegate<>(serializer);
            this.received = new NonReusingDeserializationDelegate<>(serializer);
        }

        void run() throws IOException {
            for (T value : values) {
                T copy = serializer.copy(value);
                require(value, throughMemory(copy));
                require(value, throughStream(copy));
                require(value, throughNetwork(copy));
            }
        }

        private T throughMemory(T value) throws IOException {
            memory.clear();
            serializer.serialize(value, memory);
            memoryInput.setBuffer(memory.getSharedBuffer(), 0, memory.length());
            return serializer.deserialize(memoryInput);
        }

        private T throughStream(T value) throws IOException {
            ByteArrayOutputStreamWithPos stream = new ByteArrayOutputStreamWithPos();
            try (DataOutputViewStreamWrapper view = new DataOutputViewStreamWrapper(stream)) {
                serializer.serialize(value, view);
            }
            try (DataInputViewStreamWrapper view =
                    new DataInputViewStreamWrapper(
                            new ByteArrayInputStreamWithPos(stream.toByteArray()))) {
                return serializer.deserialize(view);
            }
        }

        private T throughNetwork(T value) throws IOException {
            sent.setInstance(value);
            ByteBuffer record = RecordWriter.serializeRecord(memory, sent);
            byte[] bytes = new byte[record.remaining()];
            record.get(bytes);
            channel.setNextBuffer(
                    new NetworkBuffer(
                            MemorySegmentFactory.wrap(bytes),
                            FreeingBufferRecycler.INSTANCE,
                            Buffer.DataType.DATA_BUFFER,
                            bytes.length));
            if (!channel.getNextRecord(received).isFullRecord()) {
                throw new IllegalStateException("a record in one buffer is not complete");
            }
            return received.getInstance();
        }

        private void require(T expected, T actual) {
            if (!expected.equals(actual)) {
                throw new IllegalStateException(expected + " was read as " + actual);
            }
        }
    }

    /** A small POJO of public fields. */
    public static final class Click {
        public long time;
        public String page;

        /** For serializers. */
        public Click() {}

        Click(long time, String page) {
            this.time = time;
            this.page = page;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Click that && time == that.time && page.equals(that.page);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(time);
        }
    }

    /** A POJO with a list. */
    public static final class Reading {
        public int sensor;
        public boolean valid;
        public List<String> labels;

        /** For serializers. */
        public Reading() {}

        Reading(int sensor, List<String> labels) {
            this.sensor = sensor;
            this.valid = sensor % 2 == 0;
            this.labels = labels;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Reading that
                    && sensor == that.sensor
                    && valid == that.valid
                    && labels.equals(that.labels);
        }

        @Override
        public int hashCode() {
            return sensor;
        }
    }
}
