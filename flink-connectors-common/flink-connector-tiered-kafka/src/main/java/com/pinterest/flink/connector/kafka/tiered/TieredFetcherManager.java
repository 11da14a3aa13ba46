// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcher;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcherTask;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/** Runs a {@link TieredSplitReader} in one thread, and commits offsets to Kafka through it. */
final class TieredFetcherManager extends KafkaSourceFetcherManager {

    TieredFetcherManager(
            FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>
                    elementsQueue,
            Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>>
                    splitReaderSupplier) {
        super(elementsQueue, splitReaderSupplier, finished -> {});
    }

    @Override
    public void commitOffsets(
            Map<TopicPartition, OffsetAndMetadata> offsetsToCommit, OffsetCommitCallback callback) {
        if (offsetsToCommit.isEmpty()) {
            return;
        }
        Iterator<SplitFetcher<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> running =
                fetchers.values().iterator();
        if (running.hasNext()) {
            enqueueCommit(running.next(), offsetsToCommit, callback);
        } else {
            SplitFetcher<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> fetcher =
                    createSplitFetcher();
            enqueueCommit(fetcher, offsetsToCommit, callback);
            startFetcher(fetcher);
        }
    }

    private static void enqueueCommit(
            SplitFetcher<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> fetcher,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            OffsetCommitCallback callback) {
        TieredSplitReader reader = (TieredSplitReader) fetcher.getSplitReader();
        fetcher.enqueueTask(
                new SplitFetcherTask() {
                    @Override
                    public boolean run() {
                        reader.commit(offsets, callback);
                        return true;
                    }

                    @Override
                    public void wakeUp() {
                        // The commit does not block.
                    }
                });
    }
}
