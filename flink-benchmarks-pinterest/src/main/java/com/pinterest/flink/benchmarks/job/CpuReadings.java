// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.ProcessCpu;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Reads the CPU time of the TaskManager in each subtask of a source: once when its share of the
 * warm-up has passed, and once at the end.
 *
 * <p>Warm-up and measurement are parts of one job, as each submission of a job has a class loader
 * of its own, whose classes would have to be compiled again.
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
     * @param warmUp the number of records in a subtask that are not measured
     */
    public CpuReadings(long warmUp) {
        this.warmUp = warmUp;
    }

    /** To be called before each record. */
    public void recordPasses(RuntimeContext context) {
        if (passed++ == warmUp) {
            add(context, WARM);
        }
    }

    /**
     * To be called when the function is closed: the records are at the end of the job then, as a
     * source waits for that.
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
     * The CPU time in nanoseconds of a job from the end of the warm-up to the end of the job.
     *
     * @throws IllegalStateException if not all subtasks got past the warm-up
     */
    public static double cpuWhenWarm(JobExecutionResult result, int subtasks) {
        List<Long> warm = result.getAccumulatorResult(WARM);
        List<Long> end = result.getAccumulatorResult(END);
        if (warm == null || warm.size() != subtasks || end.size() != subtasks) {
            throw new IllegalStateException(
                    String.format("%d subtasks, warm at %s, ended at %s", subtasks, warm, end));
        }
        // The subtasks run side by side, so the mean is when the warm-up of the job has passed.
        double meanWarm = warm.stream().mapToLong(reading -> reading).average().orElseThrow();
        return end.stream().mapToLong(reading -> reading).max().orElseThrow() - meanWarm;
    }
}
