// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.messages.Acknowledge;

/** Stands for what a simulation has not got: an implementation that agrees to everything. */
final class Stub {

    /** The answer of an asynchronous method that has nothing to say. */
    static final Object DONE = CompletableFuture.completedFuture(Acknowledge.get());

    /** What a method does. */
    @FunctionalInterface
    interface Answer {
        Object to(Object[] arguments);
    }

    private Stub() {}

    /**
     * Returns an implementation of an interface.
     *
     * @param answers by the names of methods, for those that do something
     */
    static <T> T of(Class<T> type, Map<String, Answer> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        Stub.class.getClassLoader(),
                        new Class<?>[] {type},
                        (stub, method, arguments) -> {
                            Answer answer = answers.get(method.getName());
                            if (answer != null) {
                                return answer.to(arguments);
                            }
                            return switch (method.getName()) {
                                case "hashCode" -> System.identityHashCode(stub);
                                case "equals" -> stub == arguments[0];
                                case "toString" -> "a stub of " + type.getSimpleName();
                                default -> agreement(method);
                            };
                        }));
    }

    private static Object agreement(Method method) {
        Class<?> type = method.getReturnType();
        if (type == CompletableFuture.class) {
            return DONE;
        } else if (type == Optional.class) {
            return Optional.empty();
        } else if (type == Collection.class || type == List.class) {
            return List.of();
        } else if (type == boolean.class) {
            return false;
        } else if (type == int.class) {
            return 0;
        } else if (type == long.class) {
            return 0L;
        } else if (type == String.class) {
            return "stub";
        }
        return null;
    }
}
