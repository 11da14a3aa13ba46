// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.api.java.typeutils.runtime.TupleSerializerBase;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;

/**
 * A search for Kryo in a serializer and the serializers nested in it.
 *
 * <p>Serializers have no common method that returns their nested serializers, and those of tables,
 * of Scala and of users are unknown here. The search therefore follows their Java fields: each
 * field with a serializer, or with an array of serializers, is a branch. Only {@link
 * PojoSerializer} is treated separately, because the names of its fields are known to the user.
 */
final class SerializerTree {

    private static final String SUFFIX = "serializer";

    /** Names of fields that contain a wrapped serializer rather than that of a part. */
    private static final Set<String> WRAPPED =
            Set.of("", "original", "wrapped", "inner", "delegate", "type");

    private static final Map<String, String> PARTS =
            Map.of("element", "[]", "component", "[]", "key", "{key}", "value", "{value}");

    private final SerializerConfig config;
    private final Consumer<KryoFallback> found;

    /**
     * The serializers on the path to the current one; a serializer that contains itself ends the
     * search.
     */
    private final Deque<TypeSerializer<?>> ancestors = new ArrayDeque<>();

    private SerializerTree(SerializerConfig config, Consumer<KryoFallback> found) {
        this.config = config;
        this.found = found;
    }

    /** Returns all parts of a type that go through Kryo, in the order of its fields. */
    static List<KryoFallback> fallbacks(TypeSerializer<?> root, SerializerConfig config) {
        List<KryoFallback> fallbacks = new ArrayList<>();
        new SerializerTree(config, fallbacks::add).visit("", root, null);
        return fallbacks;
    }

    /**
     * Visits a serializer.
     *
     * @param path the path to the serializer; empty at the root
     * @param type the type as the source code declares it, or null if it is unknown
     */
    @SuppressWarnings("ReferenceEquality") // Serializers may be equal without being the same node.
    private void visit(String path, TypeSerializer<?> serializer, Type type) {
        if (ancestors.stream().anyMatch(ancestor -> ancestor == serializer)) {
            return;
        }
        if (serializer instanceof KryoSerializer) {
            found.accept(fallback(path, (Class<?>) read(serializer, "type"), type));
            return;
        }
        ancestors.push(serializer);
        if (serializer instanceof PojoSerializer) {
            visitPojo(path, serializer);
        } else {
            visitParts(path, serializer, type);
        }
        ancestors.pop();
    }

    private void visitPojo(String path, TypeSerializer<?> pojo) {
        String here = path.isEmpty() ? name((Class<?>) read(pojo, "clazz")) : path;
        Field[] fields = (Field[]) read(pojo, "fields");
        TypeSerializer<?>[] ofFields = (TypeSerializer<?>[]) read(pojo, "fieldSerializers");
        for (int i = 0; i < fields.length; i++) {
            // Null stands for a field that the class no longer has.
            if (fields[i] != null) {
                visit(here + "." + fields[i].getName(), ofFields[i], fields[i].getGenericType());
            }
        }
        int subclass = 0;
        TypeSerializer<?>[] ofSubclasses =
                (TypeSerializer<?>[]) read(pojo, "registeredSerializers");
        for (Object registered : ((Map<?, ?>) read(pojo, "registeredClasses")).keySet()) {
            visit(
                    here + "(" + name((Class<?>) registered) + ")",
                    ofSubclasses[subclass++],
                    (Class<?>) registered);
        }
    }

    private void visitParts(String path, TypeSerializer<?> serializer, Type type) {
        List<String> steps = new ArrayList<>();
        List<TypeSerializer<?>> parts = new ArrayList<>();
        for (Field field : instanceFields(serializer.getClass())) {
            if (TypeSerializer.class.isAssignableFrom(field.getType())) {
                steps.add(step(field));
                parts.add((TypeSerializer<?>) read(serializer, field));
            } else if (TypeSerializer[].class.isAssignableFrom(field.getType())) {
                TypeSerializer<?>[] several = (TypeSerializer<?>[]) read(serializer, field);
                for (int i = 0; several != null && i < several.length; i++) {
                    steps.add(".f" + i);
                    parts.add(several[i]);
                }
            }
        }
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) == null) {
                continue;
            }
            boolean wrapped = steps.get(i).isEmpty();
            String here = path.isEmpty() && !wrapped ? name(serializer) : path;
            visit(
                    here + steps.get(i),
                    parts.get(i),
                    wrapped ? type : partOf(type, i, parts.size()));
        }
    }

    private KryoFallback fallback(String path, Class<?> kryo, Type declared) {
        Type type = declared != null && Diagnosis.erase(declared) == kryo ? declared : kryo;
        boolean recursive =
                ancestors.stream()
                        .anyMatch(
                                ancestor ->
                                        ancestor instanceof PojoSerializer
                                                && read(ancestor, "clazz") == kryo);
        return new KryoFallback(
                path.isEmpty() ? name(kryo) : path,
                type.getTypeName(),
                recursive ? Diagnosis.recursive() : Diagnosis.of(type, config),
                KryoCost.of(kryo));
    }

    private static String step(Field field) {
        String name = field.getName();
        if (name.toLowerCase(Locale.ROOT).endsWith(SUFFIX)) {
            name = name.substring(0, name.length() - SUFFIX.length());
        }
        return WRAPPED.contains(name) ? "" : PARTS.getOrDefault(name, "." + name);
    }

    /**
     * Returns the declared type of a part. Flink's serializers keep the order of the type
     * arguments.
     */
    private static Type partOf(Type type, int part, int parts) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            return arguments.length == parts ? arguments[part] : null;
        }
        return type instanceof GenericArrayType
                ? ((GenericArrayType) type).getGenericComponentType()
                : null;
    }

    private static String name(TypeSerializer<?> serializer) {
        if (serializer instanceof TupleSerializerBase) {
            return name(((TupleSerializerBase<?>) serializer).getTupleClass());
        }
        String name = name(serializer.getClass());
        return name.toLowerCase(Locale.ROOT).endsWith(SUFFIX)
                ? name.substring(0, name.length() - SUFFIX.length())
                : name;
    }

    /** Returns the name without the package. */
    private static String name(Class<?> type) {
        String name = type.getTypeName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    // ------------------------------------------------------------------ reflection

    private static List<Field> instanceFields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != TypeSerializer.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static Object read(TypeSerializer<?> serializer, String name) {
        for (Field field : instanceFields(serializer.getClass())) {
            if (field.getName().equals(name)) {
                return read(serializer, field);
            }
        }
        throw new IllegalStateException(serializer.getClass() + " has no field " + name);
    }

    private static Object read(TypeSerializer<?> serializer, Field field) {
        try {
            field.setAccessible(true);
            return field.get(serializer);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Cannot read " + field, e);
        }
    }
}
