// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The consumer of a split reader. It never resets its position, and a wake-up ends a poll only: one
 * that comes when a poll is just ending hits the next call, for which it is not meant, so the
 * look-up of offsets is called again.
 *
 * <p>As thread-safe as {@link KafkaConsumer}: only {@link #wakeup()} may be called by another
 * thread.
 */
final class SplitConsumer extends KafkaConsumer<byte[], byte[]> {

    /**
     * Creates a consumer.
     *
     * @param properties those of {@link #properties}
     */
    SplitConsumer(Properties properties) {
        super(properties);
    }

    /** The properties of the source, for the consumer of a subtask. */
    static Properties properties(Properties source, SourceReaderContext context) {
        Properties properties = new Properties();
        properties.putAll(source);
        properties.setProperty(
                ConsumerConfig.CLIENT_ID_CONFIG,
                source.getProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key())
                        + "-"
                        + context.getIndexOfSubtask());
        // A consumer that resets its position skips offsets without a word.
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return properties;
    }

    /** Assigns partitions in addition to those that are assigned. */
    void assignMore(Collection<TopicPartition> partitions) {
        Set<TopicPartition> assignment = new HashSet<>(assignment());
        assignment.addAll(partitions);
        assign(assignment);
    }

    /**
     * Takes back the assignment of partitions.
     *
     * @return whether one of them was assigned
     */
    boolean unassign(Collection<TopicPartition> partitions) {
        Set<TopicPartition> assignment = new HashSet<>(assignment());
        if (!assignment.removeAll(partitions)) {
            return false;
        }
        assign(assignment);
        return true;
    }

    /** Pauses those of the assigned partitions that are in a set, and resumes the others. */
    void setPaused(Set<TopicPartition> resting) {
        Set<TopicPartition> paused = new HashSet<>(assignment());
        paused.retainAll(resting);
        pause(paused);
        Set<TopicPartition> resumed = new HashSet<>(assignment());
        resumed.removeAll(resting);
        resume(resumed);
    }

    @Override
    public long position(TopicPartition partition) {
        return retryOnWakeUp(() -> super.position(partition));
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return retryOnWakeUp(() -> super.beginningOffsets(partitions));
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return retryOnWakeUp(() -> super.endOffsets(partitions));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        return retryOnWakeUp(() -> super.committed(partitions));
    }

    private static <T> T retryOnWakeUp(Supplier<T> call) {
        try {
            return call.get();
        } catch (WakeupException e) {
            return call.get();
        }
    }
}
