// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.kryo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * A measurement of Kryo. It prints the CPU time and the bytes that Kryo takes for a value, as
 * multiples of those of a Flink serializer for the same value or content. Both run in turns; a
 * figure is the median of the ratios of all turns. These are the figures of {@code KryoCost}.
 */
public final class KryoCosts {

    private static final int TURNS = 41;
    private static final int WARM_UP = 10;
    private static final int OPERATIONS = 40_000;

    private static final SerializerConfig CONFIG = new SerializerConfigImpl();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private KryoCosts() {}

    public static void main(String[] arguments) throws IOException {
        System.out.printf("%-22s%8s%8s%8s%16s%n", "kind", "write", "read", "copy", "bytes");
        UUID id = new UUID(-8_123_456_789_012_345_678L, 1_234_567_890_123_456_789L);
        compare(
                "UUID",
                kryo(UUID.class, id),
                new Candidate<>(
                        serializer(Types.TUPLE(Types.LONG, Types.LONG)),
                        Tuple2.of(id.getMostSignificantBits(), id.getLeastSignificantBits())));
        LocalDateTime time = LocalDateTime.of(2001, 1, 31, 12, 34, 56, 789_000_000);
        compare(
                "java.time",
                kryo(LocalDateTime.class, time),
                new Candidate<>(serializer(Types.LOCAL_DATE_TIME), time));
        ArrayList<Long> list = new ArrayList<>();
        HashMap<String, Long> map = new HashMap<>();
        for (long i = 0; i < 32; i++) {
            list.add(i * i * i * i);
        }
        for (long i = 0; i < 8; i++) {
            map.put("key " + i, i * i * i * i);
        }
        compare(
                "list of 32 Long",
                kryo(ArrayList.class, list),
                new Candidate<List<Long>>(serializer(Types.LIST(Types.LONG)), list));
        compare(
                "map of 8 String, Long",
                kryo(HashMap.class, map),
                new Candidate<Map<String, Long>>(
                        serializer(Types.MAP(Types.STRING, Types.LONG)), map));
        Bean bean = new Bean();
        compare(
                "class of 8 fields",
                kryo(Bean.class, bean),
                new Candidate<>(serializer(TypeInformation.of(Bean.class)), bean));
    }

    private static <T> Candidate<T> kryo(Class<T> type, T value) {
        return new Candidate<>(new KryoSerializer<>(type, CONFIG), value);
    }

    private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(CONFIG);
    }

    private static void compare(String kind, Candidate<?> kryo, Candidate<?> instead)
            throws IOException {
        double[][] ratios = new double[3][TURNS];
        for (int turn = -WARM_UP; turn < TURNS; turn++) {
            long[] ofKryo = kryo.turn();
            long[] ofOther = instead.turn();
            for (int operation = 0; operation < 3 && turn >= 0; operation++) {
                ratios[operation][turn] = (double) ofKryo[operation] / ofOther[operation];
            }
        }
        System.out.printf(
                "%-22s%8.1f%8.1f%8.1f%9d, %5d%n",
                kind,
                median(ratios[0]),
                median(ratios[1]),
                median(ratios[2]),
                kryo.bytes(),
                instead.bytes());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** A serializer with a value. */
    private static final class Candidate<T> {
        private final TypeSerializer<T> serializer;
        private final T value;
        private final DataOutputSerializer out = new DataOutputSerializer(4_096);
        private final DataInputDeserializer in = new DataInputDeserializer();

        /** Keeps the results, so that the compiler does not remove the work. */
        private Object last;

        Candidate(TypeSerializer<T> serializer, T value) {
            this.serializer = serializer;
            this.value = value;
        }

        int bytes() throws IOException {
            out.clear();
            serializer.serialize(value, out);
            return out.length();
        }

        /** Returns the CPU time of writing, reading and copying in nanoseconds. */
        long[] turn() throws IOException {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < OPERATIONS; i++) {
                out.clear();
                serializer.serialize(value, out);
            }
            long written = THREADS.getCurrentThreadCpuTime();
            byte[] bytes = out.getCopyOfBuffer();
            for (int i = 0; i < OPERATIONS; i++) {
                in.setBuffer(bytes);
                last = serializer.deserialize(in);
            }
            long read = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < OPERATIONS; i++) {
                last = serializer.copy(value);
            }
            long copied = THREADS.getCurrentThreadCpuTime();
            if (last == null) {
                throw new IllegalStateException("nothing was copied");
            }
            return new long[] {written - start, read - written, copied - read};
        }
    }
}
