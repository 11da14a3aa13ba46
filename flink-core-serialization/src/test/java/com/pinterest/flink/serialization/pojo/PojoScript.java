// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.util.InstantiationUtil;

/**
 * Does with a POJO's serializer all that one can do, and writes down what came out: bytes, values,
 * exceptions, and what objects are the same.
 */
public final class PojoScript implements Callable<String> {

    private static final int VALUES = 4;

    private final ClassLoader user;
    private final Class<Object> type;
    private final Random random;
    private final PojoValues values;
    private final List<Object> mailbox;
    private final Transcript transcript = new Transcript();

    /**
     * @param mailbox receives the snapshot's bytes, then a record's bytes each, then whether there
     *     was a codec
     */
    @SuppressWarnings("unchecked")
    public PojoScript(ClassLoader user, String root, Long seed, List<Object> mailbox)
            throws ClassNotFoundException {
        this.user = user;
        this.type = (Class<Object>) Class.forName(root, true, user);
        this.random = new Random(seed);
        this.values = new PojoValues(random, user);
        this.mailbox = mailbox;
    }

    @Override
    public String call() throws Exception {
        SerializerConfigImpl config = new SerializerConfigImpl();
        Class<?> subclass = Class.forName(type.getPackageName() + ".Sub", true, user);
        if (random.nextBoolean()) {
            config.registerPojoType(subclass);
        }
        TypeSerializer<Object> serializer =
                TypeExtractor.createTypeInfo(type).createSerializer(config);
        transcript.add(serializer.getClass().getName());

        byte[] snapshot = snapshot(serializer);
        transcript.add("snapshot", snapshot);

        List<Object> samples = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            samples.add(values.instance(type));
        }
        samples.add(values.instance(subclass));
        samples.add(null);

