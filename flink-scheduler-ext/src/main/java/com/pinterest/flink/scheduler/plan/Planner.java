// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import javax.annotation.Nullable;

/**
 * Finds a placement: a stripe, improved by a search, or the baseline improved by one, whichever is
 * better in the objective's order. A pure function of its request; stateless and thread-safe.
 *
 * <p>The objective, in this order: the highest utilisation of a TaskManager; bytes that cross
 * zones, racks and hosts; state to move. With {@link PlacementMode#LOCALITY} the bytes come first.
 */
public final class Planner {

    /**
     * Unless balance is all that counts, a search result replaces what it started from only if no
     * metric is worse by more: bytes by this share of all bytes, others by this share of
     * themselves.
     */
    private static final double TOLERANCE = 0.02;

    /**
     * The most rounds of a search. What relieves a TaskManager tears partners apart, until its
     * budget of bytes is spent; then they are brought together again, and there is a budget for
     * more.
     */
    private static final int ROUNDS = 8;

    /** The same for clusters of so many TaskManagers that a round takes long. */
    private static final int ROUNDS_OF_LARGE_CLUSTERS = 1;

    private Planner() {}

    /**
     * Places subtask by subtask: which subtasks share a slot is a part of the plan.
     *
     * @throws IllegalArgumentException if there are too few slots, or the baseline is no placement
     */
    public static Plan plan(PlanRequest request) {
        Items tasks = Items.ofTasks(request.graph());
        return plan(request, tasks, tasks);
    }

    /**
     * Places groups whose subtasks share a slot already.
     *
     * @throws IllegalArgumentException if there are too few slots, or the baseline is no placement
     */
    public static Plan bind(PlanRequest request, GroupedTasks groups) {
        return plan(
                request, Items.ofGroups(request.graph(), groups), Items.ofTasks(request.graph()));
    }

    /**
     * Places groups beside others that stay where they are, as after a failure of a part of a job.
     * The request's baseline does not count.
     *
     * @param slotOfGroup for each group the slot that it has already, or -1
     * @throws IllegalArgumentException if there are too few slots
     */
    public static Plan complete(PlanRequest request, GroupedTasks groups, int[] slotOfGroup) {
        Items items = Items.ofGroups(request.graph(), groups);
        Cluster cluster = request.cluster();
        int[] slotOfItem = open(items);
        int next = 0;
        for (int s = 0; s < request.graph().sharingGroups(); s++) {
            for (int group : groups.ofSharingGroup(s)) {
                slotOfItem[next++] = slotOfGroup[group];
            }
        }
        Layout layout = new Layout(request.graph(), request.costs(), cluster, items);
        boolean[] taken = new boolean[cluster.slots()];
        boolean[] fixed = new boolean[items.count()];
        int[] first = slotOfItem.clone();
        for (int item = 0; item < items.count(); item++) {
            if (slotOfItem[item] >= 0) {
                taken[slotOfItem[item]] = true;
                fixed[item] = true;
                layout.place(item, cluster.taskManagerOf(slotOfItem[item]));
            }
        }
        boolean utilisationFirst = request.mode().isUtilisationFirst(request.costs());
        for (int item = 0; item < items.count(); item++) {
            if (!fixed[item]) {
                first[item] = closest(item, items, cluster, layout, taken, utilisationFirst);
                taken[first[item]] = true;
                layout.place(item, cluster.taskManagerOf(first[item]));
            }
        }
        SlotShares shares =
                SlotShares.of(request.graph(), cluster, items.toPlacement(request.graph(), first));
        PlacementCost start = layout.cost(request.prior());
        LocalSearch search =
                new LocalSearch(
                        cluster,
                        items,
                        shares,
                        layout,
                        start.totalBytes(),
                        fixed,
                        request.steps(),
                        request.stop());
        if (utilisationFirst) {
            double spared = TOLERANCE * start.totalBytes();
            search.relieve(
                    start.crossZone() + spared,
                    start.crossRack() + spared,
                    start.crossHost() + spared);
        }
        search.gather(Math.max(layout.utilisation(), start.utilisation()));
        PlacementCost end = layout.copy().cost(request.prior());
        return found(request, items, shares, layout, slotOfItem, end, search).toPlan(null);
    }

