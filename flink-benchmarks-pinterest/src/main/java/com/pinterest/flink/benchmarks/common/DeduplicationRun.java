// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.common;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import com.pinterest.flink.deduplication.Deduplication;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.SubtaskStateStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.flink.util.FileUtils;

/**
 * Drops the duplicates of a stream, on RocksDB with incremental checkpoints, and prints what it
 * costs. No key expires: the live keys are all that there were.
 *
 * <p>Arguments: {@code window} or {@code state}; {@code yardstick} or {@code ours}. The yardstick
 * of {@code window} is a {@code ValueState} with a TTL; those of {@code state} are the targets.
 */
public final class DeduplicationRun {

    /** The case of {@code window}. */
    public static final String WINDOW = "dedup.window";

    /** The cases of {@code state}. */
    public static final String MEMORY = "dedup.memory";

    public static final String CHECKPOINT = "dedup.checkpoint";

    private static final double MEMORY_TARGET = 10.5;
    private static final double CHECKPOINT_TARGET = 30;

    /** Of so many records, one has a key that was seen before. */
    private static final int DUPLICATE_EVERY = 4;

    /** What comes in 10 seconds, the time between checkpoints, at 100,000 records a second. */
    private static final long RECORDS_PER_CHECKPOINT = 1_000_000;

    /** Five million keys are live in the middle of the measured part. */
    private static final int WARM_UP_CHECKPOINTS = 5;

    private static final int MEASURED_CHECKPOINTS = 3;

    /** With a million new keys each; the first ones warm up. */
    private static final int STATE_CHECKPOINTS = 9;

    private static final int STATE_WARM_UP_CHECKPOINTS = 3;

    private static final long POLL_MILLISECONDS = 100;

    private static final Duration LIFETIME = Duration.ofHours(4);

    /** The records that have passed. */
    private static final AtomicLong PASSED = new AtomicLong();

    private final MiniCluster cluster;
    private JobID job;

    private DeduplicationRun(MiniCluster cluster) {
        this.cluster = cluster;
    }

    /** Runs; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        boolean ours = arguments[1].equals("ours");
        switch (arguments[0]) {
            case "window" -> withCluster(run -> run.window(ours));
            case "state" -> {
                if (ours) {
                    withCluster(DeduplicationRun::state);
                } else {
                    print(MEMORY_TARGET, CHECKPOINT_TARGET);
                }
            }
            default -> throw new IllegalArgumentException("There is no case " + arguments[0]);
        }
    }

    private interface Measured {
        void measure(DeduplicationRun run) throws Exception;
    }

    @SuppressWarnings("try") // Flink's cluster declares that closing may be interrupted.
    private static void withCluster(Measured measured) throws Exception {
        Path directory = Files.createTempDirectory("deduplication");
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
        try (MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(1)
                                .build())) {
            cluster.start();
            measured.measure(new DeduplicationRun(cluster));
        } finally {
            FileUtils.deleteDirectory(directory.toFile());
        }
    }

    private void window(boolean ours) throws Exception {
        submit(DUPLICATE_EVERY, ours);
        long records = 0;
        for (int i = 0; i < WARM_UP_CHECKPOINTS; i++) {
            records += RECORDS_PER_CHECKPOINT;
            process(records);
        }
        long before = ProcessCpu.nanoseconds();
        for (int i = 0; i < MEASURED_CHECKPOINTS; i++) {
            records += RECORDS_PER_CHECKPOINT;
            process(records);
        }
        double nanos = ProcessCpu.nanoseconds() - before;
        checkPassed(records - records / DUPLICATE_EVERY);
        new Measurement(
                        WINDOW,
                        "ns/record",
                        Better.LOWER,
                        nanos / MEASURED_CHECKPOINTS / RECORDS_PER_CHECKPOINT)
                .print();
    }

    private void state() throws Exception {
        submit(Integer.MAX_VALUE, true);
        process(1);
        long bytesBefore = usedHeap();
        double mostBytes = 0;
        double milliseconds = 0;
        for (int i = 1; i <= STATE_CHECKPOINTS; i++) {
            long keys = i * RECORDS_PER_CHECKPOINT;
            long duration = process(keys);
            double bytes = (double) (usedHeap() - bytesBefore) / keys;
            if (i > STATE_WARM_UP_CHECKPOINTS) {
                mostBytes = Math.max(mostBytes, bytes);
                milliseconds += duration;
            }
        }
        checkPassed(STATE_CHECKPOINTS * RECORDS_PER_CHECKPOINT);
        print(mostBytes, milliseconds / (STATE_CHECKPOINTS - STATE_WARM_UP_CHECKPOINTS));
    }

    private static void print(double bytes, double milliseconds) {
        new Measurement(MEMORY, "B/key", Better.LOWER, bytes).print();
        new Measurement(CHECKPOINT, "ms/1M-keys", Better.LOWER, milliseconds).print();
    }

    private static void checkPassed(long expected) {
        if (PASSED.get() != expected) {
            throw new IllegalStateException(
                    PASSED.get() + " records passed instead of " + expected);
        }
    }

    // ------------------------------------------------------------------ job

    private void submit(int duplicateEvery, boolean ours) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1);
        environment.getConfig().enableObjectReuse();
        // The run triggers its checkpoints itself.
        environment.enableCheckpointing(Duration.ofDays(1).toMillis());
        DataStream<Tuple2<String, Long>> records =
                environment
                        .fromSource(new GatedNumbers(), WatermarkStrategy.noWatermarks(), "numbers")
                        .map(number -> Tuple2.of(id(number, duplicateEvery), number))
                        .returns(Types.TUPLE(Types.STRING, Types.LONG));
        DataStream<Tuple2<String, Long>> unique =
                ours
                        ? Deduplication.by((Tuple2<String, Long> record) -> record.f0, Types.STRING)
                                .within(LIFETIME)
                                .inProcessingTime()
                                .applyTo(records)
                        : records.keyBy(record -> record.f0, Types.STRING)
                                .process(new FirstByState());
        unique.map(
                        record -> {
                            PASSED.incrementAndGet();
                            return record;
                        })
                .returns(records.getType())
                .sinkTo(new DiscardingSink<>());
        job = cluster.submitJob(environment.getStreamGraph().getJobGraph()).get().getJobID();
        awaitTasks();
    }

    /** The id of the n-th record: that of any earlier one now and then, else a new one. */
    private static String id(long number, int duplicateEvery) {
        long random = mix(number);
        if (number % duplicateEvery != duplicateEvery - 1) {
            return Long.toHexString(random);
        }
        long earlier = Long.remainderUnsigned(random, number);
        return Long.toHexString(
                mix(earlier % duplicateEvery == duplicateEvery - 1 ? earlier - 1 : earlier));
    }

