// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import com.pinterest.flink.deduplication.Deduplication;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
 * <p>Arguments: the directory of the output, and how many records the source emits, one a
 * millisecond, before it waits for ever; 0 for all, as fast as it can.
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
                                                new Paced(Integer.parseInt(arguments[1])),
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

    /** Lets pass some records one by one, and then none; or all, if it is zero. */
    public static final class Paced implements RateLimiterStrategy<NumberSequenceSplit> {
        private static final long serialVersionUID = 1;

        private final int records;

        Paced(int records) {
            this.records = records;
        }

        @Override
        public RateLimiter<NumberSequenceSplit> createRateLimiter(int parallelism) {
            return new Pace(records);
        }
    }

    private static final class Pace implements RateLimiter<NumberSequenceSplit> {

        private static final Executor LATER =
                CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

        private final int records;
        private int passed;

        Pace(int records) {
            this.records = records;
        }

        @Override
        public CompletionStage<Void> acquire(int number) {
            if (records == 0) {
                return CompletableFuture.completedFuture(null);
            }
            passed += number;
            return passed > records
                    ? new CompletableFuture<>()
                    : CompletableFuture.runAsync(() -> {}, LATER);
        }
    }
}
