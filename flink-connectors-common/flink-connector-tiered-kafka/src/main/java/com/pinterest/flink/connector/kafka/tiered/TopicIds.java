// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.annotation.Nullable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The ids of the topics that one source reads, as the broker states them. It notices when a topic
 * has been deleted and created again: its offsets start anew, and neither the archive of the topic
 * before nor a position in it have anything to do with it.
 *
 * <p>Not safe for use by several threads.
 */
final class TopicIds {

    /** Null if an archive need not have the topics yet. */
    @Nullable private final ArchiveCatalogue catalogue;

    private final Map<String, Uuid> known = new HashMap<>();

    private TopicIds(@Nullable ArchiveCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** For who reads an archive: it fails if the archive has the topics under other ids only. */
    static TopicIds of(ArchiveCatalogue catalogue) {
        return new TopicIds(requireNonNull(catalogue, "catalogue"));
    }

    /** For who writes an archive: it may have another topic of the same name. */
    static TopicIds ofNewArchive() {
        return new TopicIds(null);
    }

    /**
     * Asks the broker for the ids of topics and compares them with those that it gave before and
     * with those of the archive.
     *
     * @throws IllegalStateException if a topic has been created anew
     * @throws IOException if the broker or the archive cannot be reached
     */
    void refresh(Admin admin, Collection<String> topics) throws IOException {
        for (Map.Entry<String, Uuid> stated : find(admin, topics).entrySet()) {
            String topic = stated.getKey();
            Uuid id = stated.getValue();
            Uuid before = known.putIfAbsent(topic, id);
            if (before == null && catalogue != null) {
                checkArchive(topic, id);
            } else if (before != null && !before.equals(id)) {
                throw createdAnew(topic, before, id);
            }
        }
    }

    /** Returns the failure of who has a position in a topic that does not exist any more. */
    static IllegalStateException createdAnew(String topic, Uuid before, Uuid now) {
        return new IllegalStateException(
                String.format(
                        "Topic %s was deleted and created again: the job has positions in the one"
                                + " with id %s, and Kafka has id %s. Start the job without its"
                                + " state to read the new topic from its start.",
                        topic, before, now));
    }

    private void checkArchive(String topic, Uuid id) throws IOException {
        Set<Uuid> archived = catalogue.topicIds(topic);
        if (!archived.isEmpty() && !archived.contains(id)) {
            throw new IllegalStateException(
                    String.format(
                            "Topic %s has id %s in Kafka, and the archive %s has it under %s: the"
                                    + " topic was deleted and created again. To read the new topic,"
                                    + " archive it first (or move the directories of the old ids away)"
                                    + " and start the job without its state.",
                            topic, id, catalogue.root(), archived));
        }
    }

    /** Returns the ids that Kafka gave, and those of topics that a sink wrote to the archive. */
    private Map<String, Uuid> find(Admin admin, Collection<String> topics) throws IOException {
        Map<String, Uuid> ids = new HashMap<>();
        describe(admin, topics)
                .forEach((topic, description) -> ids.put(topic, description.topicId()));
        for (String topic : topics) {
            if (!ids.containsKey(topic)) {
                Uuid id = ArchiveTopics.idOf(topic);
                if (catalogue == null || !catalogue.topicIds(topic).contains(id)) {
                    throw new IOException(
                            "Topic "
                                    + topic
                                    + " does not exist in Kafka, and no sink has written it to the"
                                    + " archive");
                }
                ids.put(topic, id);
            }
        }
        return ids;
    }

    /** Describes those of the topics that Kafka has. */
    static Map<String, TopicDescription> describe(Admin admin, Collection<String> topics)
            throws IOException {
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                found.put(each.getKey(), each.getValue().get());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new IOException("Cannot describe topic " + each.getKey(), e.getCause());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while describing topic " + each.getKey(), e);
            }
        }
        return found;
    }

    boolean knows(String topic) {
        return known.containsKey(topic);
    }

    /** Returns the id of a topic that was refreshed before. */
    Uuid get(String topic) {
        Uuid id = known.get(topic);
        if (id == null) {
            throw new IllegalArgumentException("The id of topic " + topic + " was not asked for");
        }
        return id;
    }
}
