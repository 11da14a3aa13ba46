// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.SavepointCleaner;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes savepoints that are not kept, now and then, also those of jobs that do not run. */
final class SavepointLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SavepointLoop.class);

    private final SavepointCleaner cleaner;
    private final Duration interval;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(OperationLoop.daemon("savepoints"));

    /** What could not be deleted, and was told. */
    private Set<String> told = Set.of();

    SavepointLoop(SavepointCleaner cleaner, Duration interval) {
        this.cleaner = cleaner;
        this.interval = interval;
    }

    void start() {
        ScheduledFuture<?> unused =
                scheduler.scheduleWithFixedDelay(
                        this::clean,
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void clean() {
        try {
            List<String> left = cleaner.clean();
            left.stream()
                    .filter(line -> !told.contains(line))
                    .forEach(line -> LOG.warn("A savepoint cannot be deleted: {}", line));
            told = new HashSet<>(left);
        } catch (RuntimeException e) {
            LOG.error("Savepoints cannot be deleted", e);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        try {
            scheduler.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
