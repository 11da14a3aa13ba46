// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.api.java.typeutils.TypeExtractor;

/**
 * The rules of the type extraction for POJOs. The extraction stops at the first broken rule, and at
 * best logs it on the client; this class returns all of them.
 *
 * @see <a href="https://nightlies.apache.org/flink/flink-docs-release-2.3/docs/dev/datastream/
 *     fault-tolerance/serialization/types_serialization/#rules-for-pojo-types">Rules for POJO
 *     types</a>
 */
final class PojoRules {

    private PojoRules() {}

    /** Returns the rules that a class breaks; empty if it is a POJO. */
    static List<String> violatedBy(Class<?> type) {
        if (type.isInterface()) {
            return List.of("it is an interface");
        }
        List<String> violations = new ArrayList<>();
        if (!Modifier.isPublic(type.getModifiers())) {
            violations.add("the class is not public");
        }
        List<Field> fields = serializedFields(type);
        if (fields.isEmpty()) {
            violations.add("it has no fields");
        }
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.getName())) {
                violations.add("a superclass has a field " + field.getName() + " too");
            }
        }
        boolean isRecord = TypeExtractor.isRecord(type);
        if (!isRecord) {
            addInaccessible(type, fields, violations);
        }
        addSerializationMethods(type, violations);
        if (!isRecord) {
            addConstructor(type, violations);
        }
        return violations;
    }

    private static List<Field> serializedFields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                // The compiler adds a field for the outer instance of an inner class; see below.
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
                        && !field.isSynthetic()) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static void addInaccessible(
            Class<?> type, List<Field> fields, List<String> violations) {
        for (Field field : fields) {
            if (Modifier.isPublic(field.getModifiers())) {
                continue;
            }
            boolean getter = false;
            boolean setter = false;
            for (Method method : type.getMethods()) {
                getter |= isGetter(method, field);
                setter |= isSetter(method, field, type);
            }
            if (!getter || !setter) {
                violations.add(
                        String.format(
                                "field %s is not public and has no public %s",
                                field.getName(),
                                getter ? "setter" : setter ? "getter" : "getter and setter"));
            }
        }
    }

    private static boolean isGetter(Method method, Field field) {
        String name = plain(field.getName());
        return Set.of("get" + name, "is" + name, name).contains(plain(method.getName()))
                && method.getParameterCount() == 0
                && holds(method.getReturnType(), method.getGenericReturnType(), field);
    }

    private static boolean isSetter(Method method, Field field, Class<?> type) {
        String name = plain(field.getName());
        String called = plain(method.getName());
        boolean named =
                called.equals("set" + name)
                        // Scala's
                        || called.equals(name + "$eq")
                        || (name.startsWith("is") && called.equals("set" + name.substring(2)));
        return named
                && method.getParameterCount() == 1
                && holds(method.getParameterTypes()[0], method.getGenericParameterTypes()[0], field)
                && (method.getReturnType() == void.class || method.getReturnType() == type);
    }

    private static boolean holds(Class<?> raw, Type type, Field field) {
        return type.equals(field.getGenericType())
                || raw == MethodType.methodType(field.getType()).wrap().returnType();
    }

    /** Returns the name in the form that the extraction compares: without case and underscores. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }

    private static void addSerializationMethods(Class<?> type, List<String> violations) {
        Set<String> methods = new HashSet<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                methods.add(method.getName());
            }
        }
        for (String name : List.of("readObject", "writeObject")) {
            if (methods.contains(name)) {
                violations.add("it has a method " + name + ", which Flink would not call");
            }
        }
    }

    private static void addConstructor(Class<?> type, List<String> violations) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return;
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 0) {
                // A generated one is as accessible as the class and changes with it.
                if (!Modifier.isPublic(constructor.getModifiers())
                        && access(constructor.getModifiers()) != access(type.getModifiers())) {
                    violations.add("its constructor without arguments is not public");
                }
                return;
            }
        }
        violations.add(
                type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers())
                        ? "it is an inner class: make it static"
                        : "it has no constructor without arguments");
    }

    private static int access(int modifiers) {
        return modifiers & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE);
    }
}
