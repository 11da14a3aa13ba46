// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.List;
import org.apache.flink.api.connector.source.ReaderOutput;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The reader of {@code KafkaSource}, whose state has the ids of the topics as well, and which tells
 * the enumerator whether it reads from the archive.
 *
 * @param <T> the type of the records that it produces
 */
@SuppressWarnings("try") // Its superclass declares that closing may be interrupted.
final class TieredSourceReader<T> extends KafkaSourceReader<T> {

    private final ReadingProgress progress;
    private boolean reportedInArchive;

    TieredSourceReader(
            FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>
                    queue,
            TieredFetcherManager fetcherManager,
            RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter,
            Configuration configuration,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics,
            ReadingProgress progress) {
        super(queue, fetcherManager, emitter, configuration, context, metrics);
        this.progress = progress;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        boolean inArchive = progress.isInArchive();
        if (inArchive != reportedInArchive) {
            reportedInArchive = inArchive;
            context.sendSourceEventToCoordinator(new ArchivePhaseEvent(inArchive));
        }
        return super.pollNext(output);
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        progress.setTopicIds(splits);
        super.addSplits(splits);
    }

    @Override
    protected KafkaPartitionSplit toSplitType(String splitId, KafkaPartitionSplitState state) {
        return progress.withTopicId(super.toSplitType(splitId, state));
    }
}
