// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.job.CpuReadings;
import com.pinterest.flink.benchmarks.job.SessionCluster;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * A measurement of the cost of an event on a TaskManager in a query. It starts a cluster with one
 * slot, runs the query between two runs of a job with only the source, and prints the CPU time of
 * the source per event, and that of the query without the source. What mini-batch adds after the
 * source is part of the cost of the query.
 *
 * <p>Arguments: case, {@link Query}, {@link State}, "on" or "off" for mini-batch, number of events
 * to warm up, number of events to measure, directory of the tree, our jar.
 */
public final class NexmarkCpu {

    private static final int SLOTS = 1;

    /** Events of the warm-up in each run of the source. */
    private static final long SOURCE_WARM_UP = 1_500_000;

    private static final long SOURCE_EVENTS = 3_000_000;

    private NexmarkCpu() {}

    /** The state backend and its memory. */
    public enum State {
        /** RocksDB with a cache and write buffers of about 1 GB, which hold all state. */
        ROCKSDB("rocksdb", "3g", "1g"),
        /**
         * RocksDB with more state than cache and write buffers hold. The indices of its files are
         * partitioned: unpartitioned ones evict each other from such a small cache, and the
         * official release does not finish q16 within ten minutes, or q18 within eight.
         */
        LARGE("rocksdb", "3g", "48m"),
        /** Objects on the heap. */
        HEAP("hashmap", "5g", "0");

        private final String backend;
        private final String processSize;
        private final String managedSize;

        State(String backend, String processSize, String managedSize) {
            this.backend = backend;
            this.processSize = processSize;
            this.managedSize = managedSize;
        }

        private Map<String, String> options() {
            return Map.of(
                    "state.backend.type", backend,
                    "state.backend.rocksdb.memory.partitioned-index-filters",
                            Boolean.toString(this == LARGE),
                    "taskmanager.memory.process.size", processSize,
                    "taskmanager.memory.managed.size", managedSize);
        }
    }

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        Query query = Query.valueOf(arguments[1]);
        State state = State.valueOf(arguments[2]);
        boolean miniBatch = arguments[3].equals("on");
        long warmUp = Long.parseLong(arguments[4]);
        long events = Long.parseLong(arguments[5]);
        try (SessionCluster cluster =
                SessionCluster.start(Path.of(arguments[6]), SLOTS, state.options())) {
            StreamExecutionEnvironment environment = cluster.environment(arguments[7]);
            environment.getConfig().enableObjectReuse();
            // The first job pays for memory that is touched for the first time: with a large heap,
            // several times what the source itself costs.
            source(environment);
            double before = source(environment);
            double all = nanoseconds(environment, miniBatch, warmUp, events, query.sql());
            // The speed of the machine may change in the meantime.
            double source = (before + source(environment)) / 2;
            new Measurement(name, "ns/event", Better.LOWER, all - source).print();
            new Measurement(name + ".source", "ns/event", Better.LOWER, source).print();
        }
    }

    private static double source(StreamExecutionEnvironment environment) throws Exception {
        return nanoseconds(
                environment, false, SOURCE_WARM_UP, SOURCE_EVENTS, "SELECT * FROM events");
    }

    private static double nanoseconds(
            StreamExecutionEnvironment environment,
            boolean miniBatch,
            long warmUp,
            long events,
            String sql)
            throws Exception {
        TableEnvironment tables = tables(environment, miniBatch);
        NexmarkTable.create(tables, warmUp + events, warmUp);
        JobExecutionResult result = Query.run(tables, sql);
        return CpuReadings.cpuWhenWarm(result, SLOTS) / events;
    }

    /** Returns an environment with mini-batch as a user would set it. */
    static TableEnvironment tables(StreamExecutionEnvironment environment, boolean miniBatch) {
        TableEnvironment tables = StreamTableEnvironment.create(environment);
        if (miniBatch) {
            Map.of(
                            "table.exec.mini-batch.enabled", "true",
                            "table.exec.mini-batch.allow-latency", "2 s",
                            "table.exec.mini-batch.size", "50000")
                    .forEach(tables.getConfig()::set);
        }
        return tables;
    }
}
