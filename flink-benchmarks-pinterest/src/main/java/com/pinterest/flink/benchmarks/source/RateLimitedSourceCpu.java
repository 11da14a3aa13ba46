// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.source;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * A measurement of the cost of a rate-limited source. It runs a source and a discarding sink in
 * this process for some time, and prints the records per second and the CPU time of the process
 * while the job ran.
 *
 * <p>Arguments: records per second, seconds.
 */
public final class RateLimitedSourceCpu {

    private RateLimitedSourceCpu() {}

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        double limit = Double.parseDouble(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        run(limit, Math.min(2, seconds));

        long records = (long) (limit * seconds);
        long cpu = ProcessCpu.nanoseconds();
        long start = System.nanoTime();
        run(limit, seconds);
        double wall = (System.nanoTime() - start) / 1e9;
        double cores = (ProcessCpu.nanoseconds() - cpu) / 1e9 / wall;
        String name = String.format("source.rate%.0f", limit);
        new Measurement(name + ".cpu", "cores", Better.LOWER, cores).print();
        new Measurement(name + ".rate", "records/s", Better.HIGHER, records / wall).print();
    }

    private static void run(double limit, double seconds) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1);
        environment
                .fromSource(
                        new RateLimitedNumbers((long) (limit * seconds), limit),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .sinkTo(new DiscardingSink<>());
        environment.execute();
    }
}
