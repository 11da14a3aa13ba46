// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * A function that maps numbers to the values of a job. The values are created beforehand, so that
 * creating them costs nothing.
 */
abstract class Pool<T> extends RichMapFunction<Long, T> {

    private static final long serialVersionUID = 1L;
    private static final int SIZE = 4096;

    private final CpuReadings readings;
    private transient List<T> values;

    /**
     * Creates a pool.
     *
     * @param warmUp number of records per subtask that are not measured
     */
    Pool(long warmUp) {
        readings = new CpuReadings(warmUp);
    }

    abstract List<T> values(int count);

    @Override
    public void open(OpenContext context) {
        values = values(SIZE);
    }

    @Override
    public T map(Long number) {
        readings.recordPasses(getRuntimeContext());
        return values.get((int) (number % SIZE));
    }

    @Override
    public void close() {
        readings.end(getRuntimeContext());
    }
}
