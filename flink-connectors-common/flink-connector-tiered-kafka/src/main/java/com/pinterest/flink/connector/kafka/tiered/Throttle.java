// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Keeps a reader to its share of a {@link RateLimit}, to the pace of a {@link ReplayClock}, or to
 * both. Its metric {@code throttledTimeMs} counts for how long that has kept the reader from
 * reading.
 *
 * <p>Used by the task's thread only.
 */
final class Throttle implements AutoCloseable {

    /** Asks again by then, since the clock may have started, or started again. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @Nullable private final RateGate gate;
    @Nullable private final ReplayPace pace;
    private final SourceReaderContext context;
    private final AtomicLong throttledNanos = new AtomicLong();
    private final ScheduledThreadPoolExecutor timer;

    /** Of which a first record was reported to the clock. */
    private final Set<String> reported = new HashSet<>();

    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private boolean endAsked;
    private boolean started;
    private int own;
    private int all;

    private Throttle(
            @Nullable RateGate gate, @Nullable ReplayPace pace, SourceReaderContext context) {
        this.gate = gate;
        this.pace = pace;
        this.context = context;
        context.metricGroup()
                .gauge(
                        "throttledTimeMs",
                        () -> TimeUnit.NANOSECONDS.toMillis(throttledNanos.get()));
        this.timer =
                new ScheduledThreadPoolExecutor(1, new ExecutorThreadFactory("source-rate-limit"));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Returns the throttle of a reader, or {@code null} if it needs none.
     *
     * @param replayRate how many times as fast as they came records are read
     */
    @Nullable
    static Throttle of(
            @Nullable RateLimit limit, @Nullable Double replayRate, SourceReaderContext context) {
        return limit == null && replayRate == null
                ? null
                : new Throttle(
                        limit == null ? null : new RateGate(limit, System.nanoTime()),
                        replayRate == null ? null : new ReplayPace(replayRate),
                        context);
    }

    /** Returns an emitter that takes tokens for what it is given. */
    <T> RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> metered(
            RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter) {
        return (record, output, state) -> {
            if (gate != null) {
                gate.charge(size(record.key()) + size(record.value()));
            }
            if (pace != null) {
                pace.read(record.timestamp());
                if (reported.add(state.splitId())) {
                    context.sendSourceEventToCoordinator(new FirstRecordEvent(record.timestamp()));
                }
            }
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
        if (started && gate != null) {
            context.sendSourceEventToCoordinator(new PartitionCountEvent(own));
        }
        share();
    }

    /** Returns whether an event was one for the throttle. */
    boolean handle(SourceEvent event) {
        if (event instanceof PartitionCountEvent) {
            all = ((PartitionCountEvent) event).count();
            share();
        } else if (event instanceof ReplayClockEvent) {
            pace.start((ReplayClockEvent) event, System.nanoTime());
        } else if (event instanceof ReaderEndEvent) {
            end.complete(null);
        } else {
            return false;
        }
        return true;
    }

    private void share() {
        if (gate != null) {
            // Until the enumerator has counted them, there may be more.
            gate.setPartitions(all < own ? 0 : own, all, System.nanoTime());
        }
    }

    /**
     * Returns a future that is complete when the reader, which has nothing more to read, may end;
     * asks the enumerator for that.
     */
    CompletableFuture<Void> end() {
        if (!endAsked) {
            endAsked = true;
            context.sendSourceEventToCoordinator(new ReaderEndEvent());
        }
        return end;
    }

    /** Whether the reader waits until it may end. */
    boolean isEnding() {
        return endAsked && !end.isDone();
    }

    /** Whether the reader has to wait. One without partitions does not: it may have to end. */
    boolean isShut() {
        return own > 0 && shutFor(System.nanoTime()) > 0;
    }

    private long shutFor(long now) {
        return Math.max(gate == null ? 0 : gate.shutFor(now), pace == null ? 0 : pace.shutFor(now));
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
                        Math.min(LONGEST_WAIT_NANOS, shutFor(start)),
                        TimeUnit.NANOSECONDS);
        return opening;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
