// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** The conditions under which generated code may access a POJO and its fields. */
final class PojoEligibility {

    private static final Class<?>[] ENGINE = {
        PojoCodec.class,
        TypeSerializer.class,
        PojoSerializer.class,
        DataInputView.class,
        DataInputDeserializer.class,
        DataOutputView.class,
        DataOutputSerializer.class
    };

    private PojoEligibility() {}

    /** Returns the reason why a POJO can have no codec, or empty if it can have one. */
    static Optional<String> obstacle(Class<?> pojo, Field[] fields) {
        if (!NestMates.areSupported()) {
            return Optional.of("this Java has no hidden classes");
        }
        if (pojo.isInterface() || Modifier.isAbstract(pojo.getModifiers())) {
            return Optional.of("it has no instances");
        }
        if (Arrays.stream(pojo.getDeclaredConstructors())
                .noneMatch(constructor -> constructor.getParameterCount() == 0)) {
            return Optional.of("it has no constructor without arguments");
        }
        for (Field field : fields) {
            if (field == null) {
                return Optional.of("the data has a field that the class no longer has");
            }
        }
        if (!isVisible(pojo, pojo)) {
            return Optional.of("its class loader does not know it by name");
        }
        for (Class<?> engine : ENGINE) {
            if (!isVisible(engine, pojo)) {
                return Optional.of("its class loader does not see the engine's " + engine);
            }
        }
        return Optional.empty();
    }

    /** Returns whether a nest-mate of the POJO can read and write the field. */
    static boolean isAccessible(Field field, Class<?> pojo) {
        int modifiers = field.getModifiers();
        Class<?> owner = field.getDeclaringClass();
        if (Modifier.isFinal(modifiers)
                || Modifier.isStatic(modifiers)
                || !isAccessible(owner, pojo)
                || !isAccessible(field.getType(), pojo)) {
            return false;
        }
        if (Modifier.isPublic(modifiers)) {
            return true;
        }
        return Modifier.isPrivate(modifiers)
                ? owner.isNestmateOf(pojo)
                : isOfSamePackage(owner, pojo);
    }

    /**
     * Returns whether code next to the POJO can use the name of the class, and it refers to this
     * class.
     */
    static boolean isAccessible(Class<?> type, Class<?> pojo) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        if (element.isPrimitive()) {
            return true;
        }
        boolean open =
                Modifier.isPublic(element.getModifiers())
                        && element.getModule()
                                .isExported(element.getPackageName(), pojo.getModule());
        return (open || isOfSamePackage(element, pojo)) && isVisible(element, pojo);
    }

    private static boolean isOfSamePackage(Class<?> one, Class<?> other) {
        return one.getClassLoader() == other.getClassLoader()
                && one.getPackageName().equals(other.getPackageName());
    }

    private static boolean isVisible(Class<?> type, Class<?> pojo) {
        try {
            return Class.forName(type.getName(), false, pojo.getClassLoader()) == type;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