    /** The free slot that costs least, for one more item. */
    private static int closest(
            int item,
            Items items,
            Cluster cluster,
            Layout layout,
            boolean[] taken,
            boolean utilisationFirst) {
        int group = items.sharingGroupOf(items.classOf(item));
        boolean[] tried = new boolean[cluster.taskManagers().size()];
        int best = -1;
        PlacementCost bestCost = null;
        for (int slot = 0; slot < cluster.slots(); slot++) {
            int taskManager = cluster.taskManagerOf(slot);
            if (taken[slot] || tried[taskManager] || !cluster.fits(group, slot)) {
                continue;
            }
            tried[taskManager] = true;
            layout.place(item, taskManager);
            PlacementCost cost = layout.costAt(taskManager);
            layout.remove(item);
            if (bestCost == null || cost.compareTo(bestCost, utilisationFirst) < 0) {
                best = slot;
                bestCost = cost;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("No slot is left for sharing group " + group);
        }
        return best;
    }

    /**
     * Decides which subtasks share a slot before the slots are known, by a plan for TaskManagers
     * that are all alike.
     *
     * @param slotsPerTaskManager how many slots a TaskManager has, at least 1
     * @param steps the most changes that the search may try
     */
    public static GroupedTasks group(
            TaskGraph graph, Costs costs, PlacementMode mode, int slotsPerTaskManager, long steps) {
        int slots = 0;
        for (int s = 0; s < graph.sharingGroups(); s++) {
            slots += graph.slotsOf(s);
        }
        int count = (slots + slotsPerTaskManager - 1) / slotsPerTaskManager;
        Cluster.Builder cluster = Cluster.builder();
        for (int t = 0; t < count; t++) {
            int first = t * slotsPerTaskManager;
            int here = Math.min(slotsPerTaskManager, slots - first);
            int taskManager =
                    cluster.taskManager(
                            new Cluster.TaskManager(
                                    String.format("%08d", t),
                                    "",
                                    "",
                                    "",
                                    here,
                                    costs.stateIoCapacity((double) here / slots, count)
                                            * slots
                                            / costs.totalCpu(),
                                    Double.POSITIVE_INFINITY));
            for (int slot = 0; slot < here; slot++) {
                cluster.slot(taskManager);
            }
        }
        Cluster virtual = cluster.build();
        Plan plan =
                plan(PlanRequest.builder(graph, costs, virtual).mode(mode).steps(steps).build());
        return GroupedTasks.of(graph, virtual, plan.placement());
    }

    /** What a placement costs. */
    public static PlacementCost cost(PlanRequest request, Placement placement) {
        return follow(request, Items.ofTasks(request.graph()), placement).cost(request.prior());
    }

    private static Plan plan(PlanRequest request, Items items, Items tasks) {
        boolean utilisationFirst = request.mode().isUtilisationFirst(request.costs());
        PlacementCost baselineCost = null;
        if (request.baseline().isPresent()) {
            request.baseline().get().check(request.graph(), request.cluster());
            baselineCost = follow(request, tasks, request.baseline().get()).cost(request.prior());
        }
        double limit =
                utilisationFirst || baselineCost == null
                        ? Double.POSITIVE_INFINITY
                        : baselineCost.utilisation();

        SlotShares shares =
                SlotShares.choose(request.graph(), request.cluster(), request.isSpread());
        List<Candidate> candidates = new ArrayList<>();
        long steps = 0;
        // Bytes first may load some TaskManagers much more, for few bytes.
        boolean[] orders = utilisationFirst ? new boolean[] {true} : new boolean[] {false, true};
        for (boolean balanced : orders) {
            Layout stripe = new Layout(request.graph(), request.costs(), request.cluster(), items);
            Stripe.lay(
                    request.graph(),
                    request.costs(),
                    items,
                    shares,
                    stripe,
                    request.prior(),
                    balanced);
            steps = improve(request, items, shares, stripe, limit, steps, candidates);
        }

        Candidate best = best(candidates, utilisationFirst, limit);
        if (baselineCost != null
                && (best == null || baselineCost.compareTo(best.cost(), utilisationFirst) < 0)) {
            Placement baseline = request.baseline().get();
            candidates.add(
                    new Candidate(() -> baseline, baselineCost, Plan.Origin.BASELINE, steps));
            if (keepsGroups(items, baseline)) {
                Layout layout = follow(request, items, baseline);
                SlotShares slots = SlotShares.of(request.graph(), request.cluster(), baseline);
                improve(request, items, slots, layout, limit, steps, candidates);
            }
            best = best(candidates, utilisationFirst, limit);
        }
        if (best == null) {
            best = candidates.get(candidates.size() - 1);
        } else if (!utilisationFirst) {
            best = balanced(candidates, best, baselineCost);
        }
        return best.toPlan(baselineCost);
    }

    /** A placement to choose from, which is written down only if it is chosen. */
    private static final class Candidate {

        private final Supplier<Placement> placement;
        private final PlacementCost cost;
        private final Plan.Origin origin;
        private final long steps;
        private final boolean cutShort;

        Candidate(
                Supplier<Placement> placement,
                PlacementCost cost,
                Plan.Origin origin,
                long steps,
                boolean cutShort) {
            this.placement = placement;
            this.cost = cost;
            this.origin = origin;
            this.steps = steps;
            this.cutShort = cutShort;
        }

        Candidate(
                Supplier<Placement> placement, PlacementCost cost, Plan.Origin origin, long steps) {
            this(placement, cost, origin, steps, false);
        }

        PlacementCost cost() {
            return cost;
        }

        Plan toPlan(@Nullable PlacementCost baseline) {
            return new Plan(placement.get(), cost, baseline, origin, steps, cutShort);
        }
    }

    /** Adds a layout and what a search makes of it; returns how many steps have been taken. */
    private static long improve(
            PlanRequest request,
            Items items,
            SlotShares shares,
            Layout layout,
            double limit,
            long taken,
            List<Candidate> candidates) {
        TaskGraph graph = request.graph();
        boolean utilisationFirst = request.mode().isUtilisationFirst(request.costs());
        PlacementCost start = layout.cost(request.prior());
        int[] laid = layout.taskManagerOfItems();
        candidates.add(
                new Candidate(
                        () -> shares.toPlacement(graph, items, layout, laid, open(items)),
                        start,
                        Plan.Origin.STRIPE,
                        taken));
        LocalSearch search =
                new LocalSearch(
                        request.cluster(),
                        items,
                        shares,
                        layout,
                        start.totalBytes(),
                        new boolean[items.count()],
                        request.steps() - taken,
                        request.stop());
        if (utilisationFirst) {
            double spared = TOLERANCE * start.totalBytes();
            boolean goesOn = true;
            int rounds = search.isLarge() ? ROUNDS_OF_LARGE_CLUSTERS : ROUNDS;
            for (int round = 0; round < rounds && goesOn; round++) {
                goesOn =
                        search.relieve(
                                start.crossZone() + spared,
                                start.crossRack() + spared,
                                start.crossHost() + spared);
                // What has left a TaskManager must not come back, but draw its partners after it.
                search.gather((layout.utilisation() + layout.meanUtilisation()) / 2);
            }
            search.gather(layout.utilisation());
        } else {
            double allowed =
                    Math.max(start.utilisation(), Math.min(limit, start.utilisation() * 1.02));
            search.gather(allowed);
            search.relieve(layout.crossZone(), layout.crossRack(), layout.crossHost());
        }
        PlacementCost end = layout.copy().cost(request.prior());
        if (end.isWithin(start, TOLERANCE) && end.compareTo(start, utilisationFirst) < 0) {
            candidates.add(found(request, items, shares, layout, open(items), end, search));
        }
        if (request.mode() == PlacementMode.BALANCED) {
            double any = Double.POSITIVE_INFINITY;
            search.relieve(any, any, any);
            search.gather(layout.utilisation());
            PlacementCost balanced = layout.copy().cost(request.prior());
            candidates.add(found(request, items, shares, layout, open(items), balanced, search));
        }
        return request.steps() - search.stepsLeft();
    }

    private static Candidate found(
            PlanRequest request,
            Items items,
            SlotShares shares,
            Layout layout,
            int[] slotOfItem,
            PlacementCost cost,
            LocalSearch search) {
        int[] found = layout.taskManagerOfItems();
        return new Candidate(
                () -> shares.toPlacement(request.graph(), items, layout, found, slotOfItem),
                cost,
                Plan.Origin.SEARCH,
                request.steps() - search.stepsLeft(),
                search.isCutShort());
    }

    @Nullable
    private static Candidate best(
            List<Candidate> candidates, boolean utilisationFirst, double limit) {
        Candidate best = null;
        for (Candidate candidate : candidates) {
            if (candidate.cost().utilisation() <= limit * (1 + 1e-9)
                    && (best == null
                            || candidate.cost().compareTo(best.cost(), utilisationFirst) < 0)) {
                best = candidate;
            }
        }
        return best;
    }

    /** The least utilised of the candidates that cross about as few bytes as the best. */
    private static Candidate balanced(
            List<Candidate> candidates, Candidate best, @Nullable PlacementCost baseline) {
        Candidate balanced = best;
        for (Candidate candidate : candidates) {
            PlacementCost cost = candidate.cost();
            if (cost.utilisation() < balanced.cost().utilisation()
                    && cost.isWithin(best.cost(), TOLERANCE)
                    && (baseline == null || cost.compareTo(baseline, false) <= 0)) {
                balanced = candidate;
            }
        }
        return balanced;
    }

    private static int[] open(Items items) {
        int[] slotOfItem = new int[items.count()];
        Arrays.fill(slotOfItem, -1);
        return slotOfItem;
    }

    private static boolean keepsGroups(Items items, Placement placement) {
        for (int item = 0; item < items.count(); item++) {
            int first = items.firstTask(item);
            int slot = placement.slotOf(items.vertexOf(first), items.indexOf(first));
            for (int task = first + 1; task < items.endTask(item); task++) {
                if (placement.slotOf(items.vertexOf(task), items.indexOf(task)) != slot) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Layout follow(PlanRequest request, Items items, Placement placement) {
        Layout layout = new Layout(request.graph(), request.costs(), request.cluster(), items);
        layout.follow(placement);
        return layout;
    }
}
