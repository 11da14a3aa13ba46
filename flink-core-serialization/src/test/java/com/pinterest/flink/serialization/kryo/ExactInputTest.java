// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link ExactInput} leaves to who reads next, and how it looks ahead. */
class ExactInputTest {

    private static final byte MARK = 0x5a;

    /** What the serializer of {@link Watched} does with its input. */
    private static Consumer<Input> behaviour;

    private final KryoSerializer<Object> serializer = newSerializer();
    private final Thread thread = Thread.currentThread();
    private final ClassLoader userCode = thread.getContextClassLoader();

    private static KryoSerializer<Object> newSerializer() {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.registerTypeWithKryoSerializer(Watched.class, WatchedSerializer.class);
        return new KryoSerializer<>(Object.class, config);
    }

    @AfterEach
    void restoreUserCode() {
        thread.setContextClassLoader(userCode);
    }

    /** As list state of operators is read. */
    @Test
    void recordsAreFoundWhereTheStreamIsPut() throws IOException {
        byte[] record = write(new short[] {1, 2, 3});
        byte[] three = new byte[3 * record.length];
        for (int i = 0; i < 3; i++) {
            System.arraycopy(record, 0, three, i * record.length, record.length);
        }
        MovableStream stream = new MovableStream(three);
        DataInputView view = new DataInputViewStreamWrapper(stream);

        for (int i : new int[] {2, 0, 1, 0}) {
            stream.moveTo(i * record.length);
            assertThat(serializer.deserialize(view)).isEqualTo(new short[] {1, 2, 3});
            assertThat(stream.position()).isEqualTo((i + 1) * record.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesARecordAndNoMore(View view) throws IOException {
        byte[] record = write(new char[] {'a', 'b', 'c'});
        byte[] bytes = Arrays.copyOf(record, record.length + 1);
        bytes[record.length] = MARK;
        view.decideFeature(userCode);
        DataInputView input = view.over(bytes);
        DataOutputSerializer output = new DataOutputSerializer(64);

        serializer.copy(input, output);

        assertThat(output.getCopyOfBuffer()).isEqualTo(record);
        assertThat(input.readByte()).isEqualTo(MARK);
    }

    @ParameterizedTest
    @CsvSource({
        "STREAM,end,1",
        "STREAM,canReadVarInt,3",
        "STREAM,canReadVarLong,3",
        "TRICKLING_STREAM,canReadVarLong,3",
        "PLAIN_ARRAY,end,1"
    })
    void failsIfASerializerLooksBehindItsRecord(View view, String method, int lost)
            throws IOException {
        byte[] record = write(new Watched());
        byte[] bytes = Arrays.copyOf(record, record.length + 20);
        Arrays.fill(bytes, record.length, record.length + 2, (byte) 0x80);
        behaviour =
                input -> {
                    boolean found =
                            method.equals("end")
                                    ? !input.end()
                                    : method.equals("canReadVarInt")
                                            ? input.canReadVarInt()
                                            : input.canReadVarLong();
                    assertThat(found).isTrue();
                };
        view.decideFeature(userCode);

        assertThatThrownBy(() -> serializer.deserialize(view.over(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Watched.class.getName())
                .hasMessageContaining("looked past the end")
                .hasMessageContaining(lost + " bytes");
    }

    @ParameterizedTest
    @EnumSource
    void seesTheEndOfTheView(View view) throws IOException {
        List<Object> seen = new ArrayList<>();
        behaviour =
                input ->
                        seen.add(
                                List.of(
                                        input.end(),
                                        input.canReadVarInt(),
                                        input.canReadVarLong()));
        view.decideFeature(userCode);

        serializer.deserialize(view.over(write(new Watched())));

        assertThat(seen).containsExactly(List.of(true, false, false));
    }

    /** Upstream says no, as its buffer has 8 bytes. */
    @ParameterizedTest
    @EnumSource
    void canReadTheLongestLong(View view) throws IOException {
        List<Object> seen = new ArrayList<>();
        for (int length = 1; length <= 9; length++) {
            byte[] number = new byte[length];
            Arrays.fill(number, (byte) 0x80);
            byte[] record = write(new Watched());
            byte[] bytes = Arrays.copyOf(record, record.length + length);
            System.arraycopy(number, 0, bytes, record.length, length);
            behaviour =
                    input -> {
                        seen.add(input.canReadVarLong());
                        input.skip(number.length);
                    };
            view.decideFeature(userCode);
            serializer.deserialize(view.over(bytes));
        }

        assertThat(seen.subList(0, 8)).containsOnly(false);
        assertThat(seen.get(8)).isEqualTo(true);
    }

    @ParameterizedTest
    @EnumSource
    void readsOnFromAnyPlaceInWhatWasLookedAt(View view) throws IOException {
        byte[] numbers = new byte[9 + Long.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) (0x81 + i);
        }
        byte[] record = write(new Watched());
        byte[] bytes = Arrays.copyOf(record, record.length + numbers.length);
        System.arraycopy(numbers, 0, bytes, record.length, numbers.length);
        view.decideFeature(userCode);
        for (int read = 0; read <= 9; read++) {
            int start = read;
            behaviour =
                    input -> {
                        assertThat(input.canReadVarLong()).isTrue();
                        input.skip(start);
                        int left = numbers.length - start;
                        Input all = new Input(numbers, start, left);
                        assertThat(input.readShort()).isEqualTo(all.readShort());
                        if (left >= Short.BYTES + Long.BYTES + Integer.BYTES) {
                            assertThat(input.readLong()).isEqualTo(all.readLong());
                        }
                        assertThat(input.readInt()).isEqualTo(all.readInt());
                        int rest = all.limit() - all.position();
                        assertThat(input.readBytes(rest)).isEqualTo(all.readBytes(rest));
                    };
            serializer.deserialize(view.over(bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingBehindWhenAUsersSerializerFails(View view) throws IOException {
        byte[] failing = write(new Watched());
        byte[] next = write("next");
        byte[] bytes = Arrays.copyOf(failing, failing.length + 1 + next.length);
        System.arraycopy(next, 0, bytes, failing.length + 1, next.length);
        view.decideFeature(userCode);
        DataInputView input = view.over(bytes);
        behaviour =
                watched -> {
                    if (watched.end()) {
                        throw new AssertionError("There is more.");
                    }
                    throw new IllegalStateException("no");
                };

        assertThatThrownBy(() -> serializer.deserialize(input))
                .isInstanceOf(IllegalStateException.class);
        if (view == View.ARRAY) {
            assertThat(input.readByte()).isZero();
        }

        assertThat(serializer.deserialize(input)).isEqualTo("next");
    }

    @ParameterizedTest
    @EnumSource
    void readsOnInTheSameViewWithinARecord(View view) throws IOException {
        byte[] outer = write(new Watched());
        byte[] inner = write(new short[] {1, 2, 3});
        byte[] bytes = Arrays.copyOf(outer, outer.length + inner.length + 1);
        System.arraycopy(inner, 0, bytes, outer.length, inner.length);
        bytes[bytes.length - 1] = MARK;
        view.decideFeature(userCode);
        DataInputView input = view.over(bytes);
        List<Object> read = new ArrayList<>();
        behaviour =
                watched -> {
                    try {
                        read.add(watched.end());
                        read.add(serializer.deserialize(input));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };

        serializer.deserialize(input);

        assertThat(read).containsExactly(false, new short[] {1, 2, 3});
        assertThat(input.readByte()).isEqualTo(MARK);
    }

    private byte[] write(Object value) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        serializer.serialize(value, output);
        return output.getCopyOfBuffer();
    }

    /** A stream that can be put elsewhere while a view stands over it. */
    private static final class MovableStream extends ByteArrayInputStream {
        private MovableStream(byte[] bytes) {
            super(bytes);
        }

        private void moveTo(int position) {
            pos = position;
        }

        private int position() {
            return pos;
        }
    }

    /** Has no content. */
    static final class Watched {}

    /** Lets a test read. */
    public static final class WatchedSerializer extends Serializer<Watched> {
        @Override
        public void write(Kryo kryo, Output output, Watched watched) {}

        @Override
        public Watched read(Kryo kryo, Input input, Class<? extends Watched> type) {
            behaviour.accept(input);
            return new Watched();
        }
    }
}
