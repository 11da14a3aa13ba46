// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A benchmark that reads values of types that go through Kryo, rotating over 16 values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KryoTypes {

    private static final int VALUES = 16;

    @Param({"bean", "nested", "map", "list"})
    public String type;

    private final Random random = new Random(1);
    private final DataInputDeserializer input = new DataInputDeserializer();
    private final byte[][] bytes = new byte[VALUES][];
    private TypeSerializer<?> serializer;
    private int next;

    /** Prepares values and mixes in other types. */
    @Setup
    public void prepare() throws IOException {
        switch (type) {
            case "bean" -> prepare(this::bean);
            case "nested" -> prepare(this::nested);
            case "map" -> prepare(this::map);
            case "list" -> prepare(this::list);
            default -> throw new IllegalArgumentException("no type " + type);
        }
    }

    private <T> void prepare(Supplier<T> generator) throws IOException {
        List<T> values = Stream.generate(generator).limit(VALUES).toList();
        @SuppressWarnings("unchecked") // All values are of one class.
        TypeSerializer<T> kryo =
                TypeInformation.of((Class<T>) values.get(0).getClass())
                        .createSerializer(new SerializerConfigImpl());
        if (!(kryo instanceof KryoSerializer)) {
            throw new IllegalStateException(type + " is not left to Kryo, but to " + kryo);
        }
        DataOutputSerializer output = new DataOutputSerializer(256);
        for (int value = 0; value < VALUES; value++) {
            output.clear();
            kryo.serialize(values.get(value), output);
            bytes[value] = output.getCopyOfBuffer();
        }
        MixedUse.of(kryo, values, MixedUse.ROUNDS);
        serializer = kryo;
    }

    private Visit bean() {
        return new Visit(
                random.nextLong(),
                random.nextInt(100),
                random.nextDouble(),
                random.nextBoolean(),
                TextKind.ASCII.text(12, random),
                TextKind.ASCII.text(24, random));
    }

    private Session nested() {
        return new Session(
                TextKind.ASCII.text(16, random),
                bean(),
                new ArrayList<>(List.of(bean(), bean(), bean())));
    }

    private Map<String, Long> map() {
        Map<String, Long> map = new HashMap<>();
        for (int entry = 0; entry < 8; entry++) {
            map.put(TextKind.ASCII.text(10, random), random.nextLong());
        }
        return map;
    }

    private List<String> list() {
        List<String> list = new ArrayList<>();
        for (int element = 0; element < 16; element++) {
            list.add(TextKind.ASCII.text(12, random));
        }
        return list;
    }

    @Benchmark
    public Object deserialize() throws IOException {
        next = (next + 1) % VALUES;
        input.setBuffer(bytes[next]);
        return serializer.deserialize(input);
    }
}
