// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import com.pinterest.flink.deduplication.Deduplication;
import java.io.File;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * A job that writes the numbers below {@link #KEYS}, of which it reads each several times.
 *
 * <p>Arguments: the directory of the output, and a file: as soon as it exists, the source reads as
 * fast as it can, instead of a record a millisecond.
 */
public final class UniqueNumbersJob {

    static final int KEYS = 6_000;
    static final int RECORDS = 60_000;

    private UniqueNumbersJob() {}

    /** Runs the job; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        Deduplication.by(new Key(), Types.LONG)
                .within(Duration.ofHours(1))
                .applyTo(
                        environment
                                .fromSource(
                                        new DataGeneratorSource<>(
                                                new Same(),
                                                RECORDS,
                                                new Paced(arguments[1]),
                                                Types.LONG),
                                        WatermarkStrategy.<Long>forMonotonousTimestamps()
                                                .withTimestampAssigner(
                                                        (number, previous) -> number),
                                        "numbers")
                                .uid("numbers")
                                .setParallelism(1))
                .uid("unique")
                .map(number -> number % KEYS)
                .returns(Types.LONG)
                .uid("keys")
                .sinkTo(
                        FileSink.forRowFormat(
                                        new Path(arguments[0]), new SimpleStringEncoder<Long>())
                                .withRollingPolicy(OnCheckpointRollingPolicy.<Long, String>build())
                                .build())
                .uid("files");
        environment.execute("unique-numbers");
    }

    /** The key of a number. */
    public static final class Key implements KeySelector<Long, Long> {
        private static final long serialVersionUID = 1;

        @Override
        public Long getKey(Long number) {
            return number % KEYS;
        }
    }

    /** Generates the numbers in their order. */
    public static final class Same implements GeneratorFunction<Long, Long> {
        private static final long serialVersionUID = 1;

        @Override
        public Long map(Long number) {
            return number;
        }
    }

    /** Lets pass a record a millisecond until a file exists. */
    public static final class Paced implements RateLimiterStrategy<NumberSequenceSplit> {
        private static final long serialVersionUID = 1;

        private final String file;

        Paced(String file) {
            this.file = file;
        }

        @Override
        public RateLimiter<NumberSequenceSplit> createRateLimiter(int parallelism) {
            return new Pace(new File(file));
        }
    }

    private static final class Pace implements RateLimiter<NumberSequenceSplit> {

        private final File file;
        private boolean exists;

        Pace(File file) {
            this.file = file;
        }

        /** Waits in the thread of the task, so that nothing has to wake it. */
        @Override
        public CompletionStage<Void> acquire(int number) {
            exists = exists || file.exists();
            if (!exists) {
                LockSupport.parkNanos(1_000_000);
            }
            return CompletableFuture.completedFuture(null);
        }
    }
}
