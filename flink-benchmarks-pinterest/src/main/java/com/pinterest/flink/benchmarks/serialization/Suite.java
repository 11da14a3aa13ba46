// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A group of JMH benchmarks that share a process, with the pattern for the names of its cases. */
public enum Suite {
    /** The POJO in memory. */
    POJO(Pojo15.class, "pojo15.{method}"),
    /** The same serializer, to be compared with {@link #HAND_WRITTEN}. */
    GENERATED(Pojo15.class, "pojo15.{method}.vs-hand"),
    /** The yardstick. */
    HAND_WRITTEN(Pojo15HandWritten.class, "pojo15.{method}.vs-hand"),
    /** The POJO in streams. */
    STREAM(Pojo15Stream.class, "pojo15.stream.{method}"),
    /** Strings; many cases that share most of their code. */
    STRINGS(Strings.class, "string.{value}.{method}"),
    /** Kryo. */
    KRYO(KryoTypes.class, "kryo.{value}.{method}"),
    /** SQL rows. */
    ROWS(Rows.class, "row.{method}");

    private final Class<?> benchmark;
    private final String pattern;

    Suite(Class<?> benchmark, String pattern) {
        this.benchmark = benchmark;
        this.pattern = pattern;
    }

    /**
     * A benchmark method, with a value of the suite's parameter if it has one.
     *
     * @param value the value; empty if there is no parameter
     */
    record Case(String name, String method, String value) {}

    Class<?> benchmark() {
        return benchmark;
    }

    /** Returns the names of all cases. */
    public List<String> caseNames() {
        return cases().stream().map(Case::name).toList();
    }

    List<Case> cases() {
        List<String> values =
                parameterField()
                        .map(field -> List.of(field.getAnnotation(Param.class).value()))
                        .orElse(List.of(""));
        return Arrays.stream(benchmark.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(Method::getName)
                .sorted()
                .flatMap(method -> values.stream().map(value -> named(method, value)))
                .toList();
    }

    private Case named(String method, String value) {
        String name = pattern.replace("{method}", method).replace("{value}", value);
        return new Case(name, method, value);
    }

    /** Returns the name of the only JMH parameter, if there is one. */
    Optional<String> parameter() {
        return parameterField().map(Field::getName);
    }

    private Optional<Field> parameterField() {
        return Arrays.stream(benchmark.getFields())
                .filter(field -> field.isAnnotationPresent(Param.class))
                .findAny();
    }
}
