// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * A codec that encodes, decodes and copies the fields of a POJO of exactly one class, with the
 * bytes and exceptions of {@code PojoSerializer}.
 *
 * <p>It handles what follows the flags byte; flags, null POJOs and subclasses stay with the
 * serializer. A codec has no state: the caller passes the serializers of the fields, which may be
 * stateful, and the {@code Field} objects for fields that are only accessible by reflection. A
 * codec may therefore be shared by serializers and by threads.
 *
 * <p>Subclasses are generated.
 *
 * @param <T> the type of the POJO
 */
public abstract class PojoCodec<T> {

    protected PojoCodec() {}

    /**
     * Creates a POJO with the constructor without arguments.
     *
     * @throws InvocationTargetException if the constructor throws an exception
     */
    public abstract T newInstance() throws InvocationTargetException;

    public final void serialize(
            T value, DataOutputView target, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException {
        if (target.getClass() == DataOutputSerializer.class) {
            write(value, (DataOutputSerializer) target, serializers, fields);
        } else if (target.getClass() == DataOutputViewStreamWrapper.class) {
            try (BufferedOutputView buffered = BufferedOutputView.to(target)) {
                write(value, buffered, serializers, fields);
            }
        } else {
            write(value, target, serializers, fields);
        }
    }

    /** Reads all fields of a POJO, ignoring their previous values. */
    public final void deserialize(
            T value, DataInputView source, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException {
        if (source.getClass() == DataInputDeserializer.class) {
            read(value, (DataInputDeserializer) source, serializers, fields);
        } else {
            read(value, source, serializers, fields);
        }
    }

    /** Sets all fields of a POJO; their serializers may reuse what they were. */
    public final void deserializeReusing(
            T value, DataInputView source, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException {
        if (source.getClass() == DataInputDeserializer.class) {
            readReusing(value, (DataInputDeserializer) source, serializers, fields);
        } else {
            readReusing(value, source, serializers, fields);
        }
    }

    protected abstract void write(
            T value, DataOutputView target, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException;

    protected abstract void write(
            T value,
            DataOutputSerializer target,
            TypeSerializer<Object>[] serializers,
            Field[] fields)
            throws IOException, IllegalAccessException;

    protected abstract void read(
            T value, DataInputView source, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException;

    protected abstract void read(
            T value,
            DataInputDeserializer source,
            TypeSerializer<Object>[] serializers,
            Field[] fields)
            throws IOException, IllegalAccessException;

    protected abstract void readReusing(
            T value, DataInputView source, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IOException, IllegalAccessException;

    protected abstract void readReusing(
            T value,
            DataInputDeserializer source,
            TypeSerializer<Object>[] serializers,
            Field[] fields)
            throws IOException, IllegalAccessException;

    /**
     * Creates a POJO with the constructor without arguments, and copies all fields into it.
     *
     * @throws InvocationTargetException if the constructor throws an exception
     */
    public abstract T copy(T from, TypeSerializer<Object>[] serializers, Field[] fields)
            throws InvocationTargetException, IllegalAccessException;

    /** Sets all fields of a POJO; their serializers may reuse what they were. */
    public abstract void copyReusing(
            T from, T to, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IllegalAccessException;
}
