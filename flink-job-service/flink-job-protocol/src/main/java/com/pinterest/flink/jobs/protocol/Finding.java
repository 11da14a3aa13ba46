// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.util.Objects.requireNonNull;

import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What was found out about a cluster or a storage: evidence, with a value if the evidence is {@link
 * Evidence#YES}.
 *
 * @param <T> the type of the value
 */
public final class Finding<T> {

    private final Evidence evidence;
    private final T value;
    private final boolean sameLeader;
    private final boolean gone;
    private final String detail;

    private Finding(Evidence evidence, T value, boolean sameLeader, boolean gone, String detail) {
        this.evidence = evidence;
        this.value = value;
        this.sameLeader = sameLeader;
        this.gone = gone;
        this.detail = requireNonNull(detail);
    }

    /** It is so. */
    public static <T> Finding<T> yes(T value, String detail) {
        return new Finding<>(Evidence.YES, requireNonNull(value), false, false, detail);
    }

    /** It is not so, as the leader of now says; it may be a new one that knows nothing. */
    public static <T> Finding<T> no(String detail) {
        return new Finding<>(Evidence.NO, null, false, false, detail);
    }

    /** It is not so, as the very leader says to which earlier requests went. */
    public static <T> Finding<T> noOfSameLeader(String detail) {
        return new Finding<>(Evidence.NO, null, true, false, detail);
    }

    /** There is no answer. */
    public static <T> Finding<T> unknown(String detail) {
        return new Finding<>(Evidence.UNKNOWN, null, false, false, detail);
    }

    /** There will be no answer any more: who knew it has ended. */
    public static <T> Finding<T> gone(String detail) {
        return new Finding<>(Evidence.UNKNOWN, null, false, true, detail);
    }

    /** Returns what the observation proves. */
    public Evidence evidence() {
        return evidence;
    }

    /** Whether it is so. */
    public boolean isYes() {
        return evidence == Evidence.YES;
    }

    /** Whether it is not so. */
    public boolean isNo() {
        return evidence == Evidence.NO;
    }

    /** Whether there is no answer. */
    public boolean isUnknown() {
        return evidence == Evidence.UNKNOWN;
    }

    /** Whether there is no answer, and will be none. */
    public boolean isGone() {
        return gone;
    }

    /** Whether a NO comes from the leader that would know of all earlier requests. */
    public boolean isOfSameLeader() {
        return sameLeader;
    }

    /**
     * Returns the value of a YES.
     *
     * @throws NoSuchElementException if the evidence is another one
     */
    public T value() {
        if (value == null) {
            throw new NoSuchElementException(detail);
        }
        return value;
    }

    /** Returns the value of a YES, otherwise empty. */
    public Optional<T> optional() {
        return Optional.ofNullable(value);
    }

    /** Returns what was seen, for people. */
    public String detail() {
        return detail;
    }

    @Override
    public String toString() {
        return evidence + ": " + detail;
    }
}
