// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.common.DeduplicationRun;
import com.pinterest.flink.benchmarks.common.ServiceRun;
import com.pinterest.flink.benchmarks.job.BenchmarkJob;
import com.pinterest.flink.benchmarks.job.JobCpu;
import com.pinterest.flink.benchmarks.log.ConnectorsRun;
import com.pinterest.flink.benchmarks.log.LogRun;
import com.pinterest.flink.benchmarks.nexmark.NexmarkCpu;
import com.pinterest.flink.benchmarks.nexmark.NexmarkCpu.State;
import com.pinterest.flink.benchmarks.nexmark.Query;
import com.pinterest.flink.benchmarks.placement.PlacementFigures;
import com.pinterest.flink.benchmarks.placement.ZonedThroughput;
import com.pinterest.flink.benchmarks.serialization.JmhRun;
import com.pinterest.flink.benchmarks.serialization.Suite;
import com.pinterest.flink.benchmarks.source.RateLimitedSourceCpu;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An area that can be compared, with its workloads. */
enum Area {
    /**
     * CPU and throughput of a source that is limited to 1,000, 20,000 and 100,000 records per
     * second.
     */
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
            // Records to warm up, and to measure.
            List<String> records =
                    quick ? List.of("2000000", "4000000") : List.of("5000000", "20000000");
            Stream<Workload> jobs =
                    Arrays.stream(BenchmarkJob.values())
                            .map(
                                    job ->
                                            Workload.onBothClusters(
                                                    List.of(job.caseName()),
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
    },

    /**
     * SQL queries with mini-batch: twin and distribution, and the distribution without and with
     * mini-batch.
     */
    MINIBATCH {
        private static Stream<Query> mainQueries() {
            return Stream.of(
                    Query.Q4, Query.Q9, Query.Q16, Query.Q17, Query.Q18, Query.Q19, Query.Q20);
        }

        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            if (quick) {
                return Stream.of(Query.Q4, Query.Q16, Query.Q17, Query.Q18, Query.Q19)
                        .map(query -> onBothTrees(query, State.ROCKSDB, true));
            }
            return Stream.of(
                            mainQueries().map(query -> onBothTrees(query, State.ROCKSDB, false)),
                            Arrays.stream(Query.values())
                                    .map(query -> againstOff(query, State.ROCKSDB)),
                            Stream.of(Query.Q4, Query.Q16, Query.Q17)
                                    .map(query -> againstOff(query, State.HEAP)),
                            Stream.of(Query.Q16, Query.Q18, Query.Q19, Query.Q20)
                                    .map(query -> onBothTrees(query, State.LARGE, false)))
                    .flatMap(workloads -> workloads);
        }

        @Override
        Optional<GeometricMean> geometricMean() {
            return Optional.of(new GeometricMean("geomean", mainQueries().map(Query::id).toList()));
        }

        private static Workload onBothTrees(Query query, State state, boolean quick) {
            String name = (state == State.LARGE ? "large." : "") + query.id();
            return Workload.onBothClusters(
                    List.of(name, name + ".source"),
                    NexmarkCpu.class,
                    arguments(name, query, state, "on", quick));
        }

        private static Workload againstOff(Query query, State state) {
            String name = query.id() + (state == State.HEAP ? ".heap" : "") + ".vs-off";
            return Workload.againstYardstick(
                            List.of(name, name + ".source"),
                            NexmarkCpu.class,
                            arguments(name, query, state, "off", false),
                            arguments(name, query, state, "on", false))
                    .onClusters();
        }

        private static List<String> arguments(
                String name, Query query, State state, String miniBatch, boolean quick) {
            // With fewer events, the figure is that of the compiler.
            long most = quick ? 3_000_000 : Long.MAX_VALUE;
            String events = Long.toString(Math.min(query.events(), most));
            return List.of(name, query.name(), state.name(), miniBatch, events, events);
        }
    },

