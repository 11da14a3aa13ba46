// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.eventtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs with sources that are idle when they come to the end of their input. */
@Timeout(600)
class DrainedSourceTest {

    private final StreamExecutionEnvironment env =
            StreamExecutionEnvironment.getExecutionEnvironment().setParallelism(1);

    @Test
    void lastWindowFiresAfterAnIdleSource() throws Exception {
        // given
        DataStream<Long> numbers =
                env.fromSource(
                        new NumberSequenceSource(1, 3),
                        WatermarkStrategy.forGenerator(context -> new IdleAfterEachEvent())
                                .withTimestampAssigner((number, timestamp) -> number),
                        "numbers");

        // when
        List<Long> sums = sumsOfWindows(numbers);

        // then
        assertThat(sums).containsExactly(6L);
    }

    @Test
    @SuppressWarnings("deprecation") // jobs still have such sources
    void lastWindowFiresAfterAnIdleSourceFunction() throws Exception {
        // given
        DataStream<Long> numbers = env.addSource(new IdleNumbers());

        // when
        List<Long> sums = sumsOfWindows(numbers);

        // then
        assertThat(sums).containsExactly(6L);
    }

    private static List<Long> sumsOfWindows(DataStream<Long> numbers) throws Exception {
        return numbers.keyBy(number -> 0)
                .window(TumblingEventTimeWindows.of(Duration.ofSeconds(1)))
                .reduce(Long::sum)
                .executeAndCollect(10);
    }

    private static final class IdleAfterEachEvent implements WatermarkGenerator<Long> {
        @Override
        public void onEvent(Long number, long timestamp, WatermarkOutput output) {
            output.emitWatermark(new Watermark(timestamp));
            output.markIdle();
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }

    @SuppressWarnings("deprecation")
    private static final class IdleNumbers
            implements org.apache.flink.streaming.api.functions.source.legacy.SourceFunction<Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public void run(SourceContext<Long> context) {
            for (long number = 1; number <= 3; number++) {
                context.collectWithTimestamp(number, number);
            }
            context.markAsTemporarilyIdle();
        }

        @Override
        public void cancel() {}
    }
}
