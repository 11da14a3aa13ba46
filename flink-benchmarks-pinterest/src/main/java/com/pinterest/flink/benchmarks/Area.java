// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.job.BenchmarkJob;
import com.pinterest.flink.benchmarks.job.JobCpu;
import com.pinterest.flink.benchmarks.serialization.JmhRun;
import com.pinterest.flink.benchmarks.serialization.Suite;
import com.pinterest.flink.benchmarks.source.RateLimitedSourceCpu;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be compared, and the workloads that it takes. */
enum Area {
    /** CPU and rate of a source that is limited to 1,000, 20,000 and 100,000 records a second. */
    SOURCE {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            String seconds = quick ? "10" : "20";
            return Stream.of("1000", "20000", "100000").map(rate -> rateLimited(rate, seconds));
        }

        private static Workload rateLimited(String rate, String seconds) {
            String name = "source.rate" + rate;
            return Workload.onBothTrees(
                    List.of(name + ".cpu", name + ".rate"),
                    RateLimitedSourceCpu.class,
                    List.of(rate, seconds));
        }
    },

    /** POJOs, strings, Kryo and SQL rows in loops, and whole jobs. */
    SERIALIZATION {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            String length = quick ? "quick" : "full";
            Stream<Workload> onBothTrees =
                    Stream.of(Suite.POJO, Suite.STREAM, Suite.KRYO, Suite.ROWS, Suite.STRINGS)
                            .map(
                                    suite ->
                                            Workload.onBothTrees(
                                                    suite.caseNames(),
                                                    JmhRun.class,
                                                    arguments(suite, length, names)));
            Workload againstHandWritten =
                    Workload.againstYardstick(
                            Suite.GENERATED.caseNames(),
                            JmhRun.class,
                            arguments(Suite.HAND_WRITTEN, length, names),
                            arguments(Suite.GENERATED, length, names));
            // To warm up with, and to measure.
            List<String> records =
                    quick ? List.of("2000000", "4000000") : List.of("5000000", "20000000");
            Stream<Workload> jobs =
                    Arrays.stream(BenchmarkJob.values())
                            .map(
                                    job ->
                                            Workload.onBothClusters(
                                                    job.caseName(),
                                                    JobCpu.class,
                                                    List.of(
                                                            job.caseName(),
                                                            records.get(0),
                                                            records.get(1))));
            return Stream.of(Stream.of(againstHandWritten), onBothTrees, jobs)
                    .flatMap(workloads -> workloads);
        }

        private static List<String> arguments(Suite suite, String length, Pattern names) {
            return List.of(suite.name(), length, names.pattern());
        }
    };

    /** All workloads of one pass; those that have many cases need run only those of the pattern. */
    abstract Stream<Workload> allWorkloads(boolean quick, Pattern names);

    /**
     * The workloads of one pass, without those that have no case which the pattern is found in.
     *
     * @throws IllegalArgumentException if none is left; the message names all cases
     */
    final List<Workload> workloads(boolean quick, Pattern names) {
        List<Workload> workloads =
                allWorkloads(quick, names).filter(workload -> workload.hasCase(names)).toList();
        if (workloads.isEmpty()) {
            throw new IllegalArgumentException(
                    String.format(
                            "no case matches %s; there are: %s",
                            names,
                            allWorkloads(quick, names)
                                    .flatMap(workload -> workload.cases().stream())
                                    .collect(Collectors.joining(", "))));
        }
        return workloads;
    }

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