    /**
     * Placement of tasks on simulated TaskManagers: the twin's modes of load balancing, and the
     * distribution's placement.
     */
    PLACEMENT {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            String draws = quick ? "4" : "3";
            List<Integer> tasks = quick ? List.of(10_000) : List.of(10_000, 25_000);
            String sizes = tasks.stream().map(String::valueOf).collect(Collectors.joining(","));
            return Stream.of(
                    Workload.onBothTrees(
                            PlacementFigures.caseNames(tasks),
                            PlacementFigures.class,
                            List.of("vanilla", draws, sizes, names.pattern()),
                            List.of("ours", draws, sizes, names.pattern())));
        }
    },

    /** Replay of a Kafka topic from the archive, and archiving. The yardstick is KafkaSource. */
    UNLIMITED_LOG {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            // As many as ci/bench has made.
            String records = quick ? "4000000" : "6000000";
            return Stream.of(
                            "replay.zstd",
                            "replay.none",
                            "live.tail",
                            "archive.write.lz4",
                            "archive.size.zstd",
                            "seek.timestamp")
                    .map(
                            name ->
                                    Workload.againstYardstick(
                                            List.of(name),
                                            LogRun.class,
                                            List.of(name, "kafka", records),
                                            List.of(name, "tiered", records)));
        }
    },

    /** Throughput of a job on TaskManagers in zones with narrow links. */
    PLACEMENT_CLUSTER {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            String seconds = quick ? "20" : "40";
            return Stream.of(
                    Workload.onBothTrees(
                                    ZonedThroughput.caseNames(),
                                    ZonedThroughput.class,
                                    List.of("vanilla", seconds),
                                    List.of("ours", seconds))
                            .onClusters());
        }
    },

    /**
     * SQL and sink of the tiered Kafka connector, beside Kafka's; limits and replay rates beside
     * what was asked for.
     */
    CONNECTORS {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            // As many as ci/bench has made.
            String records = quick ? "4000000" : "6000000";
            return Stream.of(
                            "sql.tail",
                            "sink.kafka",
                            "rate-limit.1000",
                            "rate-limit.20000",
                            "rate-limit.100000",
                            "replay-rate.1",
                            "replay-rate.5",
                            "replay-rate.20",
                            "backfill")
                    .map(
                            name ->
                                    Workload.againstYardstick(
                                            List.of(name),
                                            ConnectorsRun.class,
                                            List.of(name, "yardstick", records),
                                            List.of(name, "tiered", records)));
        }
    },

    /**
     * Deduplication beside state with a TTL, and beside its targets for memory and checkpoints;
     * service calls beside Flink's async I/O and its lookups by JDBC.
     */
    COMMON {
        @Override
        Stream<Workload> allWorkloads(boolean quick, Pattern names) {
            return Stream.of(
                    deduplication("window", List.of(DeduplicationRun.WINDOW)),
                    deduplication(
                            "state", List.of(DeduplicationRun.MEMORY, DeduplicationRun.CHECKPOINT)),
                    service(
                            "cpu",
                            List.of(ServiceRun.CACHED, ServiceRun.BATCHED, ServiceRun.PLAIN),
                            quick),
                    service("throughput", List.of(ServiceRun.THROUGHPUT), quick),
                    service("sql", List.of(ServiceRun.SQL), quick));
        }

        private static Workload service(String name, List<String> cases, boolean quick) {
            String length = quick ? "quick" : "full";
            return Workload.againstYardstick(
                    cases,
                    ServiceRun.class,
                    List.of(name, "yardstick", length),
                    List.of(name, "ours", length));
        }

        private static Workload deduplication(String name, List<String> cases) {
            return Workload.againstYardstick(
                    cases,
                    DeduplicationRun.class,
                    List.of(name, "yardstick"),
                    List.of(name, "ours"));
        }
    };

    /**
     * Returns all workloads of one pass. A workload with many cases only needs to run those that
     * match the pattern.
     */
    abstract Stream<Workload> allWorkloads(boolean quick, Pattern names);

    /** Returns a row that summarizes others, if there is one. */
    Optional<GeometricMean> geometricMean() {
        return Optional.empty();
    }

    /**
     * The geometric mean of some cases, pair by pair.
     *
     * @param name the name of the row
     * @param cases the cases, all of which are required
     */
    record GeometricMean(String name, List<String> cases) {}

    /**
     * Returns the workloads of one pass, without those that have no matching case.
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
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the area with this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all areas
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
