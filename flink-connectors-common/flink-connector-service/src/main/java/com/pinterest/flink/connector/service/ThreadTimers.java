// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers of one daemon thread. Thread-safe. */
final class ThreadTimers implements Timers {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadTimers.class);

    private final ScheduledThreadPoolExecutor executor;

    ThreadTimers(String name, ClassLoader classLoader) {
        executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        action -> {
                            Thread thread = new Thread(action, name);
                            thread.setDaemon(true);
                            thread.setContextClassLoader(classLoader);
                            return thread;
                        },
                        // Closed: nobody waits for the action any more.
                        (action, closedExecutor) -> {});
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        Future<?> future =
                executor.schedule(() -> run(action), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            // The executor would swallow it.
            LOG.error("A timer of a service client failed", e);
            throw e;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
