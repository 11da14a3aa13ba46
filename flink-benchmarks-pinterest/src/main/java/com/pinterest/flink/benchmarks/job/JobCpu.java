// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobExecutionResult;

/**
 * A measurement of the cost of a record on a TaskManager. It starts a cluster, runs a job, and
 * prints the CPU time of the TaskManager per record after the warm-up, which is the first part of
 * the same job.
 *
 * <p>Arguments: case, number of records to warm up, number of records to measure, directory of the
 * tree, our jar.
 */
public final class JobCpu {

    private static final int SLOTS = 2;

    private static final Map<String, String> OPTIONS =
            Map.of("taskmanager.memory.process.size", "2g", "state.backend.type", "hashmap");

    private JobCpu() {}

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        BenchmarkJob job = BenchmarkJob.of(arguments[0]);
        long warmUp = Long.parseLong(arguments[1]);
        long records = Long.parseLong(arguments[2]);
        try (SessionCluster cluster = SessionCluster.start(Path.of(arguments[3]), SLOTS, OPTIONS)) {
            JobExecutionResult result =
                    job.run(cluster.environment(arguments[4]), warmUp + records, warmUp / SLOTS);
            double cpu = CpuReadings.cpuWhenWarm(result, SLOTS);
            new Measurement(job.caseName(), "ns/record", Better.LOWER, cpu / records).print();
        }
    }
}
