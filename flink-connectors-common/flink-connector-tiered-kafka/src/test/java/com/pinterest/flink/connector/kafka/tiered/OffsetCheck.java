// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Checks in a job that the offsets of each partition come one after another. What comes next is
 * state, so it holds over failures and savepoints: a record that is lost or repeated is a
 * violation.
 */
final class OffsetCheck extends KeyedProcessFunction<Integer, Tuple3<Integer, Long, String>, Long>
        implements CheckpointListener {

    private static final long serialVersionUID = 1L;
    private static final Map<String, Progress> PROGRESS = new ConcurrentHashMap<>();

    private final String name;
    private final long firstOffset;
    private final long failAt;
    private transient ValueState<Long> next;
    private transient volatile boolean checkpointed;

    /**
     * @param firstOffset the offset that each partition has to start with
     * @param failAt the offset at which the job fails once, after a checkpoint; -1 for never
     */
    OffsetCheck(String name, long firstOffset, long failAt) {
        this.name = name;
        this.firstOffset = firstOffset;
        this.failAt = failAt;
    }

    static Progress progress(String name) {
        return PROGRESS.computeIfAbsent(name, missing -> new Progress());
    }

    @Override
    public void open(OpenContext openContext) {
        next = getRuntimeContext().getState(new ValueStateDescriptor<>("next", Types.LONG));
    }

    @Override
    public void processElement(
            Tuple3<Integer, Long, String> record, Context context, Collector<Long> out)
            throws Exception {
        Progress progress = progress(name);
        long expected = next.value() == null ? firstOffset : next.value();
        if (record.f1 != expected || !record.f2.equals(Long.toString(expected))) {
            progress.violations.add(record + " instead of offset " + expected);
        }
        if (failAt >= 0 && record.f1 >= failAt && progress.failedAt < 0) {
            if (checkpointed) {
                progress.failedAt = record.f1;
                throw new IllegalStateException("fails as it was told");
            }
            // Not to run out of records before there is a checkpoint.
            Thread.sleep(20);
        }
        next.update(record.f1 + 1);
        progress.next.put(record.f0, record.f1 + 1);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        checkpointed = true;
    }

    static String value(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** How far a job has come, and what was wrong. */
    static final class Progress {
        final Map<Integer, Long> next = new ConcurrentHashMap<>();
        final Queue<String> violations = new ConcurrentLinkedQueue<>();
        volatile long failedAt = -1;
    }
}
