// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.Uuid;

/**
 * What the thread that fetches tells the thread of the task: the ids of the topics of splits, and
 * whether the archive is being read, and whether all has been read.
 *
 * <p>Safe for use by several threads.
 */
final class ReadingProgress {

    private final Map<String, Uuid> topicIds = new ConcurrentHashMap<>();
    private volatile boolean inArchive;
    private volatile boolean caughtUp;

    /** Remembers the id of a split's topic. */
    void setTopicId(String splitId, Uuid id) {
        topicIds.put(splitId, id);
    }

    /** Remembers the ids of splits that have one. */
    void setTopicIds(Iterable<KafkaPartitionSplit> splits) {
        for (KafkaPartitionSplit split : splits) {
            if (split instanceof TieredSplit) {
                setTopicId(split.splitId(), ((TieredSplit) split).topicId());
            }
        }
    }

    /** Adds the id of the topic to a split, if it is known. */
    KafkaPartitionSplit withTopicId(KafkaPartitionSplit split) {
        Uuid id = topicIds.get(split.splitId());
        return id == null ? split : TieredSplit.of(split, id);
    }

    /** Whether a partition is being read from the archive. */
    boolean isInArchive() {
        return inArchive;
    }

    /** Whether, when all that was fetched is emitted, nothing was left to read. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    void setCaughtUp(boolean isCaughtUp) {
        caughtUp = isCaughtUp;
    }

    void setInArchive(boolean isInArchive) {
        inArchive = isInArchive;
    }
}
