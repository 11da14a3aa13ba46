// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** A part of a type that goes through Kryo. Immutable. */
public final class KryoFallback {

    private final String path;
    private final String type;
    private final Diagnosis diagnosis;
    private final Optional<KryoCost> cost;

    KryoFallback(String path, String type, Diagnosis diagnosis, Optional<KryoCost> cost) {
        this.path = requireNonNull(path);
        this.type = requireNonNull(type);
        this.diagnosis = requireNonNull(diagnosis);
        this.cost = requireNonNull(cost);
    }

    /** Returns the path from the outermost type, for example {@code Order.items[].price}. */
    public String path() {
        return path;
    }

    /**
     * Returns the type that goes through Kryo, with its type arguments if the field declares them.
     */
    public String type() {
        return type;
    }

    /** Returns the reason why Flink has no serializer for the type. */
    public String reason() {
        return diagnosis.reason();
    }

    /** Returns how to fix it. */
    public String remedy() {
        return diagnosis.remedy();
    }

    /** Returns the cost of Kryo, if it was measured for types of this kind. */
    public Optional<KryoCost> cost() {
        return cost;
    }

    @Override
    public String toString() {
        return path + ": " + type;
    }
}