    /** A bijection that looks random, the end of SplitMix64. */
    private static long mix(long number) {
        long mixed = (number + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** What a team would write by hand. */
    private static final class FirstByState
            extends KeyedProcessFunction<String, Tuple2<String, Long>, Tuple2<String, Long>> {

        private static final long serialVersionUID = 1L;

        private transient ValueState<Boolean> seen;

        @Override
        public void open(OpenContext context) {
            ValueStateDescriptor<Boolean> descriptor =
                    new ValueStateDescriptor<>("seen", Types.BOOLEAN);
            descriptor.enableTimeToLive(StateTtlConfig.newBuilder(LIFETIME).build());
            seen = getRuntimeContext().getState(descriptor);
        }

        @Override
        public void processElement(
                Tuple2<String, Long> record, Context context, Collector<Tuple2<String, Long>> out)
                throws Exception {
            if (seen.value() == null) {
                seen.update(true);
                out.collect(record);
            }
        }
    }

    // ------------------------------------------------------------------ progress

    /**
     * Lets the job process the records below a number and take a checkpoint, behind them in the
     * stream, and waits for it.
     *
     * @return the milliseconds that the checkpoint took in the threads of the tasks
     */
    private long process(long records) throws Exception {
        GatedNumbers.allow(records);
        while (!GatedNumbers.awaitEmitted(records, POLL_MILLISECONDS)) {
            requireRunning();
        }
        long id = cluster.triggerCheckpoint(job, CheckpointType.DEFAULT).get();
        CompletedCheckpointStats statistics =
                (CompletedCheckpointStats)
                        cluster.getExecutionGraph(job)
                                .get()
                                .getCheckpointStatsSnapshot()
                                .getHistory()
                                .getCheckpointById(id);
        long milliseconds = 0;
        for (TaskStateStats task : statistics.getAllTaskStateStats()) {
            for (SubtaskStateStats subtask : task.getSubtaskStats()) {
                milliseconds += subtask.getSyncCheckpointDuration();
            }
        }
        return milliseconds;
    }

    private void awaitTasks() throws Exception {
        while (!areTasksRunning()) {
            requireRunning();
            Thread.sleep(POLL_MILLISECONDS);
        }
    }

    private boolean areTasksRunning() throws Exception {
        int running = 0;
        for (AccessExecutionVertex vertex :
                cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
            if (vertex.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
            running++;
        }
        // There are none before the job has started.
        return running > 0;
    }

    private void requireRunning() throws Exception {
        if (cluster.getJobStatus(job).get().isGloballyTerminalState()) {
            cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
