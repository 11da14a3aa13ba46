// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;

/**
 * Counts records ({@code numRecordsOut}, {@code discardedRecords}).
 *
 * @param <T> the type of the records
 */
final class DiscardTierWriter<T> implements TierWriter<T> {

    /** Says that nothing is pending. */
    private static final TierItem STATE = new TierItem(SinkTier.DISCARD, NothingSerializer.NOTHING);

    private final Counter out;
    private final Counter discarded;

    DiscardTierWriter(WriterInitContext context) {
        out = context.metricGroup().getIOMetricGroup().getNumRecordsOutCounter();
        discarded = TieredKafkaSink.metrics(context.metricGroup()).counter("discardedRecords");
    }

    @Override
    public void write(T element, Context context) {
        out.inc();
        discarded.inc();
    }

    @Override
    public void flush(boolean endOfInput) {
        // Nothing is held back.
    }

    @Override
    public Collection<TierItem> prepareCommit() {
        return List.of();
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) {
        return List.of(STATE);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
