// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DateSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Each field of a POJO with each serializer, whether they fit or not. */
public final class MismatchScript implements Callable<String> {

    private final Class<?> type;
    private final Transcript transcript = new Transcript();

    public MismatchScript(ClassLoader user, String root) throws ClassNotFoundException {
        this.type = Class.forName(root, true, user);
    }

    @Override
    public String call() throws Exception {
        List<TypeSerializer<?>> serializers =
                List.of(
                        BooleanSerializer.INSTANCE,
                        ByteSerializer.INSTANCE,
                        CharSerializer.INSTANCE,
                        ShortSerializer.INSTANCE,
                        IntSerializer.INSTANCE,
                        LongSerializer.INSTANCE,
                        FloatSerializer.INSTANCE,
                        DoubleSerializer.INSTANCE,
                        StringSerializer.INSTANCE,
                        DateSerializer.INSTANCE,
                        new ListSerializer<>(IntSerializer.INSTANCE));
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || field.getName().equals("good")) {
                continue;
            }
            for (TypeSerializer<?> serializer : serializers) {
                transcript.add(field, serializer.getClass());
                run(field, serializer);
            }
        }
        return transcript.toString();
    }

    @SuppressWarnings("unchecked")
    private <F> void run(Field field, TypeSerializer<F> of) throws Exception {
        TypeSerializer<Object> pojo =
                (TypeSerializer<Object>)
                        new PojoSerializer<>(
                                type,
                                new TypeSerializer<?>[] {of, IntSerializer.INSTANCE},
                                new Field[] {field, type.getDeclaredField("good")},
                                new SerializerConfigImpl());
        Object value = instance();
        DataOutputSerializer target = new DataOutputSerializer(16);
        transcript.attempt(
                () -> {
                    pojo.serialize(value, target);
                    return null;
                },
                null);
        transcript.add(target.getCopyOfBuffer());
        transcript.attempt(() -> pojo.copy(value), value);
        transcript.attempt(() -> pojo.copy(value, instance()), value);
        for (boolean isNull : new boolean[] {true, false}) {
            byte[] bytes = bytes(isNull, of);
            transcript.attempt(() -> pojo.deserialize(new DataInputDeserializer(bytes)), null);
            Object reused = instance();
            transcript.attempt(
                    () -> pojo.deserialize(reused, new DataInputDeserializer(bytes)), reused);
            transcript.add(Transcript.describe(reused));
        }
    }

    private Object instance() throws ReflectiveOperationException {
        return type.getConstructor().newInstance();
    }

    private static <F> byte[] bytes(boolean isNull, TypeSerializer<F> of) throws IOException {
        DataOutputSerializer bytes = new DataOutputSerializer(16);
        bytes.writeByte(2);
        bytes.writeBoolean(isNull);
        if (!isNull) {
            of.serialize(of.copy(fixed(of.createInstance())), bytes);
        }
        bytes.writeBoolean(false);
        bytes.writeInt(5);
        return bytes.getCopyOfBuffer();
    }

    /** A new date is that of now. */
    @SuppressWarnings("JavaUtilDate")
    private static <F> F fixed(F value) {
        if (value instanceof java.util.Date) {
            ((java.util.Date) value).setTime(12);
        }
        return value;
    }
}
