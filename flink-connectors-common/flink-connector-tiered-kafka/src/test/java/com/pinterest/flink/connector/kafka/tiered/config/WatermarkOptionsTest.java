// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkAlignmentParams;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class WatermarkOptionsTest {

    private final ManualClock clock = new ManualClock();
    private final List<String> emitted = new ArrayList<>();

    @Test
    void idleTimeoutReplacesThatOfTheStrategy() {
        WatermarkStrategy<Long> own =
                WatermarkStrategy.<Long>forMonotonousTimestamps()
                        .withIdleness(Duration.ofSeconds(10));

        // Flink's idleness takes some calls to begin.
        assertThat(secondsUntilIdle(own)).isBetween(10, 14);
        assertThat(secondsUntilIdle(with("5 s").applyTo(own))).isBetween(5, 9);
        assertThat(secondsUntilIdle(with("20 s").applyTo(own))).isBetween(20, 24);
        assertThat(secondsUntilIdle(with("0 s").applyTo(own))).isEqualTo(60);
        assertThat(secondsUntilIdle(WatermarkOptions.of(new Configuration()).applyTo(own)))
                .isBetween(10, 14);
    }

    @Test
    void watermarksPass() {
        WatermarkStrategy<Long> own = WatermarkStrategy.forMonotonousTimestamps();

        secondsUntilIdle(with("5 s").applyTo(own));

        assertThat(emitted).first().isEqualTo("6");
    }

    @Test
    void alignmentReplacesThatOfTheStrategy() {
        WatermarkStrategy<Long> own =
                WatermarkStrategy.<Long>forMonotonousTimestamps()
                        .withWatermarkAlignment("own", Duration.ofMinutes(5));
        WatermarkOptions options =
                WatermarkOptions.of(
                        Configuration.fromMap(
                                Map.of(
                                        "scan.watermark.idle-timeout", "1 s",
                                        "scan.watermark.alignment.group", "g",
                                        "scan.watermark.alignment.max-drift", "2 s",
                                        "scan.watermark.alignment.update-interval", "3 s")));

        WatermarkAlignmentParams replaced = options.applyTo(own).getAlignmentParameters();

        assertThat(replaced.getWatermarkGroup()).isEqualTo("g");
        assertThat(replaced.getMaxAllowedWatermarkDrift()).isEqualTo(2_000);
        assertThat(replaced.getUpdateInterval()).isEqualTo(3_000);
        assertThat(with("1 s").applyTo(own).getAlignmentParameters().getWatermarkGroup())
                .isEqualTo("own");
    }

    private static WatermarkOptions with(String idleTimeout) {
        return WatermarkOptions.of(
                Configuration.fromMap(Map.of("scan.watermark.idle-timeout", idleTimeout)));
    }

    /** Returns after how many seconds without a record a strategy is idle, up to 60. */
    private int secondsUntilIdle(WatermarkStrategy<Long> strategy) {
        WatermarkGenerator<Long> generator = strategy.createWatermarkGenerator(new Context());
        emitted.clear();
        generator.onEvent(7L, 7L, output());
        int seconds = 0;
        while (seconds < 60 && !emitted.contains("idle")) {
            generator.onPeriodicEmit(output());
            clock.advanceTime(Duration.ofSeconds(1));
            seconds++;
        }
        return seconds;
    }

    private WatermarkOutput output() {
        return new WatermarkOutput() {

            @Override
            public void emitWatermark(Watermark watermark) {
                emitted.add(Long.toString(watermark.getTimestamp()));
            }

            @Override
            public void markIdle() {
                emitted.add("idle");
            }

            @Override
            public void markActive() {
                emitted.add("active");
            }
        };
    }

    private final class Context implements WatermarkGeneratorSupplier.Context {

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public RelativeClock getInputActivityClock() {
            return clock;
        }
    }
}
