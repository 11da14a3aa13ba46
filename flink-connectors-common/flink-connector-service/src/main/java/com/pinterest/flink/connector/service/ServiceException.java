// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.apache.flink.util.Preconditions.checkNotNull;

import java.io.IOException;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;

/** A call, or a key of a call, that failed. Says whether it may be repeated. Immutable. */
@PublicEvolving
public final class ServiceException extends IOException {

    private static final long serialVersionUID = 1;

    /** What a failure says about a repetition. */
    public enum Kind {
        /** The service was not reached, or refused before it did anything: always repeatable. */
        REJECTED,
        /**
         * The service asks for fewer calls: always repeatable, and no sign that the service is
         * down.
         */
        THROTTLED,
        /** The service may or may not have done it: repeatable if it is idempotent. */
        TRANSIENT,
        /** A repetition would fail as well. */
        PERMANENT;
    }

    private final Kind kind;
    @Nullable private final Duration retryAfter;

    private ServiceException(
            Kind kind, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.kind = checkNotNull(kind, "kind");
        this.retryAfter = retryAfter;
    }

    /** A failure without a cause. */
    public static ServiceException of(Kind kind, String message) {
        return new ServiceException(kind, message, null, null);
    }

    /** A failure with a cause. */
    public static ServiceException of(Kind kind, String message, @Nullable Throwable cause) {
        return new ServiceException(kind, message, cause, null);
    }

    /**
     * Adds the time for which the service asks not to be called.
     *
     * @param time null if there is none
     */
    public ServiceException withRetryAfter(@Nullable Duration time) {
        ServiceException copy = new ServiceException(kind, getMessage(), getCause(), time);
        copy.setStackTrace(getStackTrace());
        return copy;
    }

    public Kind kind() {
        return kind;
    }

    /** How long the service asks not to be called; null if it does not. */
    @Nullable
    public Duration retryAfter() {
        return retryAfter;
    }
}
