// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sources of a random graph of POJOs: a root with its base and a subclass, types nested in its file
 * and in files of their own, and the root as a later version of the program has it.
 */
final class PojoSources {

    private static final List<String> TYPES =
            List.of(
                    "boolean",
                    "byte",
                    "char",
                    "short",
                    "int",
                    "long",
                    "float",
                    "double",
                    "Boolean",
                    "Byte",
                    "Character",
                    "Short",
                    "Integer",
                    "Long",
                    "Float",
                    "Double",
                    "String",
                    "String",
                    "int[]",
                    "byte[]",
                    "double[]",
                    "String[]",
                    "Integer[]",
                    "java.util.List<String>",
                    "java.util.List<Integer>",
                    "java.util.Map<String, Long>",
                    "java.util.Set<String>",
                    "java.util.Date",
                    "java.sql.Timestamp",
                    "java.time.Instant",
                    "java.time.LocalDate",
                    "java.math.BigDecimal",
                    "java.math.BigInteger",
                    "java.util.UUID",
                    "java.util.ArrayList<String>",
                    "Object",
                    "org.apache.flink.api.java.tuple.Tuple2<String, Integer>");

    /** With a type of the package itself behind each. */
    private static final List<String> OWN_TYPES =
            List.of(
                    "Root.Inner",
                    "Root.Color",
                    "Other",
                    "java.util.List<Other>",
                    "Other[]",
                    "Box<Integer>",
                    "Box<String>",
                    "Box<Other>");

    private static final List<String> FAILURES =
            List.of(
                    "new IllegalStateException(\"no\")",
                    "new java.io.IOException(\"no\")",
                    "new AssertionError(\"no\")");

    private final Random random;
    private final String packageName;
    private final Map<String, String> sources = new HashMap<>();
    private final Map<String, String> evolved = new HashMap<>();
    private int fields;

    PojoSources(Random random, String packageName) {
        this.random = random;
        this.packageName = packageName;
        write();
    }

    String root() {
        return packageName + ".Root";
    }

    /** By class name. */
    Map<String, String> sources() {
        return sources;
    }

    /** The same classes, some fields removed from the root and some added. */
    Map<String, String> evolved() {
        return evolved;
    }

    private void write() {
        add("Other", "public class Other {" + members(fields(4, false)) + "}");
        add(
                "Box",
                "public class Box<T> { public T content; private int size;"
                        + " public int getSize() { return size; }"
                        + " public void setSize(int size) { this.size = size; } }");
        int base = random.nextInt(3);
        if (base == 1) {
            add("Base", "public class Base {" + members(fields(4, true)) + "}");
        } else if (base == 2) {
            String name = packageName + ".far.Base";
            put(
                    name,
                    "package "
                            + packageName
                            + ".far; public class Base {"
                            + members(fields(4, false))
                            + "}");
        }
        String parent =
                base == 0 ? "" : " extends " + (base == 1 ? "Base" : packageName + ".far.Base");
        int width = random.nextInt(20) == 0 ? 90 : 12;
        List<String[]> rootFields = fields(width, true);
        String nested =
                " public enum Color { RED, GREEN { @Override public String toString() {"
                        + " return \"green\"; } }, BLUE }"
                        + " public static class Inner {"
                        + members(fields(4, false))
                        + "}";
        String head = "public class Root" + parent + " {" + nested;
        String construction = construction(rootFields);
        add("Root", head + construction + members(rootFields) + "}");
        add("Sub", "public class Sub extends Root {" + members(fields(3, true)) + "}");
        evolved.putAll(sources);
        List<String[]> later = new ArrayList<>(rootFields);
        later.removeIf(field -> random.nextInt(4) == 0);
        if (random.nextBoolean()) {
            later.addAll(fields(2, false));
        }
        Collections.shuffle(later, random);
        evolved.put(root(), "package " + packageName + ";" + head + members(later) + "}");
    }

    /** A constructor that sets some of what can be reused, and that fails when it is told so. */
    private String construction(List<String[]> declared) {
        StringBuilder text = new StringBuilder();
        text.append(" public static boolean failing;");
        text.append(" private static <E extends Throwable> void fail(Throwable e) throws E {");
        text.append(" @SuppressWarnings(\"unchecked\") E unchecked = (E) e; throw unchecked; }");
        text.append(" public Root() { if (failing) { Root.<RuntimeException>fail(");
        text.append(pick(FAILURES)).append("); }");
        for (String[] field : declared) {
            if (field[0].startsWith("java.util.List") && random.nextBoolean()) {
                text.append(field[1]).append(" = new java.util.ArrayList<>();");
            } else if (field[0].equals("java.util.Date") && random.nextBoolean()) {
                text.append(field[1]).append(" = new java.util.Date(7);");
            } else if (field[0].equals("int")) {
                text.append(field[1]).append(" = 7;");
            }
        }
        return text.append("}").toString();
    }

    private List<String[]> fields(int atMost, boolean own) {
        List<String[]> declared = new ArrayList<>();
        int count = 1 + random.nextInt(atMost);
        for (int i = 0; i < count; i++) {
            String type = own && random.nextInt(4) == 0 ? pick(OWN_TYPES) : pick(TYPES);
            String name = (char) ('a' + random.nextInt(26)) + "_" + fields++;
            declared.add(new String[] {type, name});
        }
        return declared;
    }

    private String members(List<String[]> declared) {
        StringBuilder text = new StringBuilder();
        for (String[] field : declared) {
            String type = field[0];
            String name = field[1];
            String access = pick(List.of("public ", "private ", "private ", "protected ", ""));
            text.append(access).append(type).append(' ').append(name).append(";\n");
            if (!access.equals("public ")) {
                String property = Character.toUpperCase(name.charAt(0)) + name.substring(1);
                text.append("public ").append(type).append(" get").append(property);
                text.append("() { return ").append(name).append("; } public void set");
                text.append(property).append('(').append(type).append(" value) { ");
                text.append(name).append(" = value; }\n");
            }
        }
        return text.toString();
    }

    private void add(String name, String source) {
        put(packageName + '.' + name, "package " + packageName + "; " + source);
    }

    private void put(String name, String source) {
        sources.put(name, source);
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
