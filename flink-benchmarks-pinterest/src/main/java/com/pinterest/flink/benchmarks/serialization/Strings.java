// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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

/** A benchmark that writes and reads strings of one kind and length, rotating over 16 strings. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Strings {

    private static final int TEXTS = 16;

    /** One process has many cases, and each of them mixes in a share. */
    private static final int ROUNDS = MixedUse.ROUNDS / 10;

    /** Kind and length; the empty string has no kind. */
    @Param({
        "ascii0",
        "ascii4",
        "ascii16",
        "ascii128",
        "ascii4096",
        "latin14",
        "latin116",
        "latin1128",
        "latin14096",
        "cyrillic4",
        "cyrillic16",
        "cyrillic128",
        "cyrillic4096",
        "chinese4",
        "chinese16",
        "chinese128",
        "chinese4096",
        "emoji4",
        "emoji16",
        "emoji128",
        "emoji4096"
    })
    public String text;

    private final TypeSerializer<String> serializer =
            TypeInformation.of(String.class).createSerializer(new SerializerConfigImpl());
    private final DataOutputSerializer output = new DataOutputSerializer(1 << 14);
    private final DataInputDeserializer input = new DataInputDeserializer();
    private final byte[][] bytes = new byte[TEXTS][];
    private String[] texts;
    private int next;

    /** Prepares strings, checks their bytes, and mixes in other types. */
    @Setup
    public void prepare() throws IOException {
        Random random = new Random(1);
        texts =
                Stream.generate(() -> TextKind.textOf(text, random))
                        .limit(TEXTS)
                        .toArray(String[]::new);
        for (int index = 0; index < TEXTS; index++) {
            output.clear();
            serializer.serialize(texts[index], output);
            bytes[index] = output.getCopyOfBuffer();
            if (!Arrays.equals(bytes[index], ReferenceString.bytes(texts[index]))) {
                throw new IllegalStateException("other bytes than upstream's for " + texts[index]);
            }
        }
        MixedUse.of(serializer, List.of(texts), ROUNDS);
    }

    private int next() {
        next = (next + 1) % TEXTS;
        return next;
    }

    @Benchmark
    public int write() throws IOException {
        output.clear();
        serializer.serialize(texts[next()], output);
        return output.length();
    }

    @Benchmark
    public String read() throws IOException {
        input.setBuffer(bytes[next()]);
        return serializer.deserialize(input);
    }
}
