// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import java.util.List;

/**
 * A behavior of this distribution that can be turned off; upstream's behavior then applies.
 * Immutable.
 */
public final class Feature {

    /** The configuration that turns a feature on or off. */
    public enum Scope {
        /** The configuration of the process, so that all jobs of a cluster behave the same. */
        CLUSTER,
        /** The configuration of the job if it sets the option, otherwise that of the cluster. */
        JOB
    }

    /** A source reader with a rate limit waits for its permission instead of polling for it. */
    public static final Feature RATE_LIMITED_SOURCE =
            new Feature("rate-limited-source", Scope.CLUSTER);

    /** Serializers use their faster code, with the same bytes. */
    public static final Feature SERIALIZATION = new Feature("serialization", Scope.JOB);

    /** Strings are read, written and copied in bulk, with the same bytes. */
    public static final Feature BULK_STRINGS = new Feature("bulk-strings", Scope.CLUSTER);

    /** SQL queries with mini-batch use our operators, with the same state and results. */
    public static final Feature MINI_BATCH = new Feature("mini-batch", Scope.JOB);

    /**
     * Streaming jobs may be placed by load and locality; {@code scheduler.placement.mode} says
     * whether they are.
     */
    public static final Feature PLACEMENT = new Feature("placement", Scope.CLUSTER);

    private static final List<Feature> ALL =
            List.of(RATE_LIMITED_SOURCE, SERIALIZATION, BULK_STRINGS, MINI_BATCH, PLACEMENT);

    private final String id;
    private final Scope scope;

    Feature(String id, Scope scope) {
        this.id = id;
        this.scope = scope;
    }

    /** Returns all features. */
    public static List<Feature> all() {
        return ALL;
    }

    /** Returns the name that the option {@code pinterest.features} uses. */
    public String id() {
        return id;
    }

    public Scope scope() {
        return scope;
    }

    @Override
    public String toString() {
        return id;
    }
}
