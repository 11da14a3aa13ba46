// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The constructive part of the planner: lays each component of vertices that pointwise edges
 * connect along the slots, in the order of zone, rack and host, so that partners meet.
 *
 * <p>A component is cut into as many blocks as its smallest vertex has subtasks: a block holds
 * ranges of indices that belong together. Blocks are laid at even distances or, where bytes come
 * first, perhaps one after the other without gaps. All of it is turned along the slots by several
 * offsets, and the best offset stays. Components follow each other by falling load.
 */
final class Stripe {

    private static final int ROTATIONS = 32;

    /** Keeps the time of a plan within bounds: the most tasks laid out over all rotations. */
    private static final int LAID_TASKS = 20_000;

    private static final int FEWEST_ROTATIONS = 3;

    private final TaskGraph graph;
    private final Costs costs;
    private final Items items;
    private final SlotShares shares;
    private final Layout layout;
    private final PriorState prior;
    private final boolean utilisationFirst;

    private Stripe(
            TaskGraph graph,
            Costs costs,
            Items items,
            SlotShares shares,
            Layout layout,
            PriorState prior,
            boolean utilisationFirst) {
        this.graph = graph;
        this.costs = costs;
        this.items = items;
        this.shares = shares;
        this.layout = layout;
        this.prior = prior;
        this.utilisationFirst = utilisationFirst;
    }

    /** Places all items of an empty layout. */
    static void lay(
            TaskGraph graph,
            Costs costs,
            Items items,
            SlotShares shares,
            Layout layout,
            PriorState prior,
            boolean utilisationFirst) {
        Stripe stripe = new Stripe(graph, costs, items, shares, layout, prior, utilisationFirst);
        for (List<Integer> component : stripe.components()) {
            stripe.layComponent(component);
        }
    }

    /** Classes that pointwise edges connect, by falling load. */
    private List<List<Integer>> components() {
        int[] root = new int[items.classes()];
        for (int c = 0; c < root.length; c++) {
            root[c] = c;
        }
        int[] classOf = new int[graph.vertices().size()];
        double[] load = new double[root.length];
        for (int c = 0; c < root.length; c++) {
            for (int item = items.firstOf(c); item < items.endOf(c); item++) {
                for (int task = items.firstTask(item); task < items.endTask(item); task++) {
                    int vertex = items.vertexOf(task);
                    classOf[vertex] = c;
                    load[c] += costs.cpu(vertex) / graph.vertices().get(vertex).parallelism();
                }
            }
        }
        for (TaskGraph.Edge edge : graph.edges()) {
            if (edge.pattern() == TaskGraph.Pattern.POINTWISE) {
                int a = find(root, classOf[edge.source()]);
                int b = find(root, classOf[edge.target()]);
                root[Math.max(a, b)] = Math.min(a, b);
            }
        }
        TreeMap<Integer, List<Integer>> byRoot = new TreeMap<>();
        for (int c = 0; c < root.length; c++) {
            byRoot.computeIfAbsent(find(root, c), r -> new ArrayList<>()).add(c);
        }
        List<List<Integer>> components = new ArrayList<>(byRoot.values());
        components.sort(
                Comparator.comparingDouble(
                        component -> -component.stream().mapToDouble(c -> load[c]).sum()));
        return components;
    }

    private static int find(int[] root, int c) {
        int r = c;
        while (root[r] != r) {
            r = root[r];
        }
        return r;
    }

    private void layComponent(List<Integer> component) {
        int smallest = Integer.MAX_VALUE;
        int largest = 0;
        int count = 0;
        boolean fills = true;
        int slots = Integer.MAX_VALUE;
        for (int c : component) {
            int size = items.sizeOf(c);
            smallest = Math.min(smallest, size);
            largest = Math.max(largest, size);
            count += size;
            int available = shares.count(items.sharingGroupOf(c));
            fills &= size == available;
            slots = Math.min(slots, available);
        }
        int rotations = Math.max(FEWEST_ROTATIONS, Math.min(ROTATIONS, LAID_TASKS / count));
        rotations = Math.min(rotations, slots);
        if (fills) {
            // Each slot gets one item of each class, however the stripe is turned.
            rotations = prior.isEmpty() ? 1 : Math.min(rotations, slots);
        }
        // Without gaps, fewer TaskManagers carry the load, which no search can make good.
        int[] blockings =
                utilisationFirst || largest >= slots || smallest == 1
                        ? new int[] {smallest}
                        : new int[] {smallest, 1};
        int bestBlocks = smallest;
        int bestRotation = 0;
        PlacementCost best = null;
        if (blockings.length * rotations > 1) {
            for (int blocks : blockings) {
                for (int rotation = 0; rotation < rotations; rotation++) {
                    put(component, largest, blocks, rotation, rotations);
                    PlacementCost cost = layout.cost(PriorState.none());
                    for (int c : component) {
                        for (int item = items.firstOf(c); item < items.endOf(c); item++) {
                            layout.remove(item);
                        }
                    }
                    if (best == null || cost.compareTo(best, utilisationFirst) < 0) {
                        best = cost;
                        bestBlocks = blocks;
                        bestRotation = rotation;
                    }
                }
            }
        }
        put(component, largest, bestBlocks, bestRotation, rotations);
    }

    private void put(
            List<Integer> component, int largest, int blocks, int rotation, int rotations) {
        for (int c : component) {
            int group = items.sharingGroupOf(c);
            int size = items.sizeOf(c);
            int slots = shares.count(group);
            int offset = (int) ((long) rotation * slots / rotations);
            for (int k = 0; k < size; k++) {
                int block = (int) ((long) k * blocks / size);
                int first = ceilDiv((long) block * size, blocks);
                int mine = ceilDiv((long) (block + 1) * size, blocks) - first;
                int start = ceilDiv((long) block * largest, blocks);
                int room = ceilDiv((long) (block + 1) * largest, blocks) - start;
                long inBlock = (long) (k - first) * room / mine;
                // In a group of fewer slots than the component's largest vertex, ranges shrink.
                long position =
                        largest <= slots
                                ? start + (long) block * (slots - largest) / blocks + inBlock
                                : (start + inBlock) * slots / largest;
                int item = items.firstOf(c) + k;
                int at = (int) ((position + offset) % slots);
                int taskManager = shares.taskManagerAt(group, at);
                while (layout.countOf(c, taskManager) >= shares.capacity(group, taskManager)) {
                    at = (at + 1) % slots;
                    taskManager = shares.taskManagerAt(group, at);
                }
                layout.place(item, taskManager);
            }
        }
    }

    private static int ceilDiv(long dividend, int divisor) {
        return (int) ((dividend + divisor - 1) / divisor);
    }
}
