// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rate-limited {@code SourceReaderBase} waits for its permission and does not poll for it. */
@Timeout(600)
class RateLimitedSourceReaderTest {

    private static final int RECORDS = 5;

    private final CollectingOutput output = new CollectingOutput();
    private final ManualLimiter limiter = new ManualLimiter();
    private NumberReader reader;

    @BeforeEach
    void startReader() {
        start(new Configuration());
    }

    private void start(Configuration configuration) {
        reader = new NumberReader(parallelism -> limiter, configuration);
        reader.addSplits(List.of(new NumberSplit()));
        reader.notifyNoMoreSplits();
    }

    @AfterEach
    void closeReader() throws Exception {
        reader.close();
    }

    @Test
    void withoutPermissionTheReaderSaysThatNothingIsAvailable() throws Exception {
        pollUntilCollected(1);

        InputStatus status = pollPastTheSpin();

        assertThat(status).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(reader.isAvailable()).isNotDone();
        assertThat(output.records).containsExactly(0);
    }

    @Test
    void withTheFeatureOffTheReaderPollsForPermissionAsUpstreams() throws Exception {
        reader.close();
        Configuration off = new Configuration();
        off.setString("pinterest.features", "none");
        start(off);
        pollUntilCollected(1);

        InputStatus status = pollPastTheSpin();

        assertThat(status).isEqualTo(InputStatus.MORE_AVAILABLE);
        assertThat(reader.isAvailable()).isDone();
        assertThat(output.records).containsExactly(0);
    }

    @Test
    void thePermissionMakesTheReaderAvailableAndTheNextRecordFollows() throws Exception {
        pollUntilCollected(1);
        pollPastTheSpin();
        CompletableFuture<Void> available = reader.isAvailable();

        limiter.pending.complete(null);

        assertThat(available).isDone();
        assertThat(reader.isAvailable()).isDone();
        pollUntilCollected(2);
        assertThat(output.records).containsExactly(0, 1);
    }

    @Test
    void aFailedPermissionLetsTheReaderGoOn() throws Exception {
        pollUntilCollected(1);
        pollPastTheSpin();
        CompletableFuture<Void> available = reader.isAvailable();

        limiter.pending.completeExceptionally(new IllegalStateException("limiter is closed"));

        assertThat(available).isCompleted();
        pollUntilCollected(2);
    }

    @Test
    void aPermissionThatComesAtOnceNeedsNoWait() throws Exception {
        limiter.immediate = true;

        pollUntilCollected(RECORDS);

        assertThat(output.records).containsExactly(0, 1, 2, 3, 4);
        InputStatus status = reader.pollNext(output);
        while (status != InputStatus.END_OF_INPUT) {
            reader.isAvailable().get(10, TimeUnit.MINUTES);
            status = reader.pollNext(output);
        }
    }

    private void pollUntilCollected(int count) throws Exception {
        while (output.records.size() < count) {
            reader.pollNext(output);
            if (output.records.size() < count) {
                reader.isAvailable().get(10, TimeUnit.MINUTES);
            }
        }
    }

    /** Polls for much longer than a reader may spin before it has to wait. */
    private InputStatus pollPastTheSpin() throws Exception {
        long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
        do {
            reader.pollNext(output);
        } while (System.nanoTime() < end);
        // However long the thread stood still, this one is behind the end.
        return reader.pollNext(output);
    }

    private static final class ManualLimiter implements RateLimiter<NumberSplit> {
        private CompletableFuture<Void> pending = CompletableFuture.completedFuture(null);
        private boolean immediate;

        @Override
        public CompletionStage<Void> acquire(int numberOfEvents) {
            pending =
                    immediate ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
            return pending;
        }
    }

    private static final class NumberSplit implements SourceSplit {
        @Override
        public String splitId() {
            return "numbers";
        }
    }

    private static final class NumberReader
            extends SingleThreadMultiplexSourceReaderBase<
                    Integer, Integer, NumberSplit, NumberSplit> {

        NumberReader(
                RateLimiterStrategy<NumberSplit> rateLimiterStrategy, Configuration configuration) {
            super(
                    OneBatch::new,
                    (number, output, split) -> output.collect(number),
                    configuration,
                    new Context(configuration),
                    rateLimiterStrategy);
        }

        @Override
        protected void onSplitFinished(Map<String, NumberSplit> finishedSplits) {}

        @Override
        protected NumberSplit initializedState(NumberSplit split) {
            return split;
        }

        @Override
        protected NumberSplit toSplitType(String splitId, NumberSplit split) {
            return split;
        }
    }

    private static final class OneBatch implements SplitReader<Integer, NumberSplit> {
        @Override
        public RecordsWithSplitIds<Integer> fetch() {
            RecordsBySplits.Builder<Integer> records = new RecordsBySplits.Builder<>();
            for (int number = 0; number < RECORDS; number++) {
                records.add("numbers", number);
            }
            records.addFinishedSplit("numbers");
            return records.build();
        }

        @Override
        public void handleSplitsChanges(SplitsChange<NumberSplit> change) {}

        @Override
        public void wakeUp() {}

        @Override
        public void close() {}
    }

    private static final class CollectingOutput implements ReaderOutput<Integer> {
        private final List<Integer> records = new ArrayList<>();

        @Override
        public void collect(Integer record) {
            records.add(record);
        }

        @Override
        public void collect(Integer record, long timestamp) {
            records.add(record);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<Integer> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }

    private static final class Context implements SourceReaderContext {
        private final Configuration configuration;

        Context(Configuration configuration) {
            this.configuration = configuration;
        }

        @Override
        public SourceReaderMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSourceReaderMetricGroup();
        }

        @Override
        public Configuration getConfiguration() {
            return configuration;
        }

        @Override
        public String getLocalHostName() {
            return "localhost";
        }

        @Override
        public int getIndexOfSubtask() {
            return 0;
        }

        @Override
        public void sendSplitRequest() {}

        @Override
        public void sendSourceEventToCoordinator(SourceEvent sourceEvent) {}

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException("no user code here");
        }

        @Override
        public int currentParallelism() {
            return 1;
        }
    }
}
