// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.Uuid;

/**
 * A split that knows the id of its topic: a topic that is deleted and created again has another
 * one, and its offsets have nothing to do with the ones before.
 *
 * <p>Immutable.
 */
final class TieredSplit extends KafkaPartitionSplit {

    private final Uuid topicId;

    private TieredSplit(KafkaPartitionSplit split, Uuid topicId) {
        super(
                split.getTopicPartition(),
                split.getStartingOffset(),
                split.getStoppingOffset().orElse(NO_STOPPING_OFFSET));
        this.topicId = requireNonNull(topicId, "topicId");
    }

    /** Adds the id of the topic to a split. */
    static TieredSplit of(KafkaPartitionSplit split, Uuid topicId) {
        return new TieredSplit(split, topicId);
    }

    Uuid topicId() {
        return topicId;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TieredSplit
                && super.equals(other)
                && topicId.equals(((TieredSplit) other).topicId);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + topicId.hashCode();
    }

    @Override
    public String toString() {
        return super.toString() + " of topic id " + topicId;
    }
}
