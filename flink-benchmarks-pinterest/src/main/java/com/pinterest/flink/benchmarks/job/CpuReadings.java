// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.ProcessCpu;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Readings of the CPU time of the TaskManager in each subtask of a source: one after its share of
 * the warm-up, and one at the end.
 *
 * <p>Warm-up and measurement are parts of one job, because each submission has its own class
 * loader, whose classes would have to be compiled again.
 */
public final class CpuReadings implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String WARM = "CPU when warm";
    private static final String END = "CPU at the end";

    private final long warmUp;
    private long passed;

    /**
     * Creates the readings of a subtask.
     *
     * @param warmUp number of records per subtask that are not measured
     */
    public CpuReadings(long warmUp) {
        this.warmUp = warmUp;
    }

    /** Counts a record. Call it before each record. */
    public void recordPasses(RuntimeContext context) {
        if (passed++ == warmUp) {
            add(context, WARM);
        }
    }

    /**
     * Takes the last reading. Call it when the function is closed: a source waits until its records
     * have reached the end of the job.
     */
    public void end(RuntimeContext context) {
        add(context, END);
    }

    private static void add(RuntimeContext context, String name) {
        ListAccumulator<Long> readings = new ListAccumulator<>();
        readings.add(ProcessCpu.nanoseconds());
        context.addAccumulator(name, readings);
    }

    /**
     * Returns the CPU time of a job from the end of the warm-up to the end of the job, in
     * nanoseconds.
     *
     * @throws IllegalStateException if not all subtasks completed the warm-up
     */
    public static double cpuWhenWarm(JobExecutionResult result, int subtasks) {
        List<Long> warm = result.getAccumulatorResult(WARM);
        List<Long> end = result.getAccumulatorResult(END);
        if (warm == null || warm.size() != subtasks || end.size() != subtasks) {
            throw new IllegalStateException(
                    String.format("%d subtasks, warm at %s, ended at %s", subtasks, warm, end));
        }
        // The subtasks run concurrently, so the end of the warm-up of the job is the mean.
        double meanWarm = warm.stream().mapToLong(reading -> reading).average().orElseThrow();
        return end.stream().mapToLong(reading -> reading).max().orElseThrow() - meanWarm;
    }
}
