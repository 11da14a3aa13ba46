// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import java.util.List;

/** A behaviour of this distribution that can be switched off, whereupon upstream's is back. */
public final class Feature {

    /** Whose configuration switches a feature. */
    public enum Scope {
        /** The process's: the same for all jobs of a cluster. */
        CLUSTER,
        /** The job's, if it says anything, else the cluster's. */
        JOB
    }

    /** A reader with a rate limit waits for its permission instead of polling for it. */
    public static final Feature RATE_LIMITED_SOURCE =
            new Feature("rate-limited-source", Scope.CLUSTER);

    /** Serializers take their fast paths, in the same bytes. */
    public static final Feature SERIALIZATION = new Feature("serialization", Scope.JOB);

    /** Strings are read, written and copied in bulk, in the same bytes. */
    public static final Feature BULK_STRINGS = new Feature("bulk-strings", Scope.CLUSTER);

    /** SQL queries with mini-batch get operators of ours, with the same state and results. */
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

    /** All that there are. */
    public static List<Feature> all() {
        return ALL;
    }

    /** The name in {@code pinterest.features}. */
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
