// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Finds the partitions of topics that need not be in Kafka, as a sink may have written them to the
 * archive.
 *
 * <p>Immutable.
 */
final class ArchivedTopicsSubscriber implements KafkaSubscriber {

    private static final long serialVersionUID = 1L;

    private final ArrayList<String> topics;
    private final String archive;

    ArchivedTopicsSubscriber(List<String> topics, Path archive) {
        this.topics = new ArrayList<>(topics);
        this.archive = archive.toString();
    }

    @Override
    public Set<TopicPartition> getSubscribedTopicPartitions(AdminClient adminClient) {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(new Path(archive));
        Set<TopicPartition> partitions = new HashSet<>();
        try {
            Map<String, TopicDescription> inKafka = TopicIds.describe(adminClient, topics);
            for (String topic : topics) {
                if (inKafka.containsKey(topic)) {
                    for (TopicPartitionInfo each : inKafka.get(topic).partitions()) {
                        partitions.add(new TopicPartition(topic, each.partition()));
                    }
                } else {
                    for (int each : catalogue.partitions(topic, ArchiveTopics.idOf(topic))) {
                        partitions.add(new TopicPartition(topic, each));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot find the partitions of topics " + topics, e);
        }
        return partitions;
    }
}
