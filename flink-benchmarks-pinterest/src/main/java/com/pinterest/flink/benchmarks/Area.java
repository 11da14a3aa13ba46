// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.source.RateLimitedSourceCpu;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be compared, and the workloads that it takes. */
enum Area {
    /** CPU and rate of a source that is limited to 1,000, 20,000 and 100,000 records a second. */
    SOURCE {
        @Override
        List<Workload> workloads(boolean quick) {
            String seconds = quick ? "10" : "20";
            return Stream.of("1000", "20000", "100000")
                    .map(rate -> new Workload(RateLimitedSourceCpu.class, List.of(rate, seconds)))
                    .toList();
        }
    };

    /** A main class that prints measurements, and its arguments. */
    record Workload(Class<?> mainClass, List<String> arguments) {}

    /** The workloads of one pass. */
    abstract List<Workload> workloads(boolean quick);

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The area of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that are
     */
    static Area of(String id) {
        return Arrays.stream(values())
                .filter(area -> area.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no area " + id + "; there are: " + allIds()));
    }

    static String allIds() {
        return Arrays.stream(values()).map(Area::id).collect(Collectors.joining(", "));
    }
}
