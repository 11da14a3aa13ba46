// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the brokers say about topics.
 *
 * <p>Safe for use by several threads.
 */
final class KafkaTopics implements Closeable {

    private final Admin admin;

    KafkaTopics(Properties client) {
        admin = Admin.create(client);
    }

    /** Describes those of the topics that exist. */
    Map<String, TopicDescription> describe(Collection<String> topics) throws IOException {
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                found.put(each.getKey(), get(each.getValue(), "describe topic " + each.getKey()));
            } catch (UnknownTopicOrPartitionException e) {
                // It does not exist, or not any more.
            }
        }
        return found;
    }

    /** Returns the first offset of each partition, and the one after the last. */
    Map<TopicPartition, Range> ranges(Collection<TopicPartition> partitions) throws IOException {
        Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Range> ranges = new HashMap<>();
        starts.forEach(
                (partition, start) -> ranges.put(partition, new Range(start, ends.get(partition))));
        return ranges;
    }

    /** Returns the first offset with a timestamp at or above the given one; -1 without one. */
    long offsetFor(TopicPartition partition, long timestamp) throws IOException {
        return offsets(java.util.List.of(partition), OffsetSpec.forTimestamp(timestamp))
                .get(partition);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, OffsetSpec spec) throws IOException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found =
                get(
                        admin.listOffsets(
                                        partitions.stream()
                                                .collect(
                                                        Collectors.toMap(
                                                                partition -> partition,
                                                                partition -> spec)))
                                .all(),
                        "list offsets of " + partitions);
        found.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private static <T> T get(KafkaFuture<T> future, String purpose) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw (UnknownTopicOrPartitionException) e.getCause();
            }
            throw new IOException("Kafka cannot " + purpose, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted: " + purpose, e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }

    /**
     * What Kafka has of a partition: from a first offset, inclusive, to an end, exclusive; it may
     * be empty.
     *
     * <p>Immutable.
     */
    static final class Range {

        private final long start;
        private final long end;

        Range(long start, long end) {
            this.start = start;
            this.end = end;
        }

        long start() {
            return start;
        }

        long end() {
            return end;
        }

        boolean contains(OffsetRange range) {
            return start <= range.start() && range.end() <= end;
        }

        @Override
        public String toString() {
            return "[" + start + ", " + end + ")";
        }
    }
}
