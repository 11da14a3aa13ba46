// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that writes the numbers from 0 to an end into a sink. It is slow until it is let go, so
 * that tests can stop it on the way.
 */
final class SinkJob {

    /** The checkpoint interval of a job that takes savepoints only. */
    static final long NEVER = -1;

    private static final Logger LOG = LoggerFactory.getLogger(SinkJob.class);
    private static final Map<String, Control> CONTROLS = new ConcurrentHashMap<>();

    private final String name;
    private final long end;
    private int parallelism = 2;
    private long checkpointInterval = NEVER;
    @Nullable private String savepoint;
    private CompletableFuture<JobExecutionResult> result;

    /**
     * @param name by which the operators find their control; of one test only
     */
    SinkJob(String name, long end) {
        this.name = name;
        this.end = end;
        CONTROLS.put(name, new Control());
    }

    SinkJob withParallelism(int value) {
        parallelism = value;
        return this;
    }

    /** Sets the interval, in milliseconds, or {@link #NEVER}, which is the default. */
    SinkJob withCheckpoints(long interval) {
        checkpointInterval = interval;
        return this;
    }

    /** Makes the job run at full speed, from now on or from its next start. */
    void letGo() {
        CONTROLS.get(name).free = true;
    }

    /**
     * Makes the job fail, each time while it takes the third checkpoint after a start: after the
     * sink has taken its snapshot, and before the checkpoint is complete.
     */
    void failTimes(int times) {
        CONTROLS.get(name).failures.set(times);
    }

    int failuresLeft() {
        return CONTROLS.get(name).failures.get();
    }

    /** Starts the job from the last savepoint, if there is one. */
    JobClient start(Sink<Long> sink, int restarts) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY, restarts == 0 ? "none" : "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        if (checkpointInterval != NEVER) {
            env.enableCheckpointing(checkpointInterval);
        }
        CONTROLS.get(name).records.set(0);
        env.fromSequence(0, end - 1)
                .uid("numbers")
                // One subtask, so that none is finished before all numbers are there.
                .setParallelism(1)
                .map(new Pace(name))
                .uid("pace")
                .setParallelism(1)
                .map(new Trip(name))
                .uid("trip")
                .sinkTo(sink)
                .uid("sink");
        JobClient job = env.executeAsync(name);
        result = job.getJobExecutionResult();
        return job;
    }

    /**
     * Runs the job to its end, which does not come before the first checkpoint, if there are any.
     */
    void finish(Sink<Long> sink) throws Exception {
        Control control = CONTROLS.get(name);
        control.free = checkpointInterval == NEVER;
        control.checkpoints.set(0);
        start(sink, 0);
        while (!control.free) {
            failIfEnded();
            control.free = control.checkpoints.get() > 0;
            Thread.sleep(10);
        }
        result.get();
    }

    /**
     * Runs the job without checkpoints until the sink has got some records, and leaves a savepoint
     * in which they are pending: Flink does not commit with a savepoint of a job that goes on.
     */
    void runToSavepoint(Sink<Long> sink, Path directory) throws Exception {
        JobClient job = start(sink, 0);
        awaitRecords(40);
        savepoint =
                savepoint(
                        () -> job.triggerSavepoint(uri(directory), SavepointFormatType.CANONICAL));
        awaitRecords(CONTROLS.get(name).records.get() + 20);
        job.cancel().get();
    }

    /** Runs the job with checkpoints and the failures that it was told, and stops it. */
    void runToStop(Sink<Long> sink, Path directory, Fault fault) throws Exception {
        JobClient job = start(sink, Integer.MAX_VALUE);
        awaitRecords(40);
        fault.happen();
        awaitRecords(CONTROLS.get(name).records.get() + 20);
        while (true) {
            failIfEnded();
            if (failuresLeft() <= 0) {
                try {
                    savepoint =
                            job.stopWithSavepoint(
                                            false, uri(directory), SavepointFormatType.CANONICAL)
                                    .get();
                    return;
                } catch (ExecutionException e) {
                    // The job fails meanwhile: it goes on, or its failure is thrown above.
                    LOG.info("No savepoint yet", e);
                }
            }
            Thread.sleep(20);
        }
    }

    /** Takes a savepoint as soon as all tasks run. */
    private String savepoint(Supplier<CompletableFuture<String>> trigger) throws Exception {
        while (true) {
            failIfEnded();
            try {
                return trigger.get().get();
            } catch (ExecutionException e) {
                CheckpointFailureReason reason =
                        ExceptionUtils.findThrowable(e, CheckpointException.class)
                                .map(CheckpointException::getCheckpointFailureReason)
                                .orElse(null);
                if (reason != CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING) {
                    throw e;
                }
            }
            Thread.sleep(20);
        }
    }

    private static String uri(Path directory) {
        return directory.toUri().toString();
    }

    /** Throws why the job has failed; also if it has ended well. */
    void failIfEnded() throws Exception {
        if (result.isDone()) {
            result.get();
            throw new IllegalStateException("The job has ended");
        }
    }

    private void awaitRecords(int count) throws Exception {
        while (CONTROLS.get(name).records.get() < count) {
            failIfEnded();
            Thread.sleep(10);
        }
    }

    /** Returns a serializer with the number as the value, and one of seven keys. */
    static KafkaRecordSerializationSchema<Long> serializer(String topic) {
        return KafkaRecordSerializationSchema.<Long>builder()
                .setTopic(topic)
                .setKeySerializationSchema(new Text(7))
                .setValueSerializationSchema(new Text(Long.MAX_VALUE))
                .build();
    }

    /** What happens to a job while it runs. */
    interface Fault {
        void happen() throws Exception;
    }

    private static final class Control {
        private final AtomicInteger records = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger checkpoints = new AtomicInteger();
        private volatile boolean free;
    }

    private static final class Text implements SerializationSchema<Long> {

        private static final long serialVersionUID = 1L;

        private final long modulus;

        private Text(long modulus) {
            this.modulus = modulus;
        }

        @Override
        public byte[] serialize(Long number) {
            return Long.toString(number % modulus).getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class Pace implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;

        private final String name;

        private Pace(String name) {
            this.name = name;
        }

        @Override
        public Long map(Long number) throws Exception {
            Control control = CONTROLS.get(name);
            control.records.incrementAndGet();
            if (!control.free) {
                Thread.sleep(5);
            }
            return number;
        }
    }

    /** In the same chain as the sink, and before it: it takes its snapshots after it. */
    private static final class Trip
            implements MapFunction<Long, Long>, CheckpointedFunction, CheckpointListener {

        private static final long serialVersionUID = 1L;

        private final String name;
        private transient int completed;

        private Trip(String name) {
            this.name = name;
        }

        @Override
        public Long map(Long number) {
            return number;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            AtomicInteger failures = CONTROLS.get(name).failures;
            if (completed >= 2 && failures.get() > 0 && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("fails as it was told");
            }
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {
            // It has no state.
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            completed++;
            CONTROLS.get(name).checkpoints.incrementAndGet();
        }
    }
}
