// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A POJO of a {@link PojoStateJob}: its fields get values that follow from a number, and its text
 * says all of them. It has no fields itself.
 */
public abstract class NumberedPojo {

    private static final List<String> STRINGS =
            List.of(
                    "",
                    "plain",
                    "na\u00efve",
                    "\u0438\u043c\u044f",
                    "\u540d\u524d",
                    "\ud83d\ude42");

    /** Fills the fields, one reference in five with null. */
    public NumberedPojo fill(long number) throws ReflectiveOperationException {
        for (Field field : fields()) {
            long seed = number * 31 + field.getName().hashCode();
            field.set(this, value(field.getType(), seed));
        }
        return this;
    }

    private static Object value(Class<?> type, long seed) throws ReflectiveOperationException {
        if (type == long.class) {
            return seed * 1_000_000_007L;
        } else if (type == int.class) {
            return (int) seed;
        } else if (type == double.class) {
            return seed / 7.0;
        } else if (type == boolean.class) {
            return seed % 2 == 0;
        } else if (seed % 5 == 0) {
            return null;
        } else if (type == Integer.class) {
            return (int) seed;
        } else if (type == String.class) {
            return STRINGS.get(Math.floorMod(seed, STRINGS.size())) + seed;
        } else if (type == ArrayList.class) {
            return new ArrayList<>(STRINGS.subList(0, Math.floorMod(seed, STRINGS.size())));
        }
        NumberedPojo nested = (NumberedPojo) type.getDeclaredConstructor().newInstance();
        return nested.fill(seed);
    }

    /**
     * What this is as an instance of the class of the same name in another class loader: fields
     * that only that one has are empty, and those that only this one has are left out.
     */
    NumberedPojo migrated(ClassLoader loader) throws ReflectiveOperationException {
        NumberedPojo other =
                (NumberedPojo)
                        loader.loadClass(getClass().getName())
                                .getDeclaredConstructor()
                                .newInstance();
        Map<String, Object> values = values();
        for (Field field : other.fields()) {
            Object value = values.get(field.getName());
            if (value instanceof NumberedPojo) {
                value = ((NumberedPojo) value).migrated(loader);
            }
            if (value != null) {
                field.set(other, value);
            }
        }
        return other;
    }

    private List<Field> fields() {
        List<Field> fields = List.of(getClass().getDeclaredFields());
        fields.forEach(field -> field.setAccessible(true));
        return fields;
    }

    private Map<String, Object> values() {
        Map<String, Object> values = new TreeMap<>();
        for (Field field : fields()) {
            try {
                values.put(field.getName(), field.get(this));
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        return values;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof NumberedPojo && toString().equals(other.toString());
    }

    @Override
    public final int hashCode() {
        return toString().hashCode();
    }

    @Override
    public final String toString() {
        return values().toString();
    }
}