        run(serializer, samples, "first");
        mailbox.add(0, snapshot(serializer));
        run(serializer.duplicate(), samples, "duplicate");
        run(
                InstantiationUtil.deserializeObject(
                        InstantiationUtil.serializeObject(serializer), user),
                samples,
                "java-serialized");
        TypeSerializerSnapshot<Object> read =
                TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
                        new DataInputDeserializer(snapshot), user);
        run(read.restoreSerializer(), samples, "restored");
        transcript.add("equal", serializer.equals(serializer.duplicate()));
        failures(serializer, samples);
        mailbox.add(hasCodec(serializer));
        return transcript.toString();
    }

    /** It has the subclasses that the serializer has met. */
    private static byte[] snapshot(TypeSerializer<Object> serializer) throws IOException {
        DataOutputSerializer snapshot = new DataOutputSerializer(64);
        TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
                snapshot, serializer.snapshotConfiguration());
        return snapshot.getCopyOfBuffer();
    }

    private void run(TypeSerializer<Object> serializer, List<Object> samples, String name) {
        for (int i = 0; i < samples.size(); i++) {
            Object sample = samples.get(i);
            transcript.add(name, i, Transcript.describe(sample));
            byte[] bytes = serialize(serializer, sample);
            transcript.add("stream", stream(serializer, sample, DataOutputViewStreamWrapper::new));
            transcript.add("view", stream(serializer, sample, AnyView::new));
            transcript.attempt(() -> serializer.copy(sample), sample);
            Object other = samples.get(random.nextInt(samples.size()));
            reuse(reused -> serializer.copy(sample, reused), sample, other);
            if (bytes == null) {
                continue;
            }
            if (name.equals("first")) {
                mailbox.add(bytes);
            }
            transcript.attempt(() -> serializer.deserialize(input(bytes)), sample);
            transcript.attempt(() -> serializer.deserialize(streamInput(bytes)), sample);
            reuse(reused -> serializer.deserialize(reused, input(bytes)), sample, other);
            reuse(reused -> serializer.deserialize(reused, streamInput(bytes)), sample, other);
            transcript.attempt(
                    () -> {
                        DataOutputSerializer copied = new DataOutputSerializer(8);
                        serializer.copy(input(bytes), copied);
                        return copied.getCopyOfBuffer();
                    },
                    null);
            spoilt(serializer, bytes, other);
        }
    }

    /**
     * Too short, and with other flags: unknown ones, a null for a primitive. What shifted the data
     * would ask for arrays of any length.
     */
    private void spoilt(TypeSerializer<Object> serializer, byte[] bytes, Object other) {
        byte[] half = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        transcript.attempt(() -> serializer.deserialize(input(half)), null);
        reuse(reused -> serializer.deserialize(reused, input(half)), null, other);
        byte[] flipped = bytes.clone();
        flipped[0] = random.nextInt(4) == 0 ? 16 : bytes[0];
        if (bytes.length > 1 && PojoValues.fields(type).get(0).getType().isPrimitive()) {
            flipped[1] = 1;
        }
        transcript.attempt(() -> serializer.deserialize(input(flipped)), null);
        reuse(reused -> serializer.deserialize(reused, input(flipped)), null, other);
    }

    /** Into a POJO of its own, which is looked at afterwards. */
    private void reuse(Reuse action, Object sample, Object other) {
        Object reused = values.clone(other);
        Object before = values.shallowClone(reused);
        transcript.attempt(() -> action.apply(reused), sample);
        transcript.add("reused", Transcript.describe(reused));
        transcript.add("kept", Transcript.shared(before, reused));
        transcript.add("taken", Transcript.shared(sample, reused));
    }

    /**
     * With a constructor that throws, and with a value that does not fit its field's serializer.
     */
    private void failures(TypeSerializer<Object> serializer, List<Object> samples)
            throws ReflectiveOperationException {
        byte[] bytes = serialize(serializer, samples.get(0));
        Field failing = type.getField("failing");
        failing.setBoolean(null, true);
        try {
            transcript.attempt(() -> serializer.copy(samples.get(0)), null);
            transcript.attempt(serializer::createInstance, null);
            if (bytes != null) {
                transcript.attempt(() -> serializer.deserialize(input(bytes)), null);
                transcript.attempt(() -> serializer.deserialize(null, input(bytes)), null);
            }
        } finally {
            failing.setBoolean(null, false);
        }
        Object misfit = values.misfit(type);
        serialize(serializer, misfit);
        transcript.attempt(() -> serializer.copy(misfit), null);
        reuse(reused -> serializer.copy(misfit, reused), misfit, samples.get(0));
        reuse(reused -> serializer.copy(samples.get(0), reused), samples.get(0), misfit);
        if (bytes != null) {
            reuse(reused -> serializer.deserialize(reused, input(bytes)), null, misfit);
        }
    }

    private byte[] serialize(TypeSerializer<Object> serializer, Object value) {
        DataOutputSerializer target = new DataOutputSerializer(16);
        boolean done =
                transcript.attempt(
                        () -> {
                            serializer.serialize(value, target);
                            return null;
                        },
                        null);
        transcript.add("bytes", target.getCopyOfBuffer());
        return done ? target.getCopyOfBuffer() : null;
    }

    private byte[] stream(
            TypeSerializer<Object> serializer,
            Object value,
            Function<OutputStream, DataOutputView> views) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        transcript.attempt(
                () -> {
                    serializer.serialize(value, views.apply(bytes));
                    return null;
                },
                null);
        return bytes.toByteArray();
    }

    private static DataInputView input(byte[] bytes) {
        return new DataInputDeserializer(bytes);
    }

    private static DataInputView streamInput(byte[] bytes) {
        return new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes));
    }

    private static boolean hasCodec(TypeSerializer<Object> serializer)
            throws IllegalAccessException {
        for (Field field : serializer.getClass().getDeclaredFields()) {
            if (field.getName().equals("codec")) {
                field.setAccessible(true);
                return field.get(serializer) != null;
            }
        }
        return false;
    }

    /** A view that nobody knows better. */
    private static final class AnyView extends DataOutputViewStreamWrapper {
        AnyView(OutputStream bytes) {
            super(bytes);
        }
    }

    private interface Reuse {
        Object apply(Object reused) throws IOException;
    }
}
