// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Answers questions about offsets from both tiers: the earliest offset is the oldest that the
 * archive or Kafka has, a timestamp is looked up in the archive and in Kafka, the end is Kafka's.
 *
 * <p>Not safe for use by several threads.
 */
final class TieredOffsets implements PartitionOffsetsRetriever {

    private final PartitionOffsetsRetriever kafka;
    private final ArchiveCatalogue catalogue;
    private final TopicIds topicIds;
    private final boolean archiveOnly;
    private final Map<TopicPartition, PartitionCatalogue> listed = new HashMap<>();

    /**
     * @param archiveOnly whether offsets and timestamps of Kafka do not count
     */
    TieredOffsets(
            PartitionOffsetsRetriever kafka,
            ArchiveCatalogue catalogue,
            TopicIds topicIds,
            boolean archiveOnly) {
        this.kafka = kafka;
        this.catalogue = catalogue;
        this.topicIds = topicIds;
        this.archiveOnly = archiveOnly;
    }

    @Override
    public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
        return kafka.committedOffsets(partitions);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        if (!archiveOnly) {
            return kafka.endOffsets(partitions);
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            offsets.put(partition, archive(partition).endOffset().orElse(0));
        }
        return offsets;
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        if (archiveOnly) {
            Map<TopicPartition, Long> starts = new HashMap<>();
            for (TopicPartition partition : partitions) {
                starts.put(partition, archive(partition).startOffset().orElse(0));
            }
            return starts;
        }
        Map<TopicPartition, Long> offsets = new HashMap<>(kafka.beginningOffsets(partitions));
        for (TopicPartition partition : partitions) {
            archive(partition)
                    .startOffset()
                    .ifPresent(start -> offsets.merge(partition, start, Math::min));
        }
        return offsets;
    }

    /** Returns, for each partition, the first offset that Kafka has and the archive lacks. */
    Map<TopicPartition, Long> firstNotArchived(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>(kafka.beginningOffsets(partitions));
        offsets.replaceAll(
                (partition, begin) -> {
                    for (OffsetRange covered : archive(partition).coverage()) {
                        if (covered.contains(begin)) {
                            return covered.end();
                        }
                    }
                    return begin;
                });
        return offsets;
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
            Map<TopicPartition, Long> timestampsToSearch) {
        Map<TopicPartition, OffsetAndTimestamp> offsets = new HashMap<>();
        if (!archiveOnly) {
            offsets.putAll(kafka.offsetsForTimes(timestampsToSearch));
        }
        timestampsToSearch.forEach(
                (partition, timestamp) -> {
                    try {
                        archive(partition)
                                .findTimestamp(timestamp)
                                .ifPresent(
                                        found ->
                                                offsets.merge(
                                                        partition, found, TieredOffsets::earlier));
                    } catch (IOException e) {
                        throw new UncheckedIOException(
                                "Cannot look up timestamp "
                                        + timestamp
                                        + " of "
                                        + partition
                                        + " in the archive",
                                e);
                    }
                });
        return offsets;
    }

    private static OffsetAndTimestamp earlier(OffsetAndTimestamp left, OffsetAndTimestamp right) {
        return left.offset() <= right.offset() ? left : right;
    }

    private PartitionCatalogue archive(TopicPartition partition) {
        return listed.computeIfAbsent(
                partition,
                missing -> {
                    try {
                        return catalogue.partition(missing, topicIds.get(missing.topic()));
                    } catch (IOException e) {
                        throw new UncheckedIOException("Cannot list the archive of " + missing, e);
                    }
                });
    }

    /**
     * Asks an initializer for starting offsets, and turns what it leaves to the reader (earliest,
     * latest, committed) into offsets.
     *
     * @param reset what a partition without a committed offset starts from: {@code earliest},
     *     {@code latest}, or {@code none} for an error
     */
    Map<TopicPartition, Long> startingOffsets(
            Collection<TopicPartition> partitions, OffsetsInitializer initializer, String reset) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        initializer
                .getPartitionOffsets(partitions, this)
                .forEach(
                        (partition, offset) ->
                                offsets.put(partition, startingOffset(partition, offset, reset)));
        return offsets;
    }

    /** Turns a starting offset that may be a marker into an offset. */
    long startingOffset(TopicPartition partition, long offset, String reset) {
        if (offset >= 0) {
            return offset;
        }
        if (offset == KafkaPartitionSplit.EARLIEST_OFFSET) {
            return beginningOffsets(Set.of(partition)).get(partition);
        }
        if (offset == KafkaPartitionSplit.COMMITTED_OFFSET) {
            Long committed = committedOffsets(Set.of(partition)).get(partition);
            if (committed != null) {
                return committed;
            }
            switch (reset) {
                case "earliest":
                    return beginningOffsets(Set.of(partition)).get(partition);
                case "latest":
                    break;
                default:
                    throw new IllegalStateException(
                            String.format(
                                    "Partition %s is to start at the committed offset, and the"
                                            + " consumer group has none. Commit one, or start from"
                                            + " OffsetsInitializer.committedOffsets(EARLIEST or"
                                            + " LATEST).",
                                    partition));
            }
        }
        return endOffsets(Set.of(partition)).get(partition);
    }

    /** Turns a stopping offset that may be a marker into an offset. */
    long stoppingOffset(TopicPartition partition, long offset) {
        if (offset >= 0 || offset == KafkaPartitionSplit.NO_STOPPING_OFFSET) {
            return offset;
        }
        if (offset == KafkaPartitionSplit.COMMITTED_OFFSET) {
            Long committed = committedOffsets(Set.of(partition)).get(partition);
            if (committed == null) {
                throw new IllegalStateException(
                        "Partition "
                                + partition
                                + " is to stop at the committed offset, and the consumer group has"
                                + " none. Commit one, or set other stopping offsets.");
            }
            return committed;
        }
        return endOffsets(Set.of(partition)).get(partition);
    }
}
