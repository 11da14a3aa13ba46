// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RetentionTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final JobKey JOB = new JobKey("ads", "flights");
    private static final Retention TWO = new Retention(2, Duration.ZERO);

    /** Savepoints 5 to 1; number N was taken 6 - N days ago. */
    private static final List<SavepointEntry> SAVEPOINTS =
            IntStream.rangeClosed(1, 5)
                    .mapToObj(
                            age ->
                                    new SavepointEntry(
                                            JOB,
                                            1,
                                            path(6 - age),
                                            "operation",
                                            NOW.minus(Duration.ofDays(age))))
                    .toList();

    private static String path(int number) {
        return "file:/savepoints/" + number;
    }

    private static Optional<Deployment> run(String restorePath, String finalState) {
        return Optional.of(
                new Deployment(JOB, 2, 1, "prod", "run", restorePath, NOW, null, "", finalState));
    }

    private static List<String> expired(
            Retention retention, Optional<Deployment> newest, boolean open, String... inUse) {
        return retention.expired(SAVEPOINTS, newest, open, List.of(inUse), NOW).stream()
                .map(SavepointEntry::path)
                .toList();
    }

    @Test
    void oldestAreNotKept() {
        assertThat(expired(TWO, Optional.empty(), false))
                .containsExactly(path(3), path(2), path(1));
        assertThat(expired(new Retention(0, Duration.ofDays(3)), Optional.empty(), false))
                .containsExactly(path(2), path(1));
        assertThat(expired(new Retention(4, Duration.ofDays(4)), Optional.empty(), false))
                .containsExactly(path(1));
        assertThat(expired(Retention.ALL, Optional.empty(), false)).isEmpty();
    }

    @Test
    void newestIsKeptHoweverOld() {
        assertThat(expired(new Retention(0, Duration.ofSeconds(1)), Optional.empty(), false))
                .hasSize(4)
                .doesNotContain(path(5));
    }

    @Test
    void allAreKeptWhileAnOperationCanGoBack() {
        assertThat(expired(TWO, Optional.empty(), true)).isEmpty();
    }

    @Test
    void whatTheNewestRunBeganAndEndedWithIsKept() {
        assertThat(expired(TWO, run("file:///savepoints/1/_metadata", path(2)), false))
                .containsExactly(path(3));
    }

    @Test
    void whatAnotherJobUsesIsKept() {
        assertThat(expired(TWO, Optional.empty(), false, "/savepoints/3"))
                .containsExactly(path(2), path(1));
    }

    @Test
    void negativeNumbersAreRefused() {
        assertThatThrownBy(() -> new Retention(-1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Retention(0, Duration.ofDays(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
