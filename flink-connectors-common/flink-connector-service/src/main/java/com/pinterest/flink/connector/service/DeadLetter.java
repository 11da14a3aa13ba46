// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.util.Map;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * A record that a service could not answer, and why. Mutable, as all POJOs of Flink.
 *
 * @param <T> the type of the record
 */
@PublicEvolving
public final class DeadLetter<T> {

    private T input;
    private int attempts;
    private String lastError;

    /** For Flink's POJO serializer. */
    public DeadLetter() {}

    DeadLetter(T input, int attempts, String lastError) {
        this.input = input;
        this.attempts = attempts;
        this.lastError = lastError;
    }

    /** The type of dead letters of a type of records. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    static <T> TypeInformation<DeadLetter<T>> type(TypeInformation<T> inputType) {
        return (TypeInformation)
                Types.POJO(
                        DeadLetter.class,
                        Map.of(
                                "input", inputType,
                                "attempts", Types.INT,
                                "lastError", Types.STRING));
    }

    /** The record, unchanged. */
    public T getInput() {
        return input;
    }

    public void setInput(T input) {
        this.input = input;
    }

    /** The number of calls that were made for the key of the record. */
    public int getAttempts() {
        return attempts;
    }

    public void setAttempts(int attempts) {
        this.attempts = attempts;
    }

    /** The kind and the message of the error of the last call. */
    public String getLastError() {
        return lastError;
    }

    public void setLastError(String lastError) {
        this.lastError = lastError;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof DeadLetter)) {
            return false;
        }
        DeadLetter<?> that = (DeadLetter<?>) other;
        return attempts == that.attempts
                && Objects.equals(input, that.input)
                && Objects.equals(lastError, that.lastError);
    }

    @Override
    public int hashCode() {
        return Objects.hash(input, attempts, lastError);
    }

    @Override
    public String toString() {
        return input + " after " + attempts + " attempts: " + lastError;
    }
}
