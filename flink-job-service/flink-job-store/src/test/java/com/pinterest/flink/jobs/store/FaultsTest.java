// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.protocol.OperationState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many lives of a job with faults. {@code -Dfaults.seeds=N} lives N of them, {@code
 * -Dfaults.first=S} begins with seed S; a failure names the seed.
 */
final class FaultsTest {

    /** Violations after which the others are not looked for. */
    private static final int ENOUGH = 20;

    private static final int SEEDS = Integer.getInteger("faults.seeds", 2_000);

    /** The same lives each time, so that a build does not hang on luck; ci/faults takes others. */
    private static final long FIRST = Long.getLong("faults.first", 1_000_000);

    /** The storage did not answer for the last savepoint, so that an earlier one was taken. */
    @Test
    void earlierSavepointIsNotTakenWhileTheLastIsUnknown() throws Exception {
        assertThat(
                        Simulation.violations(
                                726449371,
                                new EnumMap<>(OperationState.class),
                                new AtomicInteger()))
                .isEmpty();
    }

    /** A savepoint completed after its operation was given up, and was newer than all others. */
    @Test
    void savepointOfWhichNobodyHasHeardIsFound() throws Exception {
        assertThat(
                        Simulation.violations(
                                5000540, new EnumMap<>(OperationState.class), new AtomicInteger()))
                .isEmpty();
    }

    @Test
    void noLifeHasTwoRunsOrLosesOne() throws Exception {
        System.out.printf("faults.first=%d%n", FIRST);
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        Map<OperationState, Integer> outcomes = new ConcurrentHashMap<>();
        AtomicInteger lives = new AtomicInteger();
        AtomicInteger deletions = new AtomicInteger();

        LongStream.range(FIRST, FIRST + SEEDS)
                .parallel()
                .filter(seed -> wrong.size() < ENOUGH)
                .forEach(
                        seed -> {
                            lives.incrementAndGet();
                            for (String violation : violations(seed, outcomes, deletions)) {
                                wrong.add("seed " + seed + ": " + violation);
                            }
                        });

        System.out.printf("faults: outcomes of operations: %s%n", new TreeMap<>(outcomes));
        System.out.printf("faults: %d savepoints deleted%n", deletions.get());
        System.out.printf("faults: %d runs, %d violations%n", lives.get(), wrong.size());
        assertThat(wrong).isEmpty();
        if (SEEDS >= 200) {
            // A simulation in which nothing ever goes wrong, or right, would prove nothing.
            assertThat(outcomes)
                    .containsKeys(
                            OperationState.SUCCEEDED,
                            OperationState.FAILED,
                            OperationState.FAILED_RUNS_ON,
                            OperationState.ROLLED_BACK,
                            OperationState.ABORTED);
        }
        if (SEEDS >= 1_000) {
            assertThat(deletions).hasPositiveValue();
        }
    }

    private static List<String> violations(
            long seed, Map<OperationState, Integer> outcomes, AtomicInteger deletions) {
        try {
            return Simulation.violations(seed, outcomes, deletions);
        } catch (Exception e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
