// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lives of a job whose sink changes its tier and its parallelism at savepoints, fails in the middle
 * of checkpoints, and loses its broker by {@code kill -9}. Each number has to be in one tier once.
 * {@code -Dfaults.seeds=N} lives N of them, {@code -Dfaults.first=S} begins with seed S.
 */
@ExtendWith(KafkaBroker.Resolver.class)
class SinkFaultsTest {

    private static final int SEEDS = Integer.getInteger("faults.seeds", 2);
    private static final long FIRST = Long.getLong("faults.first", 1);
    private static final long END = 60_000;
    private static final List<SinkTier> TIERS =
            List.of(SinkTier.KAFKA, SinkTier.ARCHIVE, SinkTier.FILES);

    @TempDir Path directory;

    @Test
    void eachNumberIsInOneTierOnce(KafkaBroker broker) {
        System.out.printf("faults.first=%d%n", FIRST);
        Map<Long, Throwable> violations = new LinkedHashMap<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            List<String> steps = new ArrayList<>();
            try {
                live(broker, seed, steps);
            } catch (Exception | AssertionError e) {
                violations.put(seed, e);
                System.out.printf("violation with faults.first=%d after %s: %s%n", seed, steps, e);
            }
        }
        System.out.printf("faults: %d runs, %d violations%n", SEEDS, violations.size());
        assertThat(violations).isEmpty();
    }

    private void live(KafkaBroker broker, long seed, List<String> steps) throws Exception {
        Random random = new Random(seed);
        SinkTargets targets =
                new SinkTargets(
                        broker,
                        Files.createDirectories(directory.resolve("life-" + seed)),
                        "life-" + seed);
        SinkJob job = new SinkJob(targets.topic(), END);
        boolean inKafka = true;
        for (int left = 3 + random.nextInt(3); left > 0; left--) {
            SinkTier tier = TIERS.get(random.nextInt(3));
            // KafkaSink reads the state of the Kafka tier only.
            boolean kafkaSink = tier == SinkTier.KAFKA && inKafka && random.nextInt(3) == 0;
            inKafka = tier == SinkTier.KAFKA;
            int parallelism = 1 + random.nextInt(3);
            job.withParallelism(parallelism);
            Sink<Long> sink =
                    kafkaSink
                            ? targets.kafkaSink(TransactionNamingStrategy.POOLING).build()
                            : targets.sink(tier).build();
            String step = (kafkaSink ? "KafkaSink" : tier) + " x " + parallelism;
            if (random.nextBoolean()) {
                steps.add(step + ", savepoint with pending records");
                job.withCheckpoints(SinkJob.NEVER).runToSavepoint(sink, directory);
            } else {
                // A failure of KafkaSink may leave a state that looks like a loss: see the docs.
                int failures = kafkaSink ? 0 : random.nextInt(3);
                boolean kill = random.nextInt(3) == 0;
                steps.add(step + ", " + failures + " failures" + (kill ? ", broker killed" : ""));
                job.failTimes(failures);
                job.withCheckpoints(50 + random.nextInt(200))
                        .runToStop(
                                sink,
                                directory,
                                () -> {
                                    if (kill) {
                                        broker.killAndRestart();
                                    }
                                });
            }
        }
        SinkTier last = TIERS.get(random.nextInt(2));
        steps.add(last + " to the end");
        job.withCheckpoints(100).finish(targets.sink(last).build());

        assertThat(targets.all()).isEqualTo(SinkTargets.numbers(END));
        assertThat(last == SinkTier.KAFKA ? targets.open() : List.of()).isEmpty();
    }
}
