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
 * Measures what an event costs a TaskManager in a query: starts a cluster of one slot, runs the
 * query between two runs of a job that only has the source, and prints the CPU time by event of the
 * source, and that of the query without it. What mini-batch adds behind the source is a cost of the
 * query.
 *
 * <p>Arguments: case, {@link Query}, {@link State}, "on" or "off" for mini-batch, number of events
 * to warm up with, number of events to measure, directory of the tree, our jar.
 */
public final class NexmarkCpu {

    private static final int SLOTS = 1;

    /** Of each run of the source. */
    private static final long SOURCE_WARM_UP = 1_500_000;

    private static final long SOURCE_EVENTS = 3_000_000;

    private NexmarkCpu() {}

    /** Where state is, and how much memory there is for it. */
    public enum State {
        /** RocksDB, whose cache and write buffers, of about 1 GB, hold all of it. */
        ROCKSDB("rocksdb", "3g", "1g"),
        /**
         * RocksDB with more state than cache and write buffers hold; it may split the indices of
         * its files. As they are by default, they push each other out of so small a cache, and the
         * official release does not get to the end of q16 in ten minutes, or of q18 in eight.
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
            // The first job pays for memory that is touched for the first time: several times
            // what the source itself costs, where the heap is large.
            source(environment);
            double before = source(environment);
            double all = nanoseconds(environment, miniBatch, warmUp, events, query.sql());
            // The machine may get slower or faster meanwhile.
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

    /** Mini-batch with what a user would set. */
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
