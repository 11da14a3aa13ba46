// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import javax.annotation.Nullable;

/** The answers that need no call. Keys that were given up are not kept. Thread-safe. */
final class AnswerCache<K, V> {

    @Nullable private final Cache<K, Outcome<V>> cache;
    private final boolean keepsAbsent;

    AnswerCache(long size, Duration time, Duration timeOfAbsent, Timers timers) {
        keepsAbsent = !timeOfAbsent.isZero();
        cache =
                size == 0
                        ? null
                        : Caffeine.newBuilder()
                                .maximumSize(size)
                                // In the thread of the caller: no thread of a pool that outlives
                                // the job gets to see its classes.
                                .executor(Runnable::run)
                                .ticker(timers::nanos)
                                .expireAfter(
                                        Expiry.<K, Outcome<V>>writing(
                                                (key, outcome) ->
                                                        outcome.isAbsent() ? timeOfAbsent : time))
                                .build();
    }

    /** The answer for a key; null if it is not known. */
    @Nullable
    Outcome<V> get(K key) {
        return cache == null ? null : cache.getIfPresent(key);
    }

    void put(K key, Outcome<V> outcome) {
        if (cache != null && outcome.failure() == null && (keepsAbsent || !outcome.isAbsent())) {
            cache.put(key, outcome);
        }
    }

    long size() {
        return cache == null ? 0 : cache.estimatedSize();
    }
}
