// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/** The way in which a codec processes a field. Immutable. */
final class FieldPlan {

    enum Coding {
        /** A primitive that the view writes and reads. */
        PRIMITIVE,
        /** The wrapper of a primitive; the view writes and reads its value. */
        BOXED,
        /** A string with the string serializer; never copied. */
        STRING,
        /** A serializer of a final class of the engine, called without a virtual look-up. */
        KNOWN_SERIALIZER,
        /** Any other serializer. */
        ANY_SERIALIZER
    }

    private static final Map<Class<?>, Class<?>> SERIALIZERS_OF_PRIMITIVES =
            Map.of(
                    boolean.class, BooleanSerializer.class,
                    byte.class, ByteSerializer.class,
                    char.class, CharSerializer.class,
                    short.class, ShortSerializer.class,
                    int.class, IntSerializer.class,
                    long.class, LongSerializer.class,
                    float.class, FloatSerializer.class,
                    double.class, DoubleSerializer.class);

    private final Field field;
    private final boolean direct;
    private final Coding coding;
    private final Class<?> serializer;

    private FieldPlan(Field field, boolean direct, Coding coding, Class<?> serializer) {
        this.field = field;
        this.direct = direct;
        this.coding = coding;
        this.serializer = serializer;
    }

    static FieldPlan of(Class<?> pojo, Field field, TypeSerializer<?> serializer) {
        Class<?> type = field.getType();
        Class<?> coder = serializer.getClass();
        boolean accessible = PojoEligibility.isAccessible(field, pojo);
        if (accessible && coder == SERIALIZERS_OF_PRIMITIVES.get(unwrapped(type))) {
            Coding coding = type.isPrimitive() ? Coding.PRIMITIVE : Coding.BOXED;
            return new FieldPlan(field, true, coding, coder);
        }
        if (accessible
                && type == String.class
                && coder == StringSerializer.class
                && PojoEligibility.isAccessible(coder, pojo)) {
            return new FieldPlan(field, true, Coding.STRING, coder);
        }
        // A primitive with another serializer is left to reflection, which knows all conversions.
        boolean direct = accessible && !type.isPrimitive();
        return isKnown(coder, pojo)
                ? new FieldPlan(field, direct, Coding.KNOWN_SERIALIZER, coder)
                : new FieldPlan(field, direct, Coding.ANY_SERIALIZER, TypeSerializer.class);
    }

    /** Returns the primitive of a wrapper, or any other type unchanged. */
    private static Class<?> unwrapped(Class<?> type) {
        return MethodType.methodType(type).unwrap().returnType();
    }

    private static boolean isKnown(Class<?> serializer, Class<?> pojo) {
        return Modifier.isFinal(serializer.getModifiers())
                && isOfEngine(serializer)
                && PojoEligibility.isAccessible(serializer, pojo);
    }

    /**
     * Returns whether the class belongs to the engine. A codec treats all other serializer classes
     * alike.
     */
    static boolean isOfEngine(Class<?> serializer) {
        return serializer.getClassLoader() == TypeSerializer.class.getClassLoader();
    }

    Class<?> owner() {
        return field.getDeclaringClass();
    }

    String name() {
        return field.getName();
    }

    Class<?> type() {
        return field.getType();
    }

    /**
     * Returns the primitive type of the field, or the primitive that it wraps, if it is one of the
     * two.
     */
    Class<?> primitive() {
        return unwrapped(type());
    }

    /** Returns whether the codec accesses the field directly instead of by reflection. */
    boolean isDirect() {
        return direct;
    }

    Coding coding() {
        return coding;
    }

    /** Returns the class that the call of the serializer names. */
    Class<?> serializer() {
        return serializer;
    }
}
