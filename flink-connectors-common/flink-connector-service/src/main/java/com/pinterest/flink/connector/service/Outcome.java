// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;

/**
 * What became of a key in the end: the service's answer, or why it was given up. Immutable.
 *
 * @param <V> the type of the value
 */
@Internal
public final class Outcome<V> {

    private static final Outcome<?> ABSENT = new Outcome<>(null, null, 0);

    @Nullable private final V value;
    @Nullable private final ServiceException failure;
    private final int attempts;

    private Outcome(@Nullable V value, @Nullable ServiceException failure, int attempts) {
        this.value = value;
        this.failure = failure;
        this.attempts = attempts;
    }

    @SuppressWarnings("unchecked")
    static <V> Outcome<V> absent() {
        return (Outcome<V>) ABSENT;
    }

    static <V> Outcome<V> of(Answer<V> answer) {
        return answer.isAbsent() ? absent() : new Outcome<>(answer.value(), null, 0);
    }

    static <V> Outcome<V> givenUp(ServiceException failure, int attempts) {
        return new Outcome<>(null, failure, attempts);
    }

    /** The value; null if there is none, or if the key was given up. */
    @Nullable
    public V value() {
        return value;
    }

    /** The last error of a key that was given up; otherwise null. */
    @Nullable
    public ServiceException failure() {
        return failure;
    }

    /** The calls that were made for a key that was given up. */
    public int attempts() {
        return attempts;
    }

    boolean isAbsent() {
        return value == null && failure == null;
    }
}
