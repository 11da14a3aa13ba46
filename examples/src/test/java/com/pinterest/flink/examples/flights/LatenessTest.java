// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LatenessTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();

    @ParameterizedTest
    @CsvSource({
        // The hour 10:00 to 11:00, fired once the frontier is at 11:00 plus 30 minutes.
        "10:00, 11:29, false",
        "10:00, 11:30, true",
        "10:59, 11:29, false",
        "10:59, 11:30, true",
        "11:00, 11:30, false",
        "11:00, 12:30, true",
        "11:00, 11:00, false",
    })
    void isLateOnceTheHourHasFired(String time, String frontier, boolean late) {
        // given
        Flight flight = flight(FlightTime.parse("2001-01-01 " + time + ":00"));
        flight.setFrontier(FlightTime.parse("2001-01-01 " + frontier + ":00"));

        // then
        assertThat(new Lateness(Duration.ofMinutes(30)).isLate(flight)).isEqualTo(late);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 59, 60, 61, 1440})
    void agreesWithTheWatermarksOfTheRowsBefore(int outOfOrderness) {
        // given rows in any order, and watermarks that are emitted as the source does
        Lateness lateness = new Lateness(Duration.ofMinutes(outOfOrderness));
        FrontierWatermarks generator = new FrontierWatermarks(lateness);
        LastWatermark watermark = new LastWatermark();
        Random random = new Random(outOfOrderness);
        long frontier = Long.MIN_VALUE;
        List<Boolean> decisions = new ArrayList<>();

        for (int row = 0; row < 10_000; row++) {
            Flight flight = flight(random.nextInt(3_000) * Duration.ofMinutes(1).toMillis());
            frontier = Math.max(frontier, flight.eventTime());
            flight.setFrontier(frontier);

            // when
            boolean late = lateness.isLate(flight);

            // then it is late exactly if the window operator would say so
            long endOfHour = (flight.eventTime() / HOUR + 1) * HOUR;
            assertThat(late).isEqualTo(endOfHour - 1 <= watermark.last);

            generator.onEvent(flight, flight.eventTime(), watermark);
            generator.onPeriodicEmit(watermark);
            decisions.add(late);
        }
        assertThat(decisions).contains(true, false);
    }

    @Test
    void refusesANegativeOutOfOrderness() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Lateness(Duration.ofMinutes(-1)))
                .withMessageContaining("-1 minutes");
    }

    private static Flight flight(long eventTime) {
        return new Flight(eventTime, 0, 100, new Route("LAX", "ORD"));
    }

    /** Fails on a watermark that does not advance. */
    private static final class LastWatermark implements WatermarkOutput {

        private long last = Long.MIN_VALUE;

        @Override
        public void emitWatermark(Watermark watermark) {
            assertThat(watermark.getTimestamp()).isGreaterThan(last);
            last = watermark.getTimestamp();
        }

        @Override
        public void markIdle() {
            throw new AssertionError("the source is never idle");
        }

        @Override
        public void markActive() {
            throw new AssertionError("the source is never idle");
        }
    }
}
