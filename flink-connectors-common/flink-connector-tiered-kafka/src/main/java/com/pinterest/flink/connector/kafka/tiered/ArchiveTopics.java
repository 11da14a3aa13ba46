// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import javax.annotation.Nullable;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * The topics that a sink may write to an archive: those that neither live in Kafka nor come from
 * there. The segments of a topic state which of Kafka's offsets they cover, and no sink can know
 * these while others write to the topic.
 *
 * <p>Not safe for use by several threads.
 */
final class ArchiveTopics {

    private final ArchiveCatalogue catalogue;
    private final Properties properties;
    private final Map<String, Uuid> checked = new HashMap<>();

    /**
     * @param properties of a client of Kafka; without bootstrap servers, there is no Kafka
     */
    ArchiveTopics(ArchiveCatalogue catalogue, Properties properties) {
        this.catalogue = catalogue;
        this.properties = properties;
    }

    /** Returns the id of a topic without one from Kafka: it follows from the name. */
    static Uuid idOf(String topic) {
        UUID id =
                UUID.nameUUIDFromBytes(
                        ("archive-only topic " + topic).getBytes(StandardCharsets.UTF_8));
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /**
     * Returns the id of a topic.
     *
     * @throws IOException if the topic must not be written, or Kafka or the archive cannot be asked
     */
    Uuid require(String topic) throws IOException {
        Uuid known = checked.get(topic);
        if (known != null) {
            return known;
        }
        Uuid id = idOf(topic);
        Uuid inKafka = idInKafka(topic);
        if (inKafka != null) {
            throw new IOException(
                    String.format(
                            "Topic %s lives in Kafka, with id %s: a sink cannot write it to the"
                                    + " archive, as it does not know its offsets. Write to Kafka"
                                    + " (SinkTier.KAFKA), and have the archiver copy the topic"
                                    + " (flink-archive run).",
                            topic, inKafka));
        }
        Set<Uuid> archived = catalogue.topicIds(topic);
        archived.remove(id);
        if (!archived.isEmpty()) {
            throw new IOException(
                    String.format(
                            "The archive %s has topic %s from Kafka, with the ids %s: a sink cannot"
                                    + " continue it. Use another name.",
                            catalogue.root(), topic, archived));
        }
        checked.put(topic, id);
        return id;
    }

    @Nullable
    private Uuid idInKafka(String topic) throws IOException {
        if (!properties.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            return null;
        }
        Admin admin = Admin.create(properties);
        try {
            TopicDescription description = TopicIds.describe(admin, Set.of(topic)).get(topic);
            return description == null ? null : description.topicId();
        } finally {
            admin.close(Duration.ZERO);
        }
    }
}
