// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import javax.annotation.Nullable;

/** A placement, what it costs, and how it came about. Immutable. */
public final class Plan {

    /** Which part of the planner a placement is from. */
    public enum Origin {
        STRIPE,
        SEARCH,
        BASELINE
    }

    private final Placement placement;
    private final PlacementCost cost;
    @Nullable private final PlacementCost baseline;
    private final Origin origin;
    private final long steps;
    private final boolean cutShort;

    Plan(
            Placement placement,
            PlacementCost cost,
            @Nullable PlacementCost baseline,
            Origin origin,
            long steps,
            boolean cutShort) {
        this.placement = requireNonNull(placement);
        this.cost = requireNonNull(cost);
        this.baseline = baseline;
        this.origin = requireNonNull(origin);
        this.steps = steps;
        this.cutShort = cutShort;
    }

    public Placement placement() {
        return placement;
    }

    public PlacementCost cost() {
        return cost;
    }

    /** What the baseline costs, if there was one. */
    public Optional<PlacementCost> baseline() {
        return Optional.ofNullable(baseline);
    }

    public Origin origin() {
        return origin;
    }

    /** How many changes the search tried. */
    public long steps() {
        return steps;
    }

    /** Whether the search ended by its bound, not by itself. */
    public boolean isCutShort() {
        return cutShort;
    }
}
