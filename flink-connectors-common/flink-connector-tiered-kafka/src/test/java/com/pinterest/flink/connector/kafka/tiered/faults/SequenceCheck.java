// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps what a job has read of each partition in its state, so that it counts exactly once over
 * failures, and hands it over at the end of event time. A share of its checkpoints fails.
 */
final class SequenceCheck extends KeyedProcessFunction<Integer, Tuple3<Integer, Long, String>, Long>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;
    private static final Map<String, Progress> PROGRESS = new ConcurrentHashMap<>();

    private final String run;
    private transient ListState<String> read;
    private transient SplittableRandom random;

    SequenceCheck(String run) {
        this.run = run;
    }

    static Progress progress(String run) {
        return PROGRESS.computeIfAbsent(run, missing -> new Progress());
    }

    static void forget(String run) {
        PROGRESS.remove(run);
    }

    @Override
    public void open(OpenContext openContext) {
        random = new SplittableRandom();
        read = getRuntimeContext().getListState(new ListStateDescriptor<>("read", Types.STRING));
    }

    @Override
    public void processElement(
            Tuple3<Integer, Long, String> record, Context context, Collector<Long> out)
            throws Exception {
        read.add(record.f1 + "=" + record.f2);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        progress(run).next.put(record.f0, record.f1 + 1);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out)
            throws Exception {
        List<String> all = new ArrayList<>();
        read.get().forEach(all::add);
        progress(run).read.put(context.getCurrentKey(), all);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        Progress progress = progress(run);
        if (random.nextInt(100) < progress.failingCheckpoints
                && progress.failuresLeft.getAndDecrement() > 0) {
            throw new IllegalStateException("The checkpoint fails as it was told");
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // Nothing of its own.
    }

    /** What the driver sees of a job in the same JVM. */
    static final class Progress {
        /** By partition, the offset after the last one that was read, if maybe not for good. */
        final Map<Integer, Long> next = new ConcurrentHashMap<>();

        /** By partition, all that was read, in order, when the job has been drained. */
        final Map<Integer, List<String>> read = new ConcurrentHashMap<>();

        /** How many of a hundred checkpoints fail. */
        volatile int failingCheckpoints;

        /** How many more may, so that a job gets on even if it is slower than its checkpoints. */
        final AtomicInteger failuresLeft = new AtomicInteger(20);
    }
}
