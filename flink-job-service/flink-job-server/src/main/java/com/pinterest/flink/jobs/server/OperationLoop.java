// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.JobStore.StaleException;
import com.pinterest.flink.jobs.protocol.OperationRunner;
import com.pinterest.flink.jobs.protocol.OperationRunner.Result;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries on all open operations, each by one thread at a time. Begins with those that an earlier
 * process has left.
 */
final class OperationLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperationLoop.class);
    private static final int THREADS = 8;

    private final JobDatabase database;
    private final OperationRunner runner;
    private final Backoff backoff;
    private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(daemon("operations"));
    private final ExecutorService workers =
            Executors.newFixedThreadPool(THREADS, daemon("operation"));

    OperationLoop(JobDatabase database, OperationRunner runner, Clock clock) {
        this.backoff = new Backoff(clock);
        this.database = database;
        this.runner = runner;
    }

    static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    void start() {
        ScheduledFuture<?> unused =
                scheduler.scheduleWithFixedDelay(
                        this::look, 0, Backoff.SHORTEST.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            List<UUID> open = database.openOperations();
            backoff.retain(Set.copyOf(open));
            for (UUID id : open) {
                if (backoff.isDue(id) && busy.add(id)) {
                    workers.execute(() -> carryOn(id));
                }
            }
        } catch (RuntimeException e) {
            LOG.error("The open operations cannot be read", e);
        }
    }

    private void carryOn(UUID id) {
        try {
            Result result = Result.MOVED;
            while (result == Result.MOVED && !Thread.currentThread().isInterrupted()) {
                result = runner.advance(id);
                if (result == Result.MOVED) {
                    backoff.moved(id);
                } else {
                    backoff.waits(id);
                }
            }
        } catch (StaleException e) {
            // An abort came in between: the next look sees it.
            LOG.debug("Operation {} has changed", id);
        } catch (RuntimeException e) {
            backoff.waits(id);
            LOG.error("Operation {} cannot be carried on", id, e);
        } finally {
            busy.remove(id);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        workers.shutdownNow();
        try {
            scheduler.awaitTermination(10, TimeUnit.SECONDS);
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
