// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Waits for what another process does, until it is done or cannot come any more. */
final class Await {

    /** For what hangs: no step takes so long, on however busy a machine. */
    static final Duration PATIENCE = Duration.ofMinutes(20);

    private static final Duration POLL = Duration.ofMillis(100);

    private Await() {}

    /**
     * Asks for a value that may not be there yet; a failing request counts as that. An
     * AssertionError says that it will never be there, and ends the wait.
     */
    @FunctionalInterface
    interface Probe<T> {
        Optional<T> ask() throws IOException, InterruptedException;
    }

    /** As {@link Probe}, whether something is so. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void until(String what, Condition condition) {
        value(what, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }

    static <T> T value(String what, Probe<T> probe) {
        try {
            return poll(what, probe);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting: " + what, e);
        }
    }

    private static <T> T poll(String what, Probe<T> probe) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            IOException failure = null;
            try {
                Optional<T> value = probe.ask();
                if (value.isPresent()) {
                    return value.get();
                }
            } catch (IOException e) {
                failure = e;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("Not within " + PATIENCE + ": " + what, failure);
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
