// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.io.Input;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever Kryo and users' serializers read, by whatever method, on whatever view: it is what was
 * written, and what comes behind it is left to who reads the view next.
 *
 * <p>{@code -Dfuzz.cases=10000} makes more random cases, {@code -Dfuzz.seed=N} the same.
 */
class ExactInputFuzzTest {

    private static final byte MARK = 0x5a;
    private static final int CASES = Integer.getInteger("fuzz.cases", 150);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    private final KryoSerializer<Object> serializer = newSerializer();
    private final Thread thread = Thread.currentThread();
    private final ClassLoader userCode = thread.getContextClassLoader();

    private static KryoSerializer<Object> newSerializer() {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.registerTypeWithKryoSerializer(Reads.class, Reads.ReadsSerializer.class);
        return new KryoSerializer<>(Object.class, config);
    }

    @AfterEach
    void restoreUserCode() {
        thread.setContextClassLoader(userCode);
    }

    /** Another release of Kryo may have more. */
    @Test
    void everyMethodOfKryosInputIsKnown() {
        Set<String> known =
                Stream.concat(
                                Reads.ways().stream().map(way -> way.replaceFirst(" .*", "")),
                                // Read within others.
                                Stream.of("readVarIntFlag()"))
                        .collect(Collectors.toSet());
        // They set or tell what others do, and do not read.
        Set<String> others =
                Set.of(
                        "close()",
                        "getBuffer()",
                        "getVariableLengthEncoding()",
                        "limit()",
                        "position()",
                        "reset()",
                        "setBuffer(byte[])",
                        "setBuffer(byte[],int,int)",
                        "setInputStream(InputStream)",
                        "setLimit(int)",
                        "setPosition(int)",
                        "setTotal(long)",
                        "setVariableLengthEncoding(boolean)",
                        "total()");
        Set<String> all =
                Stream.of(Input.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(ExactInputFuzzTest::signature)
                        .filter(signature -> !others.contains(signature))
                        .collect(Collectors.toSet());

        assertThat(known).isEqualTo(all);
    }

    private static String signature(Method method) {
        return Stream.of(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }

    @ParameterizedTest
    @EnumSource
    void recordsEndWithAnyMethod(View view) throws IOException {
        Random random = new Random(SEED);
        for (String way : Reads.ways()) {
            for (int size = 0; size < 12; size++) {
                reads(view, random, List.of(new Reads(random, List.of(way), size)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void methodsFollowEachOther(View view) throws IOException {
        System.out.println("fuzz.seed=" + SEED + " fuzz.cases=" + CASES);
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            Random random = new Random(seed * 0x9e3779b97f4a7c15L);
            List<Object> values = new ArrayList<>();
            for (int value = 0; value <= random.nextInt(3); value++) {
                int[] sizes = random.ints(1 + random.nextInt(6), 0, 6).toArray();
                List<String> ways = new ArrayList<>();
                for (int ignored : sizes) {
                    ways.add(Reads.ways().get(random.nextInt(Reads.ways().size())));
                }
                values.add(new Reads(random, ways, sizes));
            }
            try {
                reads(view, random, values);
            } catch (Throwable e) {
                throw new AssertionError("fuzz.seed=" + seed + " fuzz.cases=1", e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void arraysOfAnyLengthLeaveTheNextRecordAlone(View view) throws IOException {
        for (int length = 0; length < 20; length++) {
            for (Object array :
                    List.of(
                            new boolean[length],
                            new byte[length],
                            new short[length],
                            new char[length],
                            new int[length],
                            new float[length],
                            new long[length],
                            new double[length],
                            new String[length])) {
                reads(view, new Random(SEED), List.of(array));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void fieldsBehindAnArrayAreTheirs(View view) throws IOException {
        reads(
                view,
                new Random(SEED),
                List.of(Arrays.asList(new short[3], new byte[9], 1.5, "text")));
        reads(view, new Random(SEED), List.of(Arrays.asList(new float[1], 1.5f, 'a', new byte[1])));
        reads(view, new Random(SEED), List.of(Arrays.asList(new char[1], new short[1], 7L)));
    }

    /** Reads values from a view with more behind each of them than Kryo can look at. */
    private void reads(View view, Random random, List<?> values) throws IOException {
        byte[] between = new byte[10];
        random.nextBytes(between);
        between[0] = MARK;
        DataOutputSerializer output = new DataOutputSerializer(64);
        for (Object value : values) {
            serializer.serialize(value, output);
            output.write(between);
            serializer.serialize(value, output);
        }
        view.decideFeature(userCode);
        DataInputView input = view.over(output.getCopyOfBuffer());
        for (Object value : values) {
            if (value instanceof Reads) {
                Reads.ReadsSerializer.expected =
                        new ArrayList<>(List.of((Reads) value, (Reads) value));
            }
            assertThat(write(serializer.deserialize(input))).isEqualTo(write(value));
            byte[] read = new byte[between.length];
            input.readFully(read);
            assertThat(read).as("behind %s", value).isEqualTo(between);
            assertThat(write(serializer.deserialize(input))).isEqualTo(write(value));
        }
        assertThatThrownBy(input::readByte).isInstanceOf(IOException.class);
    }

    private byte[] write(Object value) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        serializer.serialize(value, output);
        return output.getCopyOfBuffer();
    }
}
