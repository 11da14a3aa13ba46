// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Keeps a reader to its share of a {@link RateLimit}. Its metric {@code throttledTimeMs} counts for
 * how long the limit has kept the reader from reading.
 *
 * <p>Used by the task's thread only.
 */
final class Throttle implements AutoCloseable {

    private final RateGate gate;
    private final SourceReaderContext context;
    private final AtomicLong throttledNanos = new AtomicLong();
    private final ScheduledThreadPoolExecutor timer;

    private boolean started;
    private int own;
    private int all;

    Throttle(RateLimit limit, SourceReaderContext context) {
        this.gate = new RateGate(limit, System.nanoTime());
        this.context = context;
        context.metricGroup()
                .gauge(
                        "throttledTimeMs",
                        () -> TimeUnit.NANOSECONDS.toMillis(throttledNanos.get()));
        this.timer =
                new ScheduledThreadPoolExecutor(1, new ExecutorThreadFactory("source-rate-limit"));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Returns an emitter that takes tokens for what it is given. */
    <T> RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> metered(
            RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter) {
        return (record, output, state) -> {
            gate.charge(size(record.key()) + size(record.value()));
            emitter.emitRecord(record, output, state);
        };
    }

    private static int size(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Begins to tell the enumerator, which has to know the reader by then. */
    void start() {
        started = true;
        addPartitions(0);
    }

    /** Counts partitions that the reader got, or with a negative number, that it has finished. */
    void addPartitions(int more) {
        own += more;
        if (started) {
            context.sendSourceEventToCoordinator(new PartitionCountEvent(own));
        }
        share();
    }

    void setAllPartitions(int count) {
        all = count;
        share();
    }

    private void share() {
        // Until the enumerator has counted them, there may be more.
        gate.setPartitions(all < own ? 0 : own, all, System.nanoTime());
    }

    /** Whether the reader has to wait. One without partitions does not: it may have to end. */
    boolean isShut() {
        return own > 0 && gate.shutFor(System.nanoTime()) > 0;
    }

    /** Returns a future that is complete when it is worth asking again. */
    CompletableFuture<Void> opening() {
        long start = System.nanoTime();
        CompletableFuture<Void> opening = new CompletableFuture<>();
        Future<?> unused =
                timer.schedule(
                        () -> {
                            throttledNanos.addAndGet(System.nanoTime() - start);
                            opening.complete(null);
                        },
                        gate.shutFor(start),
                        TimeUnit.NANOSECONDS);
        return opening;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
