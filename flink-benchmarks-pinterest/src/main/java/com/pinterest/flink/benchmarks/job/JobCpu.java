// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import java.nio.file.Path;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Measures what a record costs a TaskManager: starts a cluster, runs a job, and prints the CPU time
 * by record that the TaskManager used after the warm-up, which is the first part of the same job.
 *
 * <p>Arguments: case, number of records to warm up with, number of records to measure, directory of
 * the tree, our jar.
 */
public final class JobCpu {

    private JobCpu() {}

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        BenchmarkJob job = BenchmarkJob.of(arguments[0]);
        long warmUp = Long.parseLong(arguments[1]);
        long records = Long.parseLong(arguments[2]);
        try (SessionCluster cluster = SessionCluster.start(Path.of(arguments[3]))) {
            StreamExecutionEnvironment environment =
                    StreamExecutionEnvironment.createRemoteEnvironment(
                            "localhost", cluster.restPort(), SessionCluster.SLOTS, arguments[4]);
            JobExecutionResult result =
                    job.run(environment, warmUp + records, warmUp / SessionCluster.SLOTS);
            double cpu = Pool.cpuWhenWarm(result, SessionCluster.SLOTS);
            new Measurement(job.caseName(), "ns/record", Better.LOWER, cpu / records).print();
        }
    }
}
