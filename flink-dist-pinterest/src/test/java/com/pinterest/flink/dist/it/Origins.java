// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.util.List;
import java.util.stream.Stream;

/**
 * Says which copy of a fixture class a class loader gives. Runs in the processes that are looked
 * into, and needs nothing but the JDK.
 */
final class Origins {

    /** One class for each of the packages that belong to the engine. */
    static final List<String> ENGINE =
            List.of(
                    "com.pinterest.flink.runtime.Fixture",
                    "com.pinterest.flink.scheduler.Fixture",
                    "com.pinterest.flink.serialization.Fixture",
                    "com.pinterest.flink.table.runtime.Fixture");

    /** In lib/ as well, but not of the engine: a user's own copy is the one that counts. */
    static final List<String> OTHERS =
            List.of("com.example.library.Fixture", "com.pinterest.flink.connector.Fixture");

    /** Stands in the planner's jars, which are not on the class path. */
    static final String PLANNER = "com.pinterest.flink.table.planner.Fixture";

    private Origins() {}

    /** One line a class: who asks, the class, and its origin as {@link #of} says it. */
    static List<String> lines(String who, ClassLoader loader) {
        return Stream.of(ENGINE, OTHERS, List.of(PLANNER))
                .flatMap(List::stream)
                .map(name -> who + " " + name + " " + of(loader, name))
                .toList();
    }

    /** What the class says of itself, or {@code absent}. */
    static String of(ClassLoader loader, String className) {
        try {
            Class<?> type = Class.forName(className, true, loader);
            String origin = (String) type.getMethod("origin").invoke(null);
            return isShared(type) ? origin + "-shared" : origin;
        } catch (ClassNotFoundException e) {
            return "absent";
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className, e);
        }
    }

    /** Whether it is the very class that the application's class loader gives. */
    private static boolean isShared(Class<?> type) {
        return type.getClassLoader() == ClassLoader.getSystemClassLoader();
    }
}
