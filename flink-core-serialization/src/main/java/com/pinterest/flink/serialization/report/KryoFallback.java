// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** A place in a type whose values go through Kryo. Immutable. */
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

    /** The way from the outermost type, such as {@code Order.items[].price}. */
    public String path() {
        return path;
    }

    /** The type that goes through Kryo, with its arguments if the field declares them. */
    public String type() {
        return type;
    }

    /** Why Flink has no serializer of its own for it. */
    public String reason() {
        return diagnosis.reason();
    }

    /** What to do about it. */
    public String remedy() {
        return diagnosis.remedy();
    }

    /** What Kryo costs, if it was measured for types of this kind. */
    public Optional<KryoCost> cost() {
        return cost;
    }

    @Override
    public String toString() {
        return path + ": " + type;
    }
}
