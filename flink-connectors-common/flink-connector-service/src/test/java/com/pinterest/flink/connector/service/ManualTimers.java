// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so, in the thread of the test. */
final class ManualTimers implements Timers {

    private final PriorityQueue<Action> actions =
            new PriorityQueue<>(
                    Comparator.comparingLong(Action::time).thenComparingLong(Action::number));

    // Close to the end of the range, so that times overflow in each test.
    private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
    private final long start = now;
    private long nextNumber;

    /** The times are differences from the start, which do not overflow. */
    private record Action(long time, long number, Runnable runnable) {}

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable runnable) {
        Action action = new Action(now - start + Math.max(0, delayNanos), nextNumber++, runnable);
        actions.add(action);
        return () -> actions.remove(action);
    }

    /** Runs what is due now. */
    void run() {
        advance(Duration.ZERO);
    }

    /** Lets time pass, and runs what becomes due. */
    void advance(Duration duration) {
        long end = now - start + duration.toNanos();
        while (!actions.isEmpty() && actions.peek().time() <= end) {
            Action action = actions.poll();
            now = start + action.time();
            action.runnable().run();
        }
        now = start + end;
    }

    /** Lets time pass until the next action, and runs it; false if there is none. */
    boolean advanceToNext() {
        if (actions.isEmpty()) {
            return false;
        }
        advance(Duration.ofNanos(actions.peek().time() - (now - start)));
        return true;
    }

    Duration elapsed() {
        return Duration.ofNanos(now - start);
    }

    @Override
    public void close() {
        actions.clear();
    }
}
