// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shares of rate limits in virtual time. */
class RateGateTest {

    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"1000, 1, 4, 250", "1000, 4, 4, 1000", "20000, 3, 4, 15000", "0.5, 1, 1, 0.5"})
    void readerGetsItsShareOfRecords(double perSecond, int own, int all, double expected) {
        RateGate gate = new RateGate(RateLimit.ofRecords(perSecond), 0);
        gate.setPartitions(own, all, 0);

        assertThat(recordsIn(gate, 100, 10)).isBetween(99 * expected, 101 * expected + 1);
    }

    @Test
    void eachPartitionHasALimitOfItsOwn() {
        RateGate gate = new RateGate(RateLimit.ofRecords(100).per(RateLimit.Scope.PARTITION), 0);
        gate.setPartitions(3, 50, 0);

        assertThat(recordsIn(gate, 100, 10)).isBetween(29_900.0, 30_200.0);
    }

    @Test
    void bytesAreLimitedAndALargeRecordIsPaidAfterwards() {
        RateGate gate = new RateGate(RateLimit.ofBytes(new MemorySize(1_000)), 0);
        gate.setPartitions(1, 1, 0);

        assertThat(gate.shutFor(0)).isZero();
        gate.charge(5_000);
        assertThat(gate.shutFor(0)).isEqualTo(5 * SECOND);
        assertThat(gate.shutFor(2 * SECOND)).isEqualTo(3 * SECOND);
        assertThat(gate.shutFor(5 * SECOND)).isZero();
    }

    @Test
    void tighterOfTwoLimitsHolds() {
        RateGate gate =
                new RateGate(
                        RateLimit.ofRecords(100).and(RateLimit.ofBytes(new MemorySize(500))), 0);
        gate.setPartitions(1, 1, 0);

        assertThat(recordsIn(gate, 100, 10)).isBetween(4_990.0, 5_100.0);
    }

    @Test
    void idleReaderGathersATenthOfASecond() {
        RateGate gate = new RateGate(RateLimit.ofRecords(1_000), 0);
        gate.setPartitions(1, 1, 0);

        assertThat(gate.shutFor(3_600 * SECOND)).isZero();
        int burst = 0;
        while (gate.shutFor(3_600 * SECOND) == 0) {
            gate.charge(0);
            burst++;
        }
        assertThat(burst).isEqualTo(101);
    }

    @Test
    void gateIsShutUntilThePartitionsAreKnown() {
        RateGate gate = new RateGate(RateLimit.ofRecords(1_000), 0);

        assertThat(gate.shutFor(10 * SECOND)).isPositive();
        gate.setPartitions(1, 1, 10 * SECOND);
        assertThat(gate.shutFor(10 * SECOND)).isZero();
    }

    @Test
    void limitOfNothingIsRefused() {
        assertThatThrownBy(() -> RateLimit.ofRecords(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RateLimit.ofRecords(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RateLimit.ofBytes(MemorySize.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Reads as fast as the gate lets it. */
    private static double recordsIn(RateGate gate, int seconds, int size) {
        long now = 0;
        long records = 0;
        while (now < seconds * SECOND) {
            long shut = gate.shutFor(now);
            if (shut == 0) {
                gate.charge(size);
                records++;
            }
            now += shut + 100;
        }
        return records;
    }
}
