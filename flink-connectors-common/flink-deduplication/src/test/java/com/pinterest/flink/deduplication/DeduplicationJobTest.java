// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs with a deduplication, which fail and go on from a checkpoint. */
final class DeduplicationJobTest {

    private static final int PARALLELISM = 2;
    private static final int RECORDS = 30_000;
    private static final int KEYS = 10_000;

    /** Failures of the running job; tasks are in this JVM. */
    private static final AtomicInteger failures = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({
        "hashmap, false, false, false, false",
        "rocksdb, false, false, false, false",
        "forst,   false, false, false, false",
        "hashmap, true,  false, false, false",
        "rocksdb, true,  false, false, false",
        "rocksdb, false, true,  false, false",
        "hashmap, false, false, true,  false",
        "rocksdb, false, true,  true,  false",
        "hashmap, false, false, false, true",
        "rocksdb, false, false, true,  true",
    })
    void keysAreUniqueAcrossAFailure(
            String backend,
            boolean changelog,
            boolean unaligned,
            boolean localRecovery,
            boolean exact)
            throws Exception {
        // given a job that fails after a checkpoint
        failures.set(0);
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        configuration.set(StateRecoveryOptions.LOCAL_RECOVERY, localRecovery);
        configuration.set(CheckpointingOptions.LOCAL_BACKUP_ENABLED, localRecovery);
        configuration.set(StateChangelogOptions.ENABLE_STATE_CHANGE_LOG, changelog);
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, unaligned);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration);
        DataStream<Long> records =
                environment
                        .fromSequence(0, RECORDS - 1)
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<Long>forMonotonousTimestamps()
                                        .withTimestampAssigner((value, previous) -> value))
                        .map(new FailingOnce())
                        .returns(Types.LONG);
        Deduplication<Long, Long> deduplication =
                Deduplication.by((Long value) -> value % KEYS, Types.LONG)
                        .within(Duration.ofHours(1));
        if (exact) {
            deduplication.exact();
        }

        // when
        List<Long> keys =
                deduplication
                        .applyTo(records)
                        .uid("unique")
                        .map(value -> value % KEYS)
                        .returns(Types.LONG)
                        .executeAndCollect(RECORDS);

        // then
        Set<Long> distinct = new HashSet<>(keys);
        assertThat(distinct).hasSize(KEYS);
        assertThat(keys).hasSize(KEYS);
        assertThat(failures).hasValue(1);
    }

    @Test
    void missingWindowIsNamed() {
        DataStream<Long> records =
                StreamExecutionEnvironment.getExecutionEnvironment().fromSequence(1, 2);
        assertThatThrownBy(
                        () -> Deduplication.by((Long value) -> value, Types.LONG).applyTo(records))
                .hasMessageContaining("call within()");
    }

    @Test
    void invalidOptionsAreNamed() {
        Deduplication<Long, Long> deduplication =
                Deduplication.by((Long value) -> value, Types.LONG);
        assertThatThrownBy(() -> deduplication.within(Duration.ofNanos(1)))
                .hasMessageContaining("at least a millisecond");
        assertThatThrownBy(() -> deduplication.withPages(0))
                .hasMessageContaining("between 1 and 1048576");
        assertThatThrownBy(() -> deduplication.withMemoryLimit(MemorySize.ZERO))
                .hasMessageContaining("must not be zero");
    }

    @Test
    void nullKeyIsNamed() {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Long> unique =
                Deduplication.by((Long value) -> (Long) null, Types.LONG)
                        .within(Duration.ofHours(1))
                        .inProcessingTime()
                        .applyTo(environment.fromSequence(1, 2));
        assertThatThrownBy(() -> unique.executeAndCollect(1))
                .hasStackTraceContaining("returned null for the record");
    }

    /** Fails once, after checkpoints, or else at the last record. Is slow until then. */
    private static final class FailingOnce implements MapFunction<Long, Long>, CheckpointListener {

        private static final long serialVersionUID = 1;

        private int checkpoints;

        @Override
        public Long map(Long value) throws Exception {
            if (failures.get() == 0) {
                Thread.sleep(1);
                if ((checkpoints >= 2 || value == RECORDS - 1) && failures.compareAndSet(0, 1)) {
                    throw new IllegalStateException("intended");
                }
            }
            return value;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            checkpoints++;
        }
    }
}
