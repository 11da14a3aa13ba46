// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.pinterest.flink.serialization.SerializationFeature;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What differs from upstream's input, or cannot be seen from outside. */
class ReadAheadInputTest {

    /** What the serializer of {@link Observed} does with its input. */
    private static Consumer<Input> observer;

    private final KryoSerializer<Object> serializer = newSerializer();

    private static KryoSerializer<Object> newSerializer() {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.registerTypeWithKryoSerializer(Observed.class, ObservedSerializer.class);
        return new KryoSerializer<>(Object.class, config);
    }

    private final Thread thread = Thread.currentThread();
    private final ClassLoader userCode = thread.getContextClassLoader();

    @AfterEach
    void restoreUserCode() {
        thread.setContextClassLoader(userCode);
    }

    @Test
    void readsAheadInArraysOnly() throws IOException {
        byte[] record = write(new Observed());

        assertThat(inputOf(new DataInputDeserializer(record)))
                .isExactlyInstanceOf(ReadAheadInput.class);
        assertThat(inputOf(new DataInputDeserializer(record) {}))
                .isExactlyInstanceOf(ExactInput.class);
        assertThat(inputOf(new DataInputViewStreamWrapper(new ByteArrayInputStream(record))))
                .isExactlyInstanceOf(ExactInput.class);
    }

    @Test
    void doesNotReadAheadWhereTheFeatureIsOff() throws IOException {
        ClassLoader ofJob = new ClassLoader(userCode) {};
        SerializationFeature.decide(ofJob, false);
        thread.setContextClassLoader(ofJob);

        assertThat(inputOf(new DataInputDeserializer(write(new Observed()))))
                .isExactlyInstanceOf(ExactInput.class);
    }

    @Test
    void leavesTheNextRecordAloneAfterAShortArray() throws IOException {
        for (Object array :
                List.of(
                        new boolean[] {true, false, true},
                        new float[] {1.5f},
                        new short[] {-1, 2, 3},
                        new char[] {'a'})) {
            byte[] record = write(array);
            DataInputDeserializer view = new DataInputDeserializer(twice(record));

            assertThat(serializer.deserialize(view)).isEqualTo(array);
            assertThat(view.getPosition()).isEqualTo(record.length);
            assertThat(serializer.deserialize(view)).isEqualTo(array);
            assertThat(view.available()).isZero();
        }
    }

    @Test
    void looksAheadWithoutTaking() throws IOException {
        DataInputDeserializer view = new DataInputDeserializer(twice(write(new Observed())));
        List<Boolean> answers = new ArrayList<>();
        observer =
                input -> {
                    answers.add(input.canReadVarInt());
                    answers.add(input.canReadVarLong());
                    answers.add(input.end());
                };

        serializer.deserialize(view);
        serializer.deserialize(view);

        assertThat(answers).containsExactly(true, true, false, true, true, false);
        assertThat(view.available()).isZero();
    }

    @Test
    void beginsAnewAfterAFailure() throws IOException {
        byte[] record = write(List.of("some", "text", 47.11));
        DataInputDeserializer view = new DataInputDeserializer();

        for (int length = 0; length < record.length; length++) {
            view.setBuffer(record, 0, length);
            assertThatThrownBy(() -> serializer.deserialize(view)).isInstanceOf(EOFException.class);
            assertThat(view.available()).isZero();

            view.setBuffer(record);
            assertThat(serializer.deserialize(view)).isEqualTo(List.of("some", "text", 47.11));
        }
    }

    @Test
    void putsTheViewInPlaceWhenAUsersSerializerFails() throws IOException {
        byte[] record = write(new Observed());
        DataInputDeserializer view = new DataInputDeserializer(twice(record));
        observer =
                input -> {
                    input.readInt();
                    throw new IllegalStateException("no");
                };

        assertThatThrownBy(() -> serializer.deserialize(view))
                .isInstanceOf(IllegalStateException.class);

        assertThat(view.getPosition()).isEqualTo(record.length);
    }

    @Test
    void neverSharesTheArrayOfTheView() throws IOException {
        byte[] record = write(new Observed());
        byte[] array = record.clone();
        observer =
                input -> {
                    byte[] before = input.getBuffer().clone();
                    Arrays.fill(input.getBuffer(), (byte) -1);
                    assertThat(array).isEqualTo(record);
                    System.arraycopy(before, 0, input.getBuffer(), 0, before.length);
                };

        serializer.deserialize(new DataInputDeserializer(array));
    }

    @Test
    void isUsedAgainForOtherViewsAsIfNew() throws IOException {
        byte[] record = write(new Observed());
        Input first = inputOf(new DataInputDeserializer(record));
        long total = first.total();
        first.setVariableLengthEncoding(false);

        Input second = inputOf(new DataInputDeserializer(record));

        assertThat(second).isSameAs(first);
        assertThat(second.getVariableLengthEncoding()).isTrue();
        assertThat(second.total()).isEqualTo(total);
    }

    @Test
    void isNotUsedAgainOnceItsStreamIsOut() throws IOException {
        byte[] record = write(new Observed());
        List<Input> inputs = new ArrayList<>();
        observer =
                input -> {
                    inputs.add(input);
                    assertThat(input.getInputStream()).isNotNull();
                };

        serializer.deserialize(new DataInputDeserializer(record));
        serializer.deserialize(new DataInputDeserializer(record));

        assertThat(inputs.get(1)).isNotSameAs(inputs.get(0));
    }

    @Test
    void sharesItsViewButIsNotUsedForAnotherWhileItReads() throws IOException {
        byte[] record = write(new Observed());
        byte[] inner = write("inner");
        byte[] nested = new byte[record.length + inner.length];
        int split = record.length - Integer.BYTES;
        System.arraycopy(record, 0, nested, 0, split);
        System.arraycopy(inner, 0, nested, split, inner.length);
        System.arraycopy(record, split, nested, split + inner.length, Integer.BYTES);
        DataInputDeserializer view = new DataInputDeserializer(twice(nested));
        List<Object> read = new ArrayList<>();
        observer =
                input -> {
                    try {
                        read.add(serializer.deserialize(view));
                        read.add(serializer.deserialize(new DataInputDeserializer(inner)));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };

        for (int records = 1; records <= 2; records++) {
            serializer.deserialize(view);
            assertThat(view.getPosition()).isEqualTo(records * nested.length);
        }

        assertThat(read).containsExactly("inner", "inner", "inner", "inner");
    }

    private Input inputOf(DataInputView view) throws IOException {
        List<Input> inputs = new ArrayList<>();
        observer = inputs::add;
        serializer.deserialize(view);
        return inputs.get(0);
    }

    private byte[] write(Object value) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        serializer.serialize(value, output);
        return output.getCopyOfBuffer();
    }

    private static byte[] twice(byte[] record) {
        byte[] both = Arrays.copyOf(record, 2 * record.length);
        System.arraycopy(record, 0, both, record.length, record.length);
        return both;
    }

    /** Has no content. */
    static final class Observed {}

    /** Lets a test look at the input. */
    public static final class ObservedSerializer extends Serializer<Observed> {
        private static final int END = 4711;

        @Override
        public void write(Kryo kryo, Output output, Observed observed) {
            output.writeInt(END);
        }

        @Override
        public Observed read(Kryo kryo, Input input, Class<? extends Observed> type) {
            observer.accept(input);
            assertThat(input.readInt()).isEqualTo(END);
            return new Observed();
        }
    }
}
