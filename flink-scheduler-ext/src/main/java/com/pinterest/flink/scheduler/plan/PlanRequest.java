// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.annotation.Nullable;

/** All that a plan depends on. Immutable. */
public final class PlanRequest {

    /** The default bound of the search, in steps. */
    public static final long DEFAULT_STEPS = 300_000;

    private final TaskGraph graph;
    private final Costs costs;
    private final Cluster cluster;
    private final PlacementMode mode;
    private final boolean spread;
    private final long steps;
    private final PriorState prior;
    @Nullable private final Placement baseline;
    private final BooleanSupplier stop;

    private PlanRequest(Builder builder) {
        this.graph = builder.graph;
        this.costs = builder.costs;
        this.cluster = builder.cluster;
        this.mode = builder.mode;
        this.spread = builder.spread;
        this.steps = builder.steps;
        this.prior = builder.prior;
        this.baseline = builder.baseline;
        this.stop = builder.stop;
        costs.checkFits(graph);
    }

    public static Builder builder(TaskGraph graph, Costs costs, Cluster cluster) {
        return new Builder(graph, costs, cluster);
    }

    public TaskGraph graph() {
        return graph;
    }

    public Costs costs() {
        return costs;
    }

    public Cluster cluster() {
        return cluster;
    }

    public PlacementMode mode() {
        return mode;
    }

    /** Whether to use more TaskManagers than are needed, where there are more slots than needed. */
    public boolean isSpread() {
        return spread;
    }

    /** The most changes that the search may try. */
    public long steps() {
        return steps;
    }

    public PriorState prior() {
        return prior;
    }

    /** A placement that the plan must not be worse than. */
    public Optional<Placement> baseline() {
        return Optional.ofNullable(baseline);
    }

    BooleanSupplier stop() {
        return stop;
    }

    /** Collects what is not needed for each plan. Not thread-safe. */
    public static final class Builder {

        private final TaskGraph graph;
        private final Costs costs;
        private final Cluster cluster;
        private PlacementMode mode = PlacementMode.AUTO;
        private boolean spread = true;
        private long steps = DEFAULT_STEPS;
        private PriorState prior = PriorState.none();
        @Nullable private Placement baseline;
        private BooleanSupplier stop = () -> false;

        private Builder(TaskGraph graph, Costs costs, Cluster cluster) {
            this.graph = requireNonNull(graph);
            this.costs = requireNonNull(costs);
            this.cluster = requireNonNull(cluster);
        }

        public Builder mode(PlacementMode mode) {
            this.mode = requireNonNull(mode);
            return this;
        }

        public Builder spread(boolean spread) {
            this.spread = spread;
            return this;
        }

        public Builder steps(long steps) {
            this.steps = steps;
            return this;
        }

        public Builder prior(PriorState prior) {
            this.prior = requireNonNull(prior);
            return this;
        }

        public Builder baseline(Placement baseline) {
            this.baseline = requireNonNull(baseline);
            return this;
        }

        /** Says when to end the search early; a deadline, at the price of determinism. */
        public Builder stop(BooleanSupplier stop) {
            this.stop = requireNonNull(stop);
            return this;
        }

        public PlanRequest build() {
            return new PlanRequest(this);
        }
    }
}
