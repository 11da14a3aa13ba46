// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job that is stopped with savepoints, and goes on with 2, 3 and 1 subtasks. */
final class DeduplicationSavepointTest {

    private static final int RECORDS = 60_000;
    private static final int KEYS = 7_000;
    private static final int MAX_PARALLELISM = 16;

    /** The keys that passed in all runs of the job; tasks are in this JVM. */
    private static final ConcurrentLinkedQueue<Long> passed = new ConcurrentLinkedQueue<>();

    /** The records of the running job, and how many it may take before its savepoint. */
    private static final AtomicLong records = new AtomicLong();

    private static volatile long limit;
    private static volatile CountDownLatch limitReached = new CountDownLatch(1);

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "hashmap, CANONICAL, false",
        "hashmap, NATIVE, false",
        "rocksdb, CANONICAL, false",
        "rocksdb, NATIVE, false",
        "forst, NATIVE, false",
        "rocksdb, CANONICAL, true",
    })
    void keysAreUniqueAcrossSavepointsAndParallelisms(
            String backend, SavepointFormatType format, boolean exact) throws Exception {
        passed.clear();

        String first = runUntilSavepoint(backend, format, exact, 2, null);
        assertThat(passed).isNotEmpty();
        String second = runUntilSavepoint(backend, format, exact, 3, first);
        run(backend, exact, 1, second);

        List<Long> keys = new ArrayList<>(passed);
        assertThat(keys)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, KEYS).boxed().toList());
    }

    /** Stops the job in its middle, and returns the path of the savepoint. */
    private String runUntilSavepoint(
            String backend,
            SavepointFormatType format,
            boolean exact,
            int parallelism,
            String savepoint)
            throws Exception {
        records.set(0);
        limitReached = new CountDownLatch(1);
        limit = RECORDS / 3;
        JobClient job = environment(backend, exact, parallelism, savepoint).executeAsync();
        limitReached.await();
        return stop(job, format);
    }

    /** Stops a job with a savepoint, as soon as all of its tasks run. */
    private String stop(JobClient job, SavepointFormatType format) throws Exception {
        while (true) {
            try {
                return job.stopWithSavepoint(false, directory.toUri().toString(), format).get();
            } catch (ExecutionException e) {
                if (ExceptionUtils.findThrowableWithMessage(
                                e, "Not all required tasks are currently running")
                        .isEmpty()) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }
    }

    private static void run(String backend, boolean exact, int parallelism, String savepoint)
            throws Exception {
        limit = Long.MAX_VALUE;
        environment(backend, exact, parallelism, savepoint).execute();
    }

    private static StreamExecutionEnvironment environment(
            String backend, boolean exact, int parallelism, String savepoint) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        environment.setMaxParallelism(MAX_PARALLELISM);
        DataStream<Long> numbers =
                environment
                        .fromSource(
                                new NumberSequenceSource(0, RECORDS - 1),
                                WatermarkStrategy.<Long>forMonotonousTimestamps()
                                        .withTimestampAssigner((value, previous) -> value),
                                "numbers")
                        .uid("numbers")
                        .map(new Slow())
                        .returns(Types.LONG)
                        .uid("slow");
        Deduplication<Long, Long> deduplication =
                Deduplication.by((Long value) -> value % KEYS, Types.LONG)
                        .within(Duration.ofHours(1));
        if (exact) {
            deduplication.exact();
        }
        deduplication
                .applyTo(numbers)
                .uid("unique")
                .map(
                        value -> {
                            passed.add(value % KEYS);
                            return value;
                        })
                .returns(Types.LONG)
                .uid("passed")
                .sinkTo(new DiscardingSink<>())
                .uid("nothing");
        return environment;
    }

    /** Takes its time behind the limit, so that the job is stopped before its end. */
    private static final class Slow implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1;

        @Override
        public Long map(Long value) throws Exception {
            if (records.incrementAndGet() > limit) {
                limitReached.countDown();
                Thread.sleep(1);
            }
            return value;
        }
    }
}
