// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.Nullable;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A partition in the archive, under one of the ids that its topic has had, and what Kafka has of
 * it.
 *
 * <p>Immutable.
 */
final class PartitionView {

    private final TopicPartition partition;
    private final Uuid topicId;
    private final PartitionCatalogue archive;
    @Nullable private final KafkaTopics.Range kafka;

    private PartitionView(
            TopicPartition partition,
            Uuid topicId,
            PartitionCatalogue archive,
            @Nullable KafkaTopics.Range kafka) {
        this.partition = partition;
        this.topicId = topicId;
        this.archive = archive;
        this.kafka = kafka;
    }

    /**
     * Lists partitions: those in the archive, and with Kafka also those of the same topics that are
     * only there.
     *
     * @param topics empty for all topics in the archive
     * @param kafka {@code null} if it is not to be asked
     * @throws UsageException if a topic that is asked for is nowhere
     */
    static List<PartitionView> list(
            ArchiveCatalogue catalogue, Optional<Set<String>> topics, @Nullable KafkaTopics kafka)
            throws IOException {
        Set<String> names = new TreeSet<>(topics.isPresent() ? topics.get() : catalogue.topics());
        Map<String, TopicDescription> described = kafka == null ? Map.of() : kafka.describe(names);
        Map<TopicPartition, KafkaTopics.Range> ranges = new HashMap<>();
        if (kafka != null) {
            List<TopicPartition> inKafka = new ArrayList<>();
            described.forEach(
                    (topic, description) ->
                            description
                                    .partitions()
                                    .forEach(
                                            info ->
                                                    inKafka.add(
                                                            new TopicPartition(
                                                                    topic, info.partition()))));
            ranges.putAll(kafka.ranges(inKafka));
        }
        List<PartitionView> views = new ArrayList<>();
        for (String topic : names) {
            Uuid current = described.containsKey(topic) ? described.get(topic).topicId() : null;
            Set<Uuid> ids = new TreeSet<>(catalogue.topicIds(topic));
            if (current != null) {
                ids.add(current);
            }
            if (ids.isEmpty()) {
                throw new UsageException(
                        "Topic "
                                + topic
                                + " is not in the archive "
                                + catalogue.root()
                                + (kafka == null ? "" : ", and not in Kafka"));
            }
            for (Uuid id : ids) {
                Set<Integer> numbers = new TreeSet<>(catalogue.partitions(topic, id));
                if (id.equals(current)) {
                    described
                            .get(topic)
                            .partitions()
                            .forEach(info -> numbers.add(info.partition()));
                }
                for (int number : numbers) {
                    TopicPartition partition = new TopicPartition(topic, number);
                    views.add(
                            new PartitionView(
                                    partition,
                                    id,
                                    catalogue.partition(partition, id),
                                    id.equals(current) ? ranges.get(partition) : null));
                }
            }
        }
        views.sort(
                Comparator.<PartitionView, String>comparing(view -> view.partition.topic())
                        .thenComparing(view -> view.topicId.toString())
                        .thenComparing(view -> view.partition.partition()));
        return views;
    }

    TopicPartition partition() {
        return partition;
    }

    Uuid topicId() {
        return topicId;
    }

    PartitionCatalogue archive() {
        return archive;
    }

    /**
     * Returns what Kafka has under the same topic id; empty if Kafka was not asked, or has the
     * topic under another id or not at all.
     */
    Optional<KafkaTopics.Range> kafka() {
        return Optional.ofNullable(kafka);
    }

    long bytes() {
        return archive.segments().stream().mapToLong(SegmentFile::length).sum();
    }

    /** Returns the largest timestamp of a record in the archive, -1 without records. */
    long maxTimestamp() {
        return archive.segments().stream()
                .mapToLong(segment -> segment.name().maxTimestamp())
                .max()
                .orElse(-1);
    }

    /** Returns the partition and the id of its topic as the start of a JSON object. */
    Map<String, Object> toObject() {
        return Output.object(
                "topic", partition.topic(),
                "topicId", topicId.toString(),
                "partition", partition.partition());
    }

    @Override
    public String toString() {
        return partition + " of topic id " + topicId;
    }
}
