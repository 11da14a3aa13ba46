// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A job without end whose checkpoints a test can hold, and that tells what it would commit. */
final class GuardedJob {

    /** The last checkpoint of which the tasks were told that it is complete; 0 for none. */
    static final AtomicLong COMMITTED = new AtomicLong();

    /** The checkpoint that is held; 0 for none. */
    static final AtomicLong HELD = new AtomicLong();

    private static final AtomicReference<CountDownLatch> GATE =
            new AtomicReference<>(new CountDownLatch(0));

    private GuardedJob() {}

    static void reset() {
        open();
        COMMITTED.set(0);
        HELD.set(0);
    }

    /** Holds the next checkpoint before its task has taken part. */
    static void close() {
        HELD.set(0);
        GATE.set(new CountDownLatch(1));
    }

    static void open() {
        GATE.get().countDown();
    }

    static void define(StreamExecutionEnvironment env) {
        env.setParallelism(1);
        env.fromSource(
                        new NumberSequenceSource(0, Long.MAX_VALUE - 1),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .map(new Committer())
                .sinkTo(new DiscardingSink<>());
    }

    private static final class Committer extends RichMapFunction<Long, Long>
            implements CheckpointedFunction, CheckpointListener {
        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long number) throws InterruptedException {
            Thread.sleep(1);
            return number;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            CountDownLatch gate = GATE.get();
            if (gate.getCount() > 0) {
                HELD.set(context.getCheckpointId());
                gate.await();
            }
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            COMMITTED.accumulateAndGet(checkpointId, Math::max);
        }
    }
}
