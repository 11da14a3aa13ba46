// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When to look at an operation again: the longer it has waited, the less often, so that it is never
 * found more than a tenth of its wait too late. Thread-safe.
 */
final class Backoff {

    static final Duration SHORTEST = Duration.ofMillis(200);
    static final Duration LONGEST = Duration.ofSeconds(5);

    private static final int FRACTION = 10;

    /** A wait. */
    private record Wait(Instant since, Instant next) {}

    private final Clock clock;
    private final Map<UUID, Wait> waits = new ConcurrentHashMap<>();

    Backoff(Clock clock) {
        this.clock = clock;
    }

    boolean isDue(UUID operation) {
        Wait wait = waits.get(operation);
        return wait == null || !clock.instant().isBefore(wait.next());
    }

    /** A look has brought nothing. */
    void waits(UUID operation) {
        Instant now = clock.instant();
        waits.compute(
                operation,
                (id, before) -> {
                    Instant since = before == null ? now : before.since();
                    Duration pause = Duration.between(since, now).dividedBy(FRACTION);
                    if (pause.compareTo(SHORTEST) < 0) {
                        pause = SHORTEST;
                    } else if (pause.compareTo(LONGEST) > 0) {
                        pause = LONGEST;
                    }
                    return new Wait(since, now.plus(pause));
                });
    }

    /** A look has brought something: the next one is due at once. */
    void moved(UUID operation) {
        waits.remove(operation);
    }

    /** Forgets all operations but these. */
    void retain(Set<UUID> open) {
        waits.keySet().retainAll(open);
    }
}
