// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clock of replays and the pace of readers, in virtual time. */
class ReplayClockTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicInteger told = new AtomicInteger();
    private final Runnable listener = told::incrementAndGet;
    private final ReplayClock clock = ReplayClock.join("job", 5, listener);

    @AfterEach
    void leave() {
        clock.leave(listener);
    }

    @Test
    void readerWaitsUntilTheClockShowsTheTimestampOfItsRecord() {
        ReplayPace pace = new ReplayPace(5);
        pace.read(1_000);
        assertThat(pace.shutFor(0)).isPositive();

        clock.report(1_000, 0);
        pace.start(clock.event(0), 0);

        assertThat(pace.shutFor(0)).isZero();
        pace.read(11_000);
        assertThat(pace.shutFor(0)).isEqualTo(2 * SECOND);
        assertThat(pace.shutFor(SECOND)).isEqualTo(SECOND);
        assertThat(pace.shutFor(2 * SECOND)).isZero();
        pace.read(5_000);
        assertThat(pace.shutFor(2 * SECOND)).isZero();
    }

    @Test
    void readerThatComesLaterFollowsTheSameClock() {
        clock.report(0, 0);
        ReplayPace pace = new ReplayPace(5);

        // Its own clock shows another time.
        pace.start(clock.event(3 * SECOND), 100 * SECOND);

        pace.read(20_000);
        assertThat(pace.shutFor(100 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void clockStartsAgainAtAnOlderFirstRecordOnly() {
        clock.report(50_000, 0);
        clock.report(60_000, SECOND);
        assertThat(told).hasValue(1);
        assertThat(clock.event(SECOND).startTimestamp()).isEqualTo(50_000);
        assertThat(clock.event(SECOND).elapsedNanos()).isEqualTo(SECOND);

        clock.report(10_000, 2 * SECOND);

        assertThat(told).hasValue(2);
        assertThat(clock.event(2 * SECOND).startTimestamp()).isEqualTo(10_000);
        assertThat(clock.event(2 * SECOND).elapsedNanos()).isZero();
    }

    @Test
    void sourcesOfAJobShareTheClockAndNeedTheSameRate() {
        Runnable other = () -> {};
        assertThat(ReplayClock.join("job", 5, other)).isSameAs(clock);
        clock.leave(other);

        assertThatThrownBy(() -> ReplayClock.join("job", 2, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different replay rates, 5.0 and 2.0");
        ReplayClock ofOtherJob = ReplayClock.join("other job", 2, other);
        assertThat(ofOtherJob.event(0)).isNull();
        ofOtherJob.leave(other);
    }

    @Test
    void clockIsForgottenWithTheLastSource() {
        clock.report(50_000, 0);
        clock.leave(listener);

        ReplayClock next = ReplayClock.join("job", 7, listener);

        assertThat(next.event(0)).isNull();
        next.leave(listener);
    }
}
