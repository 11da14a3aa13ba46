// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which sources of a job have caught up, for those that start after others. The JobManager has it.
 *
 * <p>Thread-safe.
 */
final class Leaders {

    /** Of the jobs of this JVM, by id. */
    private static final Map<String, Leaders> OF_JOBS = new HashMap<>();

    private final String job;
    private final Map<String, List<String>> sources = new HashMap<>();
    private final Set<String> caughtUp = new HashSet<>();

    /** The names of the sources, by what they are told with. */
    private final Map<Runnable, String> listeners = new LinkedHashMap<>();

    private Leaders(String job) {
        this.job = job;
    }

    /**
     * Adds a source to its job, which it has to {@linkplain #leave leave}.
     *
     * @param after the sources that it starts after
     * @param listener called when another source has caught up
     * @throws IllegalArgumentException if it is to start after itself, be it by others
     */
    static Leaders join(String job, String source, List<String> after, Runnable listener) {
        synchronized (OF_JOBS) {
            Leaders leaders = OF_JOBS.computeIfAbsent(job, Leaders::new);
            synchronized (leaders) {
                leaders.sources.put(source, List.copyOf(after));
                leaders.listeners.put(listener, source);
                if (leaders.startsAfter(source, after, new HashSet<>())) {
                    throw new IllegalArgumentException(
                            "Source " + source + " would start after itself: " + leaders.sources);
                }
            }
            return leaders;
        }
    }

    private boolean startsAfter(String source, Collection<String> after, Set<String> seen) {
        return after.stream()
                .filter(seen::add)
                .anyMatch(
                        leader ->
                                leader.equals(source)
                                        || startsAfter(
                                                source,
                                                sources.getOrDefault(leader, List.of()),
                                                seen));
    }

    void leave(Runnable listener) {
        synchronized (OF_JOBS) {
            synchronized (this) {
                String source = listeners.remove(listener);
                if (!listeners.containsValue(source)) {
                    sources.remove(source);
                    caughtUp.remove(source);
                }
                if (listeners.isEmpty()) {
                    OF_JOBS.remove(job);
                }
            }
        }
    }

    /** Takes that a source has caught up. */
    void report(String source) {
        Set<Runnable> told;
        synchronized (this) {
            if (!caughtUp.add(source)) {
                return;
            }
            told = new LinkedHashSet<>(listeners.keySet());
        }
        told.forEach(Runnable::run);
    }

    synchronized boolean haveCaughtUp(List<String> leaders) {
        return caughtUp.containsAll(leaders);
    }

    /** Returns whether the job has all of these sources. */
    synchronized boolean has(List<String> leaders) {
        return sources.keySet().containsAll(leaders);
    }
}
