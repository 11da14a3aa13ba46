// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.source;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * A bounded source of numbers based on {@code SourceReaderBase} with its rate limiter, as
 * connectors use it. Only for measuring: its readers do not store their position.
 */
public final class RateLimitedNumbers extends NumberSequenceSource {

    private static final long serialVersionUID = 1L;
    private static final int BATCH = 1000;

    private final double recordsPerSecond;

    /**
     * Creates a source of {@code count} numbers.
     *
     * @param recordsPerSecond the limit of all readers together
     */
    public RateLimitedNumbers(long count, double recordsPerSecond) {
        super(1, count);
        this.recordsPerSecond = recordsPerSecond;
    }

    @Override
    @SuppressWarnings("unchecked") // Upstream's factory returns the raw type.
    public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new Reader(context, RateLimiterStrategy.perSecond(recordsPerSecond));
    }

    @SuppressWarnings("try") // Upstream's close() may be interrupted.
    private static final class Reader
            extends SingleThreadMultiplexSourceReaderBase<
                    Long, Long, NumberSequenceSplit, NumberSequenceSplit> {

        Reader(
                SourceReaderContext context,
                RateLimiterStrategy<NumberSequenceSplit> rateLimiterStrategy) {
            super(
                    BatchReader::new,
                    (number, output, split) -> output.collect(number),
                    new org.apache.flink.configuration.Configuration(),
                    context,
                    rateLimiterStrategy);
        }

        @Override
        public void start() {
            context.sendSplitRequest();
        }

        @Override
        protected void onSplitFinished(Map<String, NumberSequenceSplit> finishedSplits) {
            context.sendSplitRequest();
        }

        @Override
        protected NumberSequenceSplit initializedState(NumberSequenceSplit split) {
            return split;
        }

        @Override
        protected NumberSequenceSplit toSplitType(String splitId, NumberSequenceSplit split) {
            return split;
        }
    }

    private static final class BatchReader implements SplitReader<Long, NumberSequenceSplit> {
        private final Queue<NumberSequenceSplit> splits = new ArrayDeque<>();
        private long next;

        @Override
        public RecordsWithSplitIds<Long> fetch() {
            RecordsBySplits.Builder<Long> records = new RecordsBySplits.Builder<>();
            NumberSequenceSplit split = splits.peek();
            if (split != null) {
                long end = Math.min(split.to(), next + BATCH - 1);
                while (next <= end) {
                    records.add(split.splitId(), next++);
                }
                if (next > split.to()) {
                    records.addFinishedSplit(split.splitId());
                    splits.remove();
                    next = splits.isEmpty() ? 0 : splits.peek().from();
                }
            }
            return records.build();
        }

        @Override
        public void handleSplitsChanges(SplitsChange<NumberSequenceSplit> change) {
            if (splits.isEmpty()) {
                next = change.splits().get(0).from();
            }
            splits.addAll(change.splits());
        }

        @Override
        public void wakeUp() {}

        @Override
        public void close() {}
    }
}
