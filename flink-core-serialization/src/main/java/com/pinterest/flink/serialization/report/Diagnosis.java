// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializerConfig;

/**
 * The reason why the type extraction leaves a type to Kryo, and how to fix it. Immutable.
 *
 * <p>It makes the checks of the extraction in the same order, so that the first one that applies is
 * the reason.
 */
final class Diagnosis {

    private static final String OWN_TYPE_INFORMATION =
            "give it type information of its own: @TypeInfo on the class or the field, or"
                    + " pipeline.serialization-config with 'type: typeinfo'";

    private static final Map<Class<?>, String> KNOWN_BUT_NOT_CHOSEN =
            Map.of(
                    LocalDate.class, "LOCAL_DATE",
                    LocalTime.class, "LOCAL_TIME",
                    LocalDateTime.class, "LOCAL_DATE_TIME");

    /** Other serialization formats, by the name of the base class of their types. */
    private static final Map<String, String> FORMATS =
            Map.of(
                    "org.apache.thrift.TBase", "Thrift",
                    "com.google.protobuf.Message", "Protocol Buffers",
                    "com.google.protobuf.MessageLite", "Protocol Buffers");

    private final String reason;
    private final String remedy;

    private Diagnosis(String reason, String remedy) {
        this.reason = reason;
        this.remedy = remedy;
    }

    /** Returns the diagnosis for a type that contains itself. */
    static Diagnosis recursive() {
        return new Diagnosis(
                "the type contains itself",
                "remove the inner one, or refer to it by a key; otherwise " + OWN_TYPE_INFORMATION);
    }

    /**
     * Returns the diagnosis for a type.
     *
     * @param type the type with its arguments, as far as they are known
     */
    static Diagnosis of(Type type, SerializerConfig config) {
        Class<?> raw = erase(type);
        Class<?> registered = config.getRegisteredTypesWithKryoSerializerClasses().get(raw);
        if (registered != null) {
            return new Diagnosis(
                    "the job registers the Kryo serializer " + registered.getName() + " for it",
                    "nothing, if this is intended");
        }
        if (config.isForceKryoEnabled()) {
            return new Diagnosis("pipeline.force-kryo is on", "remove pipeline.force-kryo");
        }
        if (raw == Object.class) {
            return new Diagnosis(
                    "nothing is known about the type",
                    "name the type: in the field's declaration, or with returns(...) after the"
                            + " operator");
        }
        if (raw.isAssignableFrom(List.class)
                || raw.isAssignableFrom(Set.class)
                || raw.isAssignableFrom(Map.class)) {
            return ofCollection(type);
        }
        if (Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw)) {
            return new Diagnosis(
                    "it is an implementation class; Flink serializes the interfaces List, Set and"
                            + " Map",
                    "declare it as List, Set or Map with plain classes as arguments; you will get"
                            + " an ArrayList, HashSet or HashMap back");
        }
        String known = KNOWN_BUT_NOT_CHOSEN.get(raw);
        if (known != null) {
            return new Diagnosis(
                    "Flink has a serializer for it, but the extraction does not choose it",
                    "@TypeInfo on the field with a factory that returns Types."
                            + known
                            + ", or returns(Types."
                            + known
                            + ") after the operator");
        }
        String format = format(raw);
        if (format != null) {
            return new Diagnosis(
                    "it is a generated class of " + format + ", which is not a POJO",
                    OWN_TYPE_INFORMATION + ", with a serializer that writes the format itself");
        }
        if (isOfALibrary(raw)) {
            return new Diagnosis(
                    "Flink has no serializer for this class of the library",
                    "keep its value in fields of basic types; otherwise " + OWN_TYPE_INFORMATION);
        }
        List<String> problems = PojoRules.violatedBy(raw);
        if (problems.isEmpty()) {
            return new Diagnosis(
                    "it could be a POJO, but its type information says otherwise",
                    "remove Types.GENERIC or GenericTypeInfo, and name the class with"
                            + " returns(...) where the type of an operator is unknown");
        }
        return new Diagnosis(
                "it is not a POJO: " + String.join("; ", problems),
                raw.isInterface()
                        ? "use a class instead; otherwise " + OWN_TYPE_INFORMATION
                        : "fix this to make it a POJO; otherwise " + OWN_TYPE_INFORMATION);
    }

    /**
     * Returns whether the class cannot be turned into a POJO by the user, such as classes of Java
     * and Scala, and generated ones.
     */
    static boolean isOfALibrary(Class<?> type) {
        return type.getName().startsWith("java.")
                || type.getName().startsWith("scala.")
                || format(type) != null;
    }

    private static Diagnosis ofCollection(Type type) {
        String factory =
                OWN_TYPE_INFORMATION + ", with a factory that returns Types.LIST, SET or MAP";
        if (!(type instanceof ParameterizedType)) {
            return new Diagnosis(
                    "the types of its elements are unknown",
                    "declare them, for example List<Item>; otherwise " + factory);
        }
        List<String> nested = new ArrayList<>();
        for (Type argument : ((ParameterizedType) type).getActualTypeArguments()) {
            if (!(argument instanceof Class)) {
                nested.add(argument.getTypeName());
            }
        }
        if (nested.isEmpty()) {
            return new Diagnosis("its type information requests it", "remove Types.GENERIC");
        }
        return new Diagnosis(
                "the extraction accepts only plain classes as arguments, not "
                        + String.join(", ", nested),
                "make a POJO of the inner type; otherwise " + factory);
    }

    private static String format(Class<?> type) {
        if (type == null) {
            return null;
        }
        String format = FORMATS.get(type.getName());
        if (format == null) {
            format = format(type.getSuperclass());
        }
        for (Class<?> implemented : type.getInterfaces()) {
            if (format == null) {
                format = format(implemented);
            }
        }
        return format;
    }

    /** Returns the class of a type, or null for a variable or a wildcard. */
    static Class<?> erase(Type type) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return (Class<?>) ((ParameterizedType) type).getRawType();
        }
        if (type instanceof GenericArrayType) {
            Class<?> component = erase(((GenericArrayType) type).getGenericComponentType());
            return component == null ? null : Array.newInstance(component, 0).getClass();
        }
        return null;
    }

    String reason() {
        return reason;
    }

    String remedy() {
        return remedy;
    }
}
