// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What one fetch brought: records by partition, from either tier, and the splits that are finished.
 *
 * <p>Filled by the fetcher's thread, then read by the task's thread.
 */
final class TieredRecords implements RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> {

    private final KafkaSourceReaderMetrics metrics;
    private final Queue<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayDeque<>();
    private final Set<String> finished = new HashSet<>();
    private Iterator<ConsumerRecord<byte[], byte[]>> current;

    TieredRecords(KafkaSourceReaderMetrics metrics) {
        this.metrics = metrics;
    }

    /** Adds records of one partition, in the order of their offsets; ignores an empty list. */
    void add(List<ConsumerRecord<byte[], byte[]>> records) {
        if (!records.isEmpty()) {
            batches.add(records);
        }
    }

    /** Removes the records of all partitions, in lists of one partition each. */
    List<List<ConsumerRecord<byte[], byte[]>>> removeAll() {
        List<List<ConsumerRecord<byte[], byte[]>>> all = List.copyOf(batches);
        batches.clear();
        return all;
    }

    void addFinished(TopicPartition partition) {
        finished.add(KafkaPartitionSplit.toSplitId(partition));
    }

    @Nullable
    @Override
    public String nextSplit() {
        List<ConsumerRecord<byte[], byte[]>> batch = batches.poll();
        if (batch == null) {
            current = null;
            return null;
        }
        current = batch.iterator();
        ConsumerRecord<byte[], byte[]> last = batch.get(batch.size() - 1);
        TopicPartition partition = new TopicPartition(last.topic(), last.partition());
        metrics.recordCurrentOffset(partition, last.offset());
        return KafkaPartitionSplit.toSplitId(partition);
    }

    @Nullable
    @Override
    public ConsumerRecord<byte[], byte[]> nextRecordFromSplit() {
        return current.hasNext() ? current.next() : null;
    }

    @Override
    public Set<String> finishedSplits() {
        return finished;
    }
}
