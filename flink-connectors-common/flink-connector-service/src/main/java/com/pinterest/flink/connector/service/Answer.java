// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.apache.flink.util.Preconditions.checkNotNull;
import static org.apache.flink.util.Preconditions.checkState;

import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;

/**
 * What a service says about one key of a call: a value, that there is none, or why it failed.
 * Immutable, if the value is.
 *
 * @param <V> the type of the value
 */
@PublicEvolving
public final class Answer<V> {

    private static final Answer<?> ABSENT = new Answer<>(null, null);

    @Nullable private final V value;
    @Nullable private final ServiceException failure;

    private Answer(@Nullable V value, @Nullable ServiceException failure) {
        this.value = value;
        this.failure = failure;
    }

    /** The service has this value. */
    public static <V> Answer<V> of(V value) {
        return new Answer<>(checkNotNull(value, "value"), null);
    }

    /** The service has a value, or none if it is null. */
    public static <V> Answer<V> ofNullable(@Nullable V value) {
        return value == null ? absent() : of(value);
    }

    /** The service knows that it has no value. */
    @SuppressWarnings("unchecked")
    public static <V> Answer<V> absent() {
        return (Answer<V>) ABSENT;
    }

    /** The service could not answer for this key. */
    public static <V> Answer<V> failed(ServiceException failure) {
        return new Answer<>(null, checkNotNull(failure, "failure"));
    }

    /** Why the key failed; null if it did not. */
    @Nullable
    public ServiceException failure() {
        return failure;
    }

    /**
     * The value; null if there is none.
     *
     * @throws IllegalStateException if the key failed
     */
    @Nullable
    public V value() {
        checkState(failure == null, "The key failed");
        return value;
    }

    boolean isAbsent() {
        return value == null && failure == null;
    }
}
