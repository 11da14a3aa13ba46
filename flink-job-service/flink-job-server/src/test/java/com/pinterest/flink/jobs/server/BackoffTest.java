// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class BackoffTest {

    private static final UUID ID = new UUID(1, 1);

    /** A clock that a test moves. */
    private static final class Hand extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("only UTC");
        }
    }

    private final Hand clock = new Hand();
    private final Backoff backoff = new Backoff(clock);

    /** How long after a look without result the next one is due. */
    private Duration pause() {
        backoff.waits(ID);
        Instant from = clock.now;
        while (!backoff.isDue(ID)) {
            clock.now = clock.now.plusMillis(100);
        }
        return Duration.between(from, clock.now);
    }

    @Test
    void looksBecomeRarerTheLongerAnOperationWaits() {
        assertThat(backoff.isDue(ID)).isTrue();
        assertThat(pause()).isEqualTo(Backoff.SHORTEST);

        clock.now = Instant.EPOCH.plusSeconds(20);
        assertThat(pause()).isEqualTo(Duration.ofSeconds(2));

        clock.now = Instant.EPOCH.plusSeconds(3_600);
        assertThat(pause()).isEqualTo(Backoff.LONGEST);
    }

    @Test
    void somethingNewMakesTheNextLookDueAtOnce() {
        pause();
        clock.now = Instant.EPOCH.plusSeconds(3_600);
        backoff.waits(ID);
        assertThat(backoff.isDue(ID)).isFalse();

        backoff.moved(ID);

        assertThat(backoff.isDue(ID)).isTrue();
        assertThat(pause()).isEqualTo(Backoff.SHORTEST);
    }

    @Test
    void operationsThatHaveEndedAreForgotten() {
        backoff.waits(ID);
        backoff.retain(Set.of());
        assertThat(backoff.isDue(ID)).isTrue();
    }
}
