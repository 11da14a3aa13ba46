// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The reader of {@code KafkaSource}, whose state has the ids of the topics as well, which tells the
 * enumerator whether it reads from the archive, and which keeps its share of a rate limit.
 *
 * @param <T> the type of the records that it produces
 */
@SuppressWarnings("try") // Its superclass declares that closing may be interrupted.
final class TieredSourceReader<T> extends KafkaSourceReader<T> {

    private final ReadingProgress progress;
    private boolean reportedInArchive;
    private boolean hadSplits;
    private boolean reportedCaughtUp;

    @Nullable private final Throttle throttle;
    @Nullable private final GuardedDeserializer<T> guard;

    /**
     * @param throttle {@code null} if the source reads as fast as it can
     * @param guard the deserializer of the emitter, {@code null} if it fails at bad records
     */
    TieredSourceReader(
            FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>
                    queue,
            TieredFetcherManager fetcherManager,
            RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter,
            Configuration configuration,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics,
            ReadingProgress progress,
            @Nullable Throttle throttle,
            @Nullable GuardedDeserializer<T> guard) {
        super(
                queue,
                fetcherManager,
                throttle == null ? emitter : throttle.metered(emitter),
                configuration,
                context,
                metrics);
        this.progress = progress;
        this.throttle = throttle;
        this.guard = guard;
    }

    @Override
    public void start() {
        super.start();
        if (throttle != null) {
            throttle.start();
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        boolean inArchive = progress.isInArchive();
        if (inArchive != reportedInArchive) {
            reportedInArchive = inArchive;
            context.sendSourceEventToCoordinator(new ArchivePhaseEvent(inArchive));
        }
        if (throttle != null && throttle.isShut()) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        // Before the poll: what was fetched when it became true is in the queue.
        boolean caughtUp = progress.isCaughtUp();
        InputStatus status = super.pollNext(output);
        if (!reportedCaughtUp
                && status != InputStatus.MORE_AVAILABLE
                && hadSplits
                && (caughtUp || getNumberOfCurrentlyAssignedSplits() == 0)) {
            reportedCaughtUp = true;
            context.sendSourceEventToCoordinator(new CaughtUpEvent());
        }
        if (status == InputStatus.END_OF_INPUT && throttle != null && !throttle.end().isDone()) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        return status;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        if (throttle != null && throttle.isEnding()) {
            return throttle.end();
        }
        return throttle != null && throttle.isShut() ? throttle.opening() : super.isAvailable();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        progress.setTopicIds(splits);
        super.addSplits(splits);
        hadSplits = true;
        if (throttle != null) {
            throttle.addPartitions(splits.size());
        }
    }

    @Override
    protected void onSplitFinished(Map<String, KafkaPartitionSplitState> finishedSplitIds) {
        super.onSplitFinished(finishedSplitIds);
        if (throttle != null) {
            throttle.addPartitions(-finishedSplitIds.size());
        }
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (throttle == null || !throttle.handle(event)) {
            super.handleSourceEvents(event);
        }
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        if (guard != null) {
            try {
                guard.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return super.snapshotState(checkpointId);
    }

    @Override
    public void close() throws Exception {
        IOUtils.closeAll(super::close, throttle, guard);
    }

    @Override
    protected KafkaPartitionSplit toSplitType(String splitId, KafkaPartitionSplitState state) {
        return progress.withTopicId(super.toSplitType(splitId, state));
    }
}
