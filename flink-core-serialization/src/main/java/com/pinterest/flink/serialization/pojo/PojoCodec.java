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
 * Encodes, decodes and copies the fields of a POJO of exactly one class, its bytes and exceptions
 * those of {@code PojoSerializer}.
 *
 * <p>It is for what lies behind the flags byte; flags, null POJOs and subclasses stay with the
 * serializer. A codec has no state: whoever calls it hands over the serializers of the fields,
 * which may be stateful, and the fields, for those that cannot be accessed in any other way than by
 * reflection. Hence it may be shared by serializers and by threads.
 *
 * <p>Subclasses are generated.
 *
 * @param <T> the POJO
 */
public abstract class PojoCodec<T> {

    protected PojoCodec() {}

    /**
     * What the constructor without arguments makes.
     *
     * @throws InvocationTargetException what it threw
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

    /** Sets all fields of a POJO, without a look at what they were. */
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
     * What the constructor without arguments makes, with all fields set.
     *
     * @throws InvocationTargetException what the constructor threw
     */
    public abstract T copy(T from, TypeSerializer<Object>[] serializers, Field[] fields)
            throws InvocationTargetException, IllegalAccessException;

    /** Sets all fields of a POJO; their serializers may reuse what they were. */
    public abstract void copyReusing(
            T from, T to, TypeSerializer<Object>[] serializers, Field[] fields)
            throws IllegalAccessException;
}
