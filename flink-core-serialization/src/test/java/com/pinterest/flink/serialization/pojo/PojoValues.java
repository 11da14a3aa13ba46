// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.api.java.tuple.Tuple2;

/** Random values for the types of {@link PojoSources}. */
@SuppressWarnings({"JavaUtilDate", "UnnecessaryStringBuilder"}) // Both are types of fields.
final class PojoValues {

    private static final List<String> STRINGS =
            List.of("", "a", "Grüße", "Привет", "你好", "\uD83D\uDE00", "\0", "x".repeat(200));

    private final Random random;
    private final ClassLoader user;

    PojoValues(Random random, ClassLoader user) {
        this.random = random;
        this.user = user;
    }

    static boolean isPojo(Class<?> type) {
        return type.getName().startsWith("fuzz.") && !Enum.class.isAssignableFrom(type);
    }

    /** The fields of an instance, inherited ones too, in the order of their names. */
    static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> owner = type; owner != Object.class; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        fields.sort(Comparator.comparing(Field::getName));
        return fields;
    }

    static Object get(Field field, Object value) {
        try {
            return field.get(value);
        } catch (IllegalAccessException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    Object instance(Class<?> type) throws ReflectiveOperationException {
        return instance(type, Object.class);
    }

    /** One whose fields that can take anything hold what their serializers cannot take. */
    Object misfit(Class<?> type) throws ReflectiveOperationException {
        Object value = instance(type);
        for (Field field : fields(type)) {
            Object content = field.get(value);
            if (content != null && content.getClass().getSimpleName().equals("Box")) {
                content.getClass().getField("content").set(content, new StringBuilder("misfit"));
            }
        }
        return value;
    }

    Object clone(Object value) {
        return value == null ? null : clone(value, true);
    }

    Object shallowClone(Object value) {
        return value == null ? null : clone(value, false);
    }

    private Object clone(Object value, boolean deep) {
        try {
            Object clone = value.getClass().getConstructor().newInstance();
            for (Field field : fields(value.getClass())) {
                Object of = field.get(value);
                field.set(clone, deep && of != null && isPojo(of.getClass()) ? clone(of) : of);
                if (deep && of instanceof Date && of.getClass() == Date.class) {
                    field.set(clone, ((Date) of).clone());
                }
                if (deep && of instanceof ArrayList) {
                    field.set(clone, new ArrayList<>((List<?>) of));
                }
            }
            return clone;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private Object instance(Class<?> type, Type argument) throws ReflectiveOperationException {
        Object value = type.getConstructor().newInstance();
        for (Field field : fields(type)) {
            Type of = field.getGenericType();
            field.set(value, value(of instanceof TypeVariable ? argument : of));
        }
        return value;
    }

    private Object value(Type type) throws ReflectiveOperationException {
        boolean primitive = type instanceof Class && ((Class<?>) type).isPrimitive();
        if (!primitive && random.nextInt(5) == 0) {
            return null;
        }
        if (type instanceof ParameterizedType) {
            return generic((ParameterizedType) type);
        }
        Class<?> of = (Class<?>) type;
        if (of.isArray()) {
            Object array = Array.newInstance(of.getComponentType(), random.nextInt(4));
            for (int i = 0; i < Array.getLength(array); i++) {
                Object element = value(of.getComponentType());
                Array.set(array, i, element);
            }
            return array;
        }
        if (of.isEnum()) {
            return of.getEnumConstants()[random.nextInt(3)];
        }
        return isPojo(of) ? instance(of) : simple(of);
    }

    private Object generic(ParameterizedType type) throws ReflectiveOperationException {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == Tuple2.class) {
            return Tuple2.of(string(), random.nextInt());
        }
        if (raw == Map.class) {
            Map<String, Long> map = new HashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                map.put(string(), random.nextBoolean() ? random.nextLong() : null);
            }
            return map;
        }
        if (isPojo(raw)) {
            return instance(raw, arguments[0]);
        }
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Object element = value(arguments[0]);
            if (element != null) {
                list.add(element);
            }
        }
        return raw.getSimpleName().equals("Set") ? new HashSet<>(list) : list;
    }

    private Object simple(Class<?> type) {
        switch (type.getSimpleName().toLowerCase(java.util.Locale.ROOT)) {
            case "boolean":
                return random.nextBoolean();
            case "byte":
                return (byte) random.nextInt();
            case "char":
            case "character":
                return (char) random.nextInt();
            case "short":
                return (short) random.nextInt();
            case "int":
            case "integer":
                return random.nextBoolean() ? random.nextInt(100) : random.nextInt();
            case "long":
                return random.nextLong();
            case "float":
                return Float.intBitsToFloat(random.nextInt());
            case "double":
                return Double.longBitsToDouble(random.nextLong());
            case "string":
                return string();
            case "date":
                return new Date(random.nextInt());
            case "timestamp":
                return new Timestamp(random.nextInt());
            case "instant":
                return Instant.ofEpochMilli(random.nextLong() >> 20);
            case "localdate":
                return LocalDate.ofEpochDay(random.nextInt(100_000));
            case "bigdecimal":
                return BigDecimal.valueOf(random.nextLong(), random.nextInt(9));
            case "biginteger":
                return new BigInteger(70, random);
            case "uuid":
                return new UUID(random.nextLong(), random.nextLong());
            case "object":
                return random.nextBoolean() ? string() : Integer.valueOf(random.nextInt());
            default:
                throw new IllegalArgumentException(type + " of " + user);
        }
    }

    private String string() {
        return random.nextInt(8) == 0
                ? new String(new char[random.nextInt(9)])
                : STRINGS.get(random.nextInt(STRINGS.size()))
                        + Arrays.toString(new int[random.nextInt(3)]);
    }
}
