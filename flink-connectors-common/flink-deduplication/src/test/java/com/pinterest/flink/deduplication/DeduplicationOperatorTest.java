// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static com.pinterest.flink.deduplication.OperatorCluster.deduplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.deduplication.OperatorCluster.Checkpoint;
import com.pinterest.flink.deduplication.OperatorCluster.Fate;
import java.time.Duration;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DeduplicationOperatorTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void firstRecordOfAKeyIsEmitted() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("b", 0)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("a", HOUR)).isEqualTo(Fate.DUPLICATE);
            assertThat(cluster.process("a", -HOUR)).isEqualTo(Fate.DUPLICATE);
        }
    }

    @Test
    void recordsMoreThanAWindowApartAreNoDuplicatesWhereverTheWatermarkIs() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("a", 24 * HOUR)).isEqualTo(Fate.DUPLICATE);
            assertThat(cluster.process("a", 25 * HOUR)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("a", -24 * HOUR)).isEqualTo(Fate.DUPLICATE);
            assertThat(cluster.process("a", 1000 * HOUR)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("a", 1000 * HOUR)).isEqualTo(Fate.DUPLICATE);
        }
    }

    @Test
    void duplicatesExtendTheWindowIfAsked() throws Exception {
        try (OperatorCluster cluster =
                OperatorCluster.onHeap(deduplication().within(DAY).refreshedByDuplicates())) {
            cluster.process("a", 0);
            for (long day = 1; day < 5; day++) {
                assertThat(cluster.process("a", day * 24 * HOUR)).isEqualTo(Fate.DUPLICATE);
                cluster.watermark(day * 24 * HOUR);
            }
        }
    }

    @Test
    void duplicatesExtendTheWindowAcrossARestart() throws Exception {
        Deduplication<String, String> refreshed =
                deduplication().within(DAY).refreshedByDuplicates();
        try (OperatorCluster cluster = OperatorCluster.onHeap(refreshed)) {
            cluster.process("a", 0);
            cluster.checkpoint(1);
            cluster.process("a", 20 * HOUR);
            cluster.start(refreshed, 1, cluster.checkpoint(2));
            cluster.watermark(40 * HOUR);
            assertThat(cluster.process("a", 40 * HOUR)).isEqualTo(Fate.DUPLICATE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void lateRecordsGoWhereTheyAreSentTo(LateRecords policy) throws Exception {
        try (OperatorCluster cluster =
                OperatorCluster.onHeap(deduplication().within(DAY).withLateRecords(policy))) {
            cluster.watermark(100 * HOUR);
            Fate late =
                    switch (policy) {
                        case SIDE_OUTPUT -> Fate.LATE;
                        case EMIT -> Fate.EMITTED;
                        case DROP -> Fate.DROPPED;
                    };
            assertThat(cluster.process("a", 74 * HOUR)).isEqualTo(late);
            assertThat(cluster.process("a", 74 * HOUR)).isEqualTo(late);
            assertThat(cluster.process("a", 76 * HOUR)).isEqualTo(Fate.EMITTED);
            assertThat(cluster.process("b", Long.MAX_VALUE / 2)).isEqualTo(Fate.EMITTED);
        }
    }

    @Test
    void timesThatCannotBeStoredAreLate() throws Exception {
        try (OperatorCluster cluster =
                OperatorCluster.onHeap(deduplication().within(Duration.ofMillis(24)))) {
            assertThat(cluster.process("a", Long.MAX_VALUE)).isEqualTo(Fate.LATE);
            assertThat(cluster.process("a", Long.MIN_VALUE + 1)).isEqualTo(Fate.LATE);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.EMITTED);
        }
    }

    @Test
    void replayFarAheadOfTheWatermarkIsJudgedAsAnyOther() throws Exception {
        // given more slices than the first codes can name, with no watermark in between
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            for (long hour = 0; hour < 5_000; hour++) {
                assertThat(cluster.process("key " + hour, hour * HOUR)).isEqualTo(Fate.EMITTED);
            }
            // then each key is known in its slice, and unknown a long time later
            for (long hour = 0; hour < 5_000; hour++) {
                assertThat(cluster.process("key " + hour, hour * HOUR)).isEqualTo(Fate.DUPLICATE);
            }
            assertThat(cluster.process("key 0", 4_000 * HOUR)).isEqualTo(Fate.EMITTED);

            // and after a restart, too
            cluster.start(deduplication().within(DAY), 2, cluster.checkpoint(1));
            for (long hour = 0; hour < 5_000; hour++) {
                assertThat(cluster.process("key " + hour, hour * HOUR)).isEqualTo(Fate.DUPLICATE);
            }
        }
    }

    @Test
    void tooManySlicesAheadOfTheWatermarkFailWithAdvice() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            assertThatThrownBy(
                            () -> {
                                for (long hour = 0; hour <= 1 << Slices.MAX_BITS; hour++) {
                                    cluster.process("a", hour * HOUR);
                                }
                            })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Let the source emit watermarks more often");
        }
    }

    @Test
    void expiredStateIsRemovedAndRunsOfAClosedSliceAreMerged() throws Exception {
        try (OperatorCluster cluster =
                OperatorCluster.onHeap(deduplication().within(DAY).withPages(1))) {
            for (int i = 0; i < 20; i++) {
                cluster.process("key " + i, 0);
                cluster.checkpoint(i);
            }
            cluster.watermark(HOUR);
            cluster.start(deduplication().within(DAY).withPages(1), 1, cluster.checkpoint(20));
            for (int i = 0; i < 20; i++) {
                assertThat(cluster.process("key " + i, 0)).isEqualTo(Fate.DUPLICATE);
            }
            cluster.watermark(25 * HOUR);
            assertThat(cluster.stateEntries()).isZero();
        }
    }

    @Test
    void timeStandsStillWhileTheJobDoesNotRun() throws Exception {
        Deduplication<String, String> processingTime =
                deduplication().within(DAY).inProcessingTime();
        try (OperatorCluster cluster = new OperatorCluster(new HashMapStateBackend())) {
            cluster.processingTime(1000 * HOUR);
            cluster.start(processingTime, 1, null);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.EMITTED);
            Checkpoint checkpoint = cluster.checkpoint(1);

            cluster.processingTime(2000 * HOUR);
            cluster.start(processingTime, 1, checkpoint);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.DUPLICATE);
            cluster.processingTime(2023 * HOUR);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.DUPLICATE);
            cluster.processingTime(2026 * HOUR);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.EMITTED);
        }
    }

    @Test
    void clockThatGoesBackIsIgnored() throws Exception {
        try (OperatorCluster cluster = new OperatorCluster(new HashMapStateBackend())) {
            cluster.processingTime(1000 * HOUR);
            cluster.start(deduplication().within(DAY).inProcessingTime(), 1, null);
            cluster.process("a", 0);
            cluster.processingTime(900 * HOUR);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.DUPLICATE);
            assertThat(cluster.process("b", 0)).isEqualTo(Fate.EMITTED);
        }
    }

    // ------------------------------------------------------------------ fingerprints

    @ParameterizedTest
    @EnumSource(FingerprintWidth.class)
    void falseDropsStayWithinTheComputedBound(FingerprintWidth width) throws Exception {
        // given fingerprints of 16 bits
        Deduplication<String, String> small = deduplication().within(DAY).withPages(8);
        small.fingerprintBits = 16;
        if (width == FingerprintWidth.WIDE) {
            small.withWideFingerprints();
        }
        Settings<String> settings = new Settings<>(small, OperatorCluster.LATE);
        int keys = 60_000;
        double expected = 0;
        int falseDrops = 0;
        try (OperatorCluster cluster = OperatorCluster.onHeap(small)) {
            for (int i = 0; i < keys; i++) {
                expected += settings.falseDropProbability(i, Slices.INITIAL_BITS);
                if (cluster.process("key " + i, 0) == Fate.DUPLICATE) {
                    falseDrops++;
                }
            }
        }
        // then: 3400 are expected, the deviation is 58; keys that were dropped take no place
        if (width == FingerprintWidth.WIDE) {
            assertThat(falseDrops).isZero();
            assertThat(expected).isLessThan(1e-9);
        } else {
            assertThat(falseDrops).isBetween((int) (0.85 * expected), (int) (1.05 * expected));
        }
    }

    private enum FingerprintWidth {
        NORMAL,
        WIDE
    }

    // ------------------------------------------------------------------ errors

    @Test
    void recordWithoutTimestampFails() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            assertThatThrownBy(() -> cluster.process(new StreamRecord<>("a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has no timestamp");
        }
    }

    @Test
    void memoryLimitFailsWithAdvice() throws Exception {
        try (OperatorCluster cluster =
                OperatorCluster.onHeap(
                        deduplication().within(DAY).withMemoryLimit(MemorySize.ofMebiBytes(1)))) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 200_000; i++) {
                                    cluster.process("key " + i, 0);
                                }
                            })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("needs more memory than its limit of 1024.000kb");
        }
    }

    @Test
    void stateOfOtherSettingsIsRefused() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            cluster.process("a", 0);
            Checkpoint state = cluster.checkpoint(1);
            assertRefused(
                    cluster, deduplication().within(DAY.plusDays(1)), state, "another window");
            assertRefused(
                    cluster, deduplication().within(DAY).inProcessingTime(), state, "another time");
            assertRefused(
                    cluster,
                    deduplication().within(DAY).withPages(8),
                    state,
                    "another number of pages: 4096, now 8");
            assertRefused(
                    cluster,
                    deduplication().within(DAY).withWideFingerprints(),
                    state,
                    "another fingerprint");
            cluster.start(deduplication().within(DAY).refreshedByDuplicates(), 1, state);
            assertThat(cluster.process("a", 0)).isEqualTo(Fate.DUPLICATE);
        }
    }

    private static void assertRefused(
            OperatorCluster cluster,
            Deduplication<String, String> other,
            Checkpoint state,
            String message) {
        assertThatThrownBy(() -> cluster.start(other, 1, state)).hasMessageContaining(message);
    }

    @Test
    void stateOfAnotherKeySerializerIsRefused() throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication().within(DAY))) {
            cluster.process("a", 0);
            Checkpoint state = cluster.checkpoint(1);
            assertThatThrownBy(
                            () ->
                                    cluster.start(
                                            deduplication().within(DAY),
                                            new KryoSerializer<>(
                                                    String.class, new SerializerConfigImpl()),
                                            1,
                                            state))
                    .hasMessageContaining("The serializer of the key has changed");
            cluster.start(deduplication().within(DAY), StringSerializer.INSTANCE, 1, state);
        }
    }
}
