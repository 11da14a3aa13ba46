// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.legacy.RichSourceFunction;
import org.apache.flink.types.Row;

/** Emits changes, of which a savepoint has how many were emitted. */
@SuppressWarnings("deprecation") // Of sources for tests, it is the one that needs no splits.
final class ChangelogSource extends RichSourceFunction<Row> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final List<Row> changes;

    /** At how many it waits to be stopped; negative for never. */
    private final int pause;

    /** Counted down at the pause; static, as sources are copied. */
    private static volatile CountDownLatch paused = new CountDownLatch(0);

    private volatile boolean isRunning = true;
    private transient int next;
    private transient ListState<Integer> state;

    ChangelogSource(List<Row> changes, int pause) {
        this.changes = changes;
        this.pause = pause;
    }

    /** Has so many sources say when they are at their pause. */
    static CountDownLatch awaitPauses(int sources) {
        paused = new CountDownLatch(sources);
        return paused;
    }

    @Override
    public void run(SourceContext<Row> context) throws Exception {
        boolean waits = false;
        while (isRunning && (next < changes.size() || next == pause)) {
            if (next == pause) {
                if (!waits) {
                    waits = true;
                    paused.countDown();
                }
                Thread.sleep(1);
                continue;
            }
            synchronized (context.getCheckpointLock()) {
                context.collect(Row.copy(changes.get(next)));
                next++;
            }
        }
    }

    @Override
    public void cancel() {
        isRunning = false;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        state.update(List.of(next));
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("next", Types.INT));
        for (Integer restored : state.get()) {
            next = restored;
        }
    }
}
