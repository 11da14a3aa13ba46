// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.eventtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.mocks.MockSource;
import org.apache.flink.api.connector.source.mocks.MockSourceSplit;
import org.apache.flink.api.connector.source.mocks.MockSourceSplitSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.source.event.AddSplitEvent;
import org.apache.flink.runtime.source.event.WatermarkAlignmentEvent;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.streaming.api.operators.SourceOperator;
import org.apache.flink.streaming.api.operators.SourceOperatorFactory;
import org.apache.flink.streaming.util.SourceOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Splits of a source that watermark alignment pauses, and that are idle. */
class PausedSplitTest {

    private static final MockSourceSplit SPLIT = new MockSourceSplit(0);

    private final MockSource source = new MockSource(Boundedness.CONTINUOUS_UNBOUNDED, 1);
    private SourceHarness harness;
    private SourceOperator<Integer, ?> operator;

    @BeforeEach
    void startSource() throws Exception {
        harness = new SourceHarness(source);
        harness.setup();
        harness.initializeEmptyState();
        harness.open();
        operator = harness.operator();
        operator.handleOperatorEvent(
                new AddSplitEvent<>(List.of(SPLIT), new MockSourceSplitSerializer()));
        harness.emitNext();
        alignTo(10);
    }

    @AfterEach
    void closeSource() throws Exception {
        harness.close();
    }

    @Test
    void idleSplitIsResumedWhenTheOthersHaveCaughtUp() {
        // given: a split that was paused, and became idle at the same time
        operator.updateCurrentSplitWatermark(SPLIT.splitId(), 11);
        operator.updateCurrentSplitIdle(SPLIT.splitId(), true);
        assertThat(paused()).isTrue();

        // when
        alignTo(20);

        // then: its records are read again
        assertThat(paused()).isFalse();
    }

    @Test
    void idleSplitStaysPausedUntilTheOthersHaveCaughtUp() {
        // given
        operator.updateCurrentSplitWatermark(SPLIT.splitId(), 21);
        operator.updateCurrentSplitIdle(SPLIT.splitId(), true);

        // when
        alignTo(20);

        // then
        assertThat(paused()).isTrue();
    }

    @Test
    void idleSplitThatIsAheadIsNotPaused() {
        // given
        operator.updateCurrentSplitIdle(SPLIT.splitId(), true);
        operator.updateCurrentSplitWatermark(SPLIT.splitId(), 21);

        // when
        alignTo(20);

        // then
        assertThat(paused()).isFalse();
    }

    private void alignTo(long maximum) {
        operator.handleOperatorEvent(new WatermarkAlignmentEvent(maximum));
    }

    private boolean paused() {
        return source.getCreatedReaders().get(0).getPausedSplits().contains(SPLIT.splitId());
    }

    private static final class SourceHarness extends SourceOperatorTestHarness<Integer> {
        SourceHarness(MockSource source) throws Exception {
            super(
                    new SourceOperatorFactory<>(
                            source, WatermarkStrategy.forMonotonousTimestamps()),
                    new MockEnvironmentBuilder()
                            .setTaskManagerRuntimeInfo(
                                    new TestingTaskManagerRuntimeInfo(withoutSamples()))
                            .build());
        }

        /** Without samples, the latest watermark of a split counts. */
        private static Configuration withoutSamples() {
            return new Configuration().set(PipelineOptions.WATERMARK_ALIGNMENT_BUFFER_SIZE, 0);
        }

        private SourceOperator<Integer, ?> operator() {
            return (SourceOperator<Integer, ?>) operator;
        }
    }
}
