// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records that a reader has fetched of each partition, in the order of their timestamps. A
 * reader that follows a {@link ReplayClock} needs it, since Kafka gives it thousands of records of
 * one partition before the first one of the next: read as they come, partitions would run at the
 * pace of the clock one after the other.
 *
 * <p>The order within a partition stays. Used by the fetcher's thread only.
 */
final class ReplayOrder {

    /** What is released at once takes so long to be read. */
    private static final Duration SPAN = Duration.ofMillis(100);

    private static final Duration WAIT = Duration.ofMillis(100);

    private final long longestSpan;
    private final Duration wait;
    private final Map<TopicPartition, Queue<ConsumerRecord<byte[], byte[]>>> held = new HashMap<>();
    private final Set<TopicPartition> finished = new HashSet<>();

    /**
     * @param longestSpan how much later than the first record that is released the last one may be,
     *     in ms
     * @param wait for a partition of which no record is held, before those of others are released
     */
    ReplayOrder(long longestSpan, Duration wait) {
        this.longestSpan = longestSpan;
        this.wait = wait;
    }

    /** Returns the order of a reader at so many times the pace of time. */
    static ReplayOrder of(double rate) {
        return new ReplayOrder((long) Math.max(1, rate * SPAN.toMillis()), WAIT);
    }

    /** Takes what was fetched, and leaves nothing of it there. */
    void hold(TieredRecords fetched) {
        for (List<ConsumerRecord<byte[], byte[]>> records : fetched.removeAll()) {
            held.computeIfAbsent(partitionOf(records.get(0)), missing -> new ArrayDeque<>())
                    .addAll(records);
        }
    }

    /** Takes a partition of which nothing more will be fetched. */
    void finish(TopicPartition partition) {
        finished.add(partition);
    }

    Duration waitTime() {
        return wait;
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** Whether there is a record of a partition, so that it needs none to be fetched. */
    boolean holds(TopicPartition partition) {
        return held.containsKey(partition);
    }

    /**
     * Releases the earliest records, up to the last one that is held of any partition: of that one,
     * more has to be fetched before it is known what is next.
     */
    void releaseTo(TieredRecords released) {
        PriorityQueue<Queue<ConsumerRecord<byte[], byte[]>>> byTime =
                new PriorityQueue<>(Comparator.comparingLong(queue -> queue.peek().timestamp()));
        byTime.addAll(held.values());
        if (!byTime.isEmpty()) {
            long first = byTime.peek().peek().timestamp();
            List<ConsumerRecord<byte[], byte[]>> run = new ArrayList<>();
            boolean complete = true;
            while (complete && byTime.peek().peek().timestamp() - first <= longestSpan) {
                Queue<ConsumerRecord<byte[], byte[]>> queue = byTime.poll();
                ConsumerRecord<byte[], byte[]> record = queue.poll();
                if (!run.isEmpty() && !partitionOf(run.get(0)).equals(partitionOf(record))) {
                    released.add(run);
                    run = new ArrayList<>();
                }
                run.add(record);
                complete = !queue.isEmpty();
                if (complete) {
                    byTime.add(queue);
                } else {
                    held.remove(partitionOf(record));
                }
            }
            released.add(run);
        }
        for (Iterator<TopicPartition> ended = finished.iterator(); ended.hasNext(); ) {
            TopicPartition partition = ended.next();
            if (!holds(partition)) {
                released.addFinished(partition);
                ended.remove();
            }
        }
    }

    private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
