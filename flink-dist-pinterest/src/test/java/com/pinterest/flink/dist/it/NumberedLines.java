// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.legacy.RichParallelSourceFunction;

/** The source of a job: numbered lines of each subtask. */
public final class NumberedLines {

    /** Numbers are padded to lines of this length. */
    private static final int LINE_LENGTH = 100;

    private NumberedLines() {}

    /**
     * Adds the source to a job.
     *
     * @param end how many lines each subtask emits
     * @param hold the line at which it waits
     * @param goOn the file whose existence lets it go on
     */
    @SuppressWarnings("deprecation") // A source of the new kind takes four more classes.
    public static DataStream<String> in(
            StreamExecutionEnvironment environment, int end, int hold, String goOn) {
        return environment
                .addSource(new Lines(end, hold, goOn), "lines", Types.STRING)
                .uid("lines");
    }

    /** The line with a number. */
    static String line(int subtask, int number) {
        String line = subtask + " " + number + " ";
        return line + ".".repeat(LINE_LENGTH - line.length());
    }

    /** Emits the lines of a subtask; its state is the number of the next one. */
    private static final class Lines extends RichParallelSourceFunction<String>
            implements CheckpointedFunction {

        private static final long serialVersionUID = 1;

        private final int end;
        private final int hold;
        private final String goOn;

        private transient ListState<Integer> state;
        private transient int next;
        private volatile boolean cancelled;

        Lines(int end, int hold, String goOn) {
            this.end = end;
            this.hold = hold;
            this.goOn = goOn;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state =
                    context.getOperatorStateStore()
                            .getListState(new ListStateDescriptor<>("next", Types.INT));
            for (int restored : state.get()) {
                next = restored;
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(List.of(next));
        }

        @Override
        public void run(SourceContext<String> context) throws Exception {
            int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            while (next < end && !cancelled) {
                if (next == hold && !Files.exists(Path.of(goOn))) {
                    Thread.sleep(10);
                    continue;
                }
                synchronized (context.getCheckpointLock()) {
                    context.collect(line(subtask, next));
                    next++;
                }
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
