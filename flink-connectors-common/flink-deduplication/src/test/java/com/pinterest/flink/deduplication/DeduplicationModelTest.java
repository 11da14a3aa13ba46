// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.deduplication.OperatorCluster.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random records, watermarks, checkpoints, restarts and changes of the parallelism, against a model
 * that keeps all keys and times.
 */
final class DeduplicationModelTest {

    private static final int STEPS = 3_000;

    static Stream<Arguments> runs() {
        // The name of a test shows its seed.
        long first = Long.getLong("fuzz.seed", 4711);
        return IntStream.range(0, Integer.getInteger("fuzz.cases", 18))
                .mapToObj(i -> Arguments.of(first + i, i % 3 == 0));
    }

    @ParameterizedTest(name = "seed {0}, RocksDB {1}")
    @MethodSource("runs")
    void agreesWithTheModel(long seed, boolean onRocksDb) throws Exception {
        Random random = new Random(seed);
        StateBackend backend =
                onRocksDb ? new EmbeddedRocksDBStateBackend(false) : new HashMapStateBackend();
        try (OperatorCluster cluster = new OperatorCluster(backend)) {
            new Run(random, cluster).play();
        }
    }

    /** One run: a deduplication with random settings, and the model. */
    private static final class Run {

        private final Random random;
        private final OperatorCluster cluster;
        private final long window;
        private final boolean eventTime;
        private final boolean refresh;
        private final int keys;
        private final int outOfOrderness;
        private final Deduplication<String, String> deduplication;

        /** The times at which records of a key were seen that the operator must remember. */
        private Times remembered = new Times();

        /** As above, and those that it may have forgotten for a later one of the key. */
        private Times seen = new Times();

        private long now = 1_700_000_000_000L;

        /** Processing time goes on from a checkpoint: what now is ahead of it. */
        private long outages;

        /** The largest watermark of all, and that since the last start. */
        private long watermark = Long.MIN_VALUE;

        private long currentWatermark = Long.MIN_VALUE;
        private long checkpoints;
        private Point last;
        private int duplicates;

        Run(Random random, OperatorCluster cluster) {
            this.random = random;
            this.cluster = cluster;
            window = List.of(20L, 1_000L, 3_600_000L).get(random.nextInt(3));
            eventTime = random.nextInt(3) > 0;
            refresh = random.nextBoolean();
            keys = 1 + random.nextInt(3_000);
            outOfOrderness = random.nextInt(3);
            deduplication =
                    OperatorCluster.deduplication()
                            .within(Duration.ofMillis(window))
                            .withPages(List.of(1, 7, 64).get(random.nextInt(3)));
            if (!eventTime) {
                deduplication.inProcessingTime();
            }
            if (refresh) {
                deduplication.refreshedByDuplicates();
            }
            if (random.nextBoolean()) {
                deduplication.withWideFingerprints();
            }
        }

        void play() throws Exception {
            cluster.processingTime(now);
            cluster.start(deduplication, 1 + random.nextInt(3), null);
            for (int step = 0; step < STEPS; step++) {
                int action = random.nextInt(1_000);
                if (action < 20) {
                    advance();
                } else if (action < 30) {
                    last =
                            new Point(
                                    cluster.checkpoint(++checkpoints),
                                    now - outages,
                                    remembered.copy(),
                                    seen.copy());
                } else if (action < 33 && last != null) {
                    restart();
                } else {
                    record();
                }
            }
            assertThat(duplicates).isPositive();
        }

        private void advance() throws Exception {
            // Mostly a part of a slice, now and then windows at once.
            long steps = random.nextInt(20) == 0 ? 100 * window : window / 4;
            now += 1 + (long) (random.nextDouble() * steps);
            if (eventTime) {
                watermark = Math.max(watermark, now - (random.nextInt(4) == 0 ? window : 0));
                currentWatermark = watermark;
                cluster.watermark(watermark);
            } else {
                cluster.processingTime(now);
            }
        }

        private void restart() throws Exception {
            now += (long) (random.nextDouble() * 3 * window);
            outages = now - last.time;
            currentWatermark = Long.MIN_VALUE;
            cluster.processingTime(now);
            cluster.start(deduplication, 1 + random.nextInt(3), last.checkpoint);
            remembered = last.remembered.copy();
            seen = last.seen.copy();
        }

        private void record() throws Exception {
            String key = "key-" + random.nextInt(keys);
            long time = eventTime ? now + delay() : now - outages;
            Fate fate = cluster.process(new StreamRecord<>(key, time));
            long expired = (eventTime ? watermark : time) - window;
            boolean mustBeDuplicate =
                    remembered.of(key).stream()
                            .anyMatch(other -> Math.abs(other - time) <= window && other > expired);
            boolean mayBeDuplicate =
                    seen.of(key).stream().anyMatch(other -> Math.abs(other - time) <= reach());
            switch (fate) {
                case EMITTED -> {
                    assertThat(mustBeDuplicate)
                            .as("missed: %s at %s, seen at %s", key, time, remembered.of(key))
                            .isFalse();
                    remembered.of(key).add(time);
                    seen.of(key).add(time);
                }
                case DUPLICATE -> {
                    assertThat(mayBeDuplicate)
                            .as("dropped: %s at %s, seen at %s", key, time, seen.of(key))
                            .isTrue();
                    duplicates++;
                    if (refresh) {
                        refresh(key, time);
                    }
                }
                default -> {
                    assertThat(fate).isEqualTo(Fate.LATE);
                    assertThat(eventTime).isTrue();
                    assertThat(time).isLessThan(currentWatermark - window);
                }
            }
            if (eventTime
                    && currentWatermark != Long.MIN_VALUE
                    && time < currentWatermark - reach()) {
                assertThat(fate).isEqualTo(Fate.LATE);
            }
        }

        /**
         * One of the times that are near is moved to this one, if it is earlier; which is not
         * known.
         */
        private void refresh(String key, long time) {
            List<Long> near =
                    seen.of(key).stream()
                            .filter(other -> Math.abs(other - time) <= reach())
                            .toList();
            remembered.of(key).removeIf(other -> other < time && near.contains(other));
            if (near.stream().allMatch(other -> other < time)) {
                remembered.of(key).add(time);
            }
            seen.of(key).add(time);
        }

        private long delay() {
            return switch (outOfOrderness) {
                case 0 -> 0;
                case 1 -> (long) (random.nextGaussian() * window / 10);
                default -> (long) (random.nextGaussian() * window * 3);
            };
        }

        /** How far apart records may be at most that count as duplicates. */
        private long reach() {
            long slice = Math.max(1, (window + Slices.PER_WINDOW - 1) / Slices.PER_WINDOW);
            return ((window + slice - 1) / slice + 1) * slice;
        }
    }

    /** The times at which keys were seen. */
    private static final class Times {

        private final Map<String, List<Long>> times = new HashMap<>();

        List<Long> of(String key) {
            return times.computeIfAbsent(key, unused -> new ArrayList<>());
        }

        Times copy() {
            Times copy = new Times();
            times.forEach((key, list) -> copy.times.put(key, new ArrayList<>(list)));
            return copy;
        }
    }

    /** A checkpoint, and the model at that point. */
    private record Point(
            OperatorCluster.Checkpoint checkpoint, long time, Times remembered, Times seen) {}
}
