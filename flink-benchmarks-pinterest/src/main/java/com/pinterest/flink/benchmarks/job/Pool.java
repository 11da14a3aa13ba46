// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.ProcessCpu;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Turns numbers into the values of a job, which are made beforehand so that making them costs
 * nothing, and reads the CPU time of the TaskManager: in each subtask once when its share of the
 * warm-up has passed, and once at the end.
 *
 * <p>Warm-up and measurement are parts of one job, as each submission of a job has a class loader
 * of its own, whose classes would have to be compiled again.
 */
abstract class Pool<T> extends RichMapFunction<Long, T> {

    private static final long serialVersionUID = 1L;
    private static final int SIZE = 4096;
    private static final String WARM = "CPU when warm";
    private static final String END = "CPU at the end";

    private final long warmUp;
    private transient List<T> values;
    private transient long passed;

    /**
     * Creates a pool.
     *
     * @param warmUp the number of records in a subtask that are not measured
     */
    Pool(long warmUp) {
        this.warmUp = warmUp;
    }

    abstract List<T> values(int count);

    @Override
    public void open(OpenContext context) {
        values = values(SIZE);
    }

    @Override
    public T map(Long number) {
        if (passed++ == warmUp) {
            report(WARM);
        }
        return values.get((int) (number % SIZE));
    }

    /** Comes when the records are at the end of the job, as a source waits for that. */
    @Override
    public void close() {
        report(END);
    }

    private void report(String name) {
        ListAccumulator<Long> readings = new ListAccumulator<>();
        readings.add(ProcessCpu.nanoseconds());
        getRuntimeContext().addAccumulator(name, readings);
    }

    /**
     * The CPU time in nanoseconds of a job from the end of the warm-up to the end of the job.
     *
     * @throws IllegalStateException if not all subtasks got past the warm-up
     */
    static double cpuWhenWarm(JobExecutionResult result, int subtasks) {
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
