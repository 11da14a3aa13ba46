// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** What a script saw, in words that do not depend on the world it ran in. */
final class Transcript {

    private final StringBuilder text = new StringBuilder();

    void add(Object... words) {
        for (Object word : words) {
            text.append(word instanceof byte[] ? Arrays.toString((byte[]) word) : word);
            text.append(' ');
        }
        text.append('\n');
    }

    /**
     * Writes down the outcome of an action.
     *
     * @param original what the outcome may share objects with
     * @return whether there was no exception
     */
    boolean attempt(Callable<Object> action, Object original) {
        try {
            Object result = action.call();
            add("result", describe(result), "shares", shared(original, result));
            return true;
        } catch (Exception | LinkageError | AssertionError e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                add("thrown", cause.getClass().getName(), message(cause));
            }
            return false;
        }
    }

    /**
     * Without the addresses of class loaders and objects. What HotSpot itself throws has no message
     * once it has been compiled.
     */
    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null
                        || thrown instanceof IndexOutOfBoundsException
                        || thrown instanceof ClassCastException
                        || thrown instanceof NullPointerException
                ? ""
                : message.replaceAll("loader '?[^ ;)]*'?( @[0-9a-f]+)?", "loader")
                        .replaceAll("loader [^ ;)]* @[0-9a-f]+", "loader")
                        .replaceAll("@[0-9a-f]+", "@");
    }

    static String describe(Object value) {
        if (value == null) {
            return "null";
        }
        Class<?> type = value.getClass();
        StringBuilder words = new StringBuilder(type.getName()).append('(');
        if (type.isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                words.append(describe(Array.get(value, i))).append(',');
            }
        } else if (value instanceof Map) {
            List<String> entries = new ArrayList<>();
            ((Map<?, ?>) value)
                    .forEach((key, of) -> entries.add(describe(key) + '=' + describe(of)));
            entries.stream().sorted().forEach(words::append);
        } else if (value instanceof Collection) {
            ((Collection<?>) value).forEach(element -> words.append(describe(element)));
        } else if (PojoValues.isPojo(type)) {
            for (Field field : PojoValues.fields(type)) {
                words.append(field.getName()).append('=');
                words.append(describe(PojoValues.get(field, value))).append(',');
            }
        } else if (isOfNow(value)) {
            words.append("now");
        } else if (type != Object.class) {
            words.append(value);
        }
        return words.append(')').toString();
    }

    /** Serializers make dates of the present time. */
    @SuppressWarnings("JavaUtilDate")
    private static boolean isOfNow(Object value) {
        long anHourAgo = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        return value instanceof Date && ((Date) value).getTime() > anHourAgo;
    }

    /** The paths to objects that are the same in both. */
    static List<String> shared(Object one, Object other) {
        List<String> paths = new ArrayList<>();
        shared(one, other, "", paths);
        return paths;
    }

    private static void shared(Object one, Object other, String path, List<String> paths) {
        if (one == null || other == null) {
            return;
        }
        if (one == other) {
            paths.add(path + "/same");
            return;
        }
        if (one.getClass() != other.getClass()) {
            return;
        }
        if (one instanceof Object[]) {
            Object[] ones = (Object[]) one;
            Object[] others = (Object[]) other;
            for (int i = 0; i < Math.min(ones.length, others.length); i++) {
                shared(ones[i], others[i], path + '/' + i, paths);
            }
        } else if (one instanceof List) {
            shared(((List<?>) one).toArray(), ((List<?>) other).toArray(), path, paths);
        } else if (PojoValues.isPojo(one.getClass())) {
            for (Field field : PojoValues.fields(one.getClass())) {
                if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
                    shared(
                            PojoValues.get(field, one),
                            PojoValues.get(field, other),
                            path + '/' + field.getName(),
                            paths);
                }
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
