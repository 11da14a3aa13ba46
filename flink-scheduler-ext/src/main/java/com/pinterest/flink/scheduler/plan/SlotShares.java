// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Which slots each slot sharing group uses. Groups are mixed along the order of the TaskManagers,
 * so that index ranges of vertices in different groups meet. Immutable.
 */
final class SlotShares {

    private final int[][] slots;
    private final int[][] taskManagers;
    private final int[][] capacity;
    private final int[][] firstOn;
    private final int slotsOfCluster;

    private SlotShares(Cluster cluster, int[][] slots) {
        this.slots = slots;
        this.slotsOfCluster = cluster.slots();
        this.taskManagers = new int[slots.length][];
        this.capacity = new int[slots.length][cluster.taskManagers().size()];
        this.firstOn = new int[slots.length][cluster.taskManagers().size()];
        for (int s = 0; s < slots.length; s++) {
            taskManagers[s] = new int[slots[s].length];
            for (int k = 0; k < slots[s].length; k++) {
                int taskManager = cluster.taskManagerOf(slots[s][k]);
                taskManagers[s][k] = taskManager;
                if (capacity[s][taskManager]++ == 0) {
                    firstOn[s][taskManager] = k;
                }
            }
        }
    }

    /**
     * Chooses as many slots as the graph needs.
     *
     * @param spread over all TaskManagers in proportion to their CPU, or else on as few as do
     * @throws IllegalArgumentException if there are too few slots that serve a sharing group
     */
    static SlotShares choose(TaskGraph graph, Cluster cluster, boolean spread) {
        int groups = graph.sharingGroups();
        int[] demand = new int[groups];
        for (int s = 0; s < groups; s++) {
            demand[s] = graph.slotsOf(s);
        }
        List<List<Integer>> byKind = slotsByKind(cluster);
        int[] supply = byKind.stream().mapToInt(List::size).toArray();
        int[][] shares = divide(demand, supply, cluster);
        int[] used = new int[cluster.taskManagers().size()];
        List<List<Integer>> chosen = new ArrayList<>();
        for (int s = 0; s < groups; s++) {
            chosen.add(new ArrayList<>());
        }
        for (int kind = 0; kind < supply.length; kind++) {
            int needed = 0;
            for (int s = 0; s < groups; s++) {
                needed += shares[s][kind];
            }
            List<Integer> slots = pick(byKind.get(kind), needed, cluster, used, spread);
            int[] assigned = new int[groups];
            for (int position = 0; position < needed; position++) {
                int best = -1;
                double bestLack = Double.NEGATIVE_INFINITY;
                for (int s = 0; s < groups; s++) {
                    double lack = (double) shares[s][kind] * (position + 1) / needed - assigned[s];
                    if (assigned[s] < shares[s][kind] && lack > bestLack) {
                        best = s;
                        bestLack = lack;
                    }
                }
                assigned[best]++;
                chosen.get(best).add(slots.get(position));
            }
        }
        return of(cluster, chosen);
    }

    /** The slots that a placement uses. */
    static SlotShares of(TaskGraph graph, Cluster cluster, Placement placement) {
        List<List<Integer>> chosen = new ArrayList<>();
        boolean[] seen = new boolean[cluster.slots()];
        for (int s = 0; s < graph.sharingGroups(); s++) {
            chosen.add(new ArrayList<>());
        }
        for (int v = 0; v < graph.vertices().size(); v++) {
            TaskGraph.Vertex vertex = graph.vertices().get(v);
            for (int i = 0; i < vertex.parallelism(); i++) {
                int slot = placement.slotOf(v, i);
                if (!seen[slot]) {
                    seen[slot] = true;
                    chosen.get(vertex.sharingGroup()).add(slot);
                }
            }
        }
        return of(cluster, chosen);
    }

    private static SlotShares of(Cluster cluster, List<List<Integer>> chosen) {
        int[][] slots = new int[chosen.size()][];
        Comparator<Integer> order = order(cluster);
        for (int s = 0; s < slots.length; s++) {
            chosen.get(s).sort(order);
            slots[s] = chosen.get(s).stream().mapToInt(Integer::intValue).toArray();
        }
        return new SlotShares(cluster, slots);
    }

    private static Comparator<Integer> order(Cluster cluster) {
        return Comparator.<Integer>comparingInt(cluster::taskManagerOf)
                .thenComparingInt(Integer::intValue);
    }

    private static List<List<Integer>> slotsByKind(Cluster cluster) {
        List<List<Integer>> byKind = new ArrayList<>();
        for (int kind = 0; kind < cluster.kinds(); kind++) {
            byKind.add(new ArrayList<>());
        }
        for (int slot = 0; slot < cluster.slots(); slot++) {
            byKind.get(cluster.kindOf(slot)).add(slot);
        }
        return byKind;
    }

    /** Divides the kinds of slots among the groups: a maximum flow, small in both dimensions. */
    private static int[][] divide(int[] demand, int[] supply, Cluster cluster) {
        int[][] flow = new int[demand.length][supply.length];
        int[] left = supply.clone();
        for (int s = 0; s < demand.length; s++) {
            int missing = demand[s];
            while (missing > 0) {
                int pushed = push(s, missing, flow, left, cluster, new boolean[supply.length]);
                if (pushed == 0) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "%d of %d slots are missing for sharing group %d",
                                    missing, demand[s], s));
                }
                missing -= pushed;
            }
        }
        return flow;
    }

    private static int push(
            int group, int amount, int[][] flow, int[] left, Cluster cluster, boolean[] seen) {
        for (int kind = 0; kind < left.length; kind++) {
            if (cluster.kindFits(group, kind) && left[kind] > 0) {
                int pushed = Math.min(amount, left[kind]);
                left[kind] -= pushed;
                flow[group][kind] += pushed;
                return pushed;
            }
        }
        for (int kind = 0; kind < left.length; kind++) {
            if (!cluster.kindFits(group, kind) || seen[kind]) {
                continue;
            }
            seen[kind] = true;
            for (int other = 0; other < flow.length; other++) {
                if (other != group && flow[other][kind] > 0) {
                    int freed =
                            push(
                                    other,
                                    Math.min(amount, flow[other][kind]),
                                    flow,
                                    left,
                                    cluster,
                                    seen);
                    if (freed > 0) {
                        flow[other][kind] -= freed;
                        flow[group][kind] += freed;
                        return freed;
                    }
                }
            }
        }
        return 0;
    }

    private static List<Integer> pick(
            List<Integer> slots, int needed, Cluster cluster, int[] used, boolean spread) {
        List<Integer> sorted = new ArrayList<>(slots);
        sorted.sort(order(cluster));
        if (needed == sorted.size()) {
            sorted.forEach(slot -> used[cluster.taskManagerOf(slot)]++);
            return sorted;
        }
        int count = cluster.taskManagers().size();
        List<List<Integer>> free = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            free.add(new ArrayList<>());
        }
        sorted.forEach(slot -> free.get(cluster.taskManagerOf(slot)).add(slot));
        List<Integer> picked = new ArrayList<>();
        if (spread) {
            double[] weight = new double[count];
            for (int t = 0; t < count; t++) {
                double cpu = cluster.taskManagers().get(t).cpu();
                weight[t] = Double.isInfinite(cpu) ? 1 : cpu;
            }
            PriorityQueue<Integer> emptiest =
                    new PriorityQueue<>(
                            Comparator.<Integer>comparingDouble(t -> (used[t] + 1) / weight[t])
                                    // Neighbours in the order do not get the rest one after
                                    // another.
                                    .thenComparing(Integer::reverse, Integer::compareUnsigned));
            int[] next = new int[count];
            for (int t = 0; t < count; t++) {
                if (!free.get(t).isEmpty()) {
                    emptiest.add(t);
                }
            }
            while (picked.size() < needed) {
                int t = emptiest.remove();
                picked.add(free.get(t).get(next[t]++));
                used[t]++;
                if (next[t] < free.get(t).size()) {
                    emptiest.add(t);
                }
            }
        } else {
            List<Integer> largest = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                largest.add(t);
            }
            largest.sort(Comparator.comparingInt(t -> -used[t] - free.get(t).size()));
            for (int t : largest) {
                for (int slot : free.get(t)) {
                    if (picked.size() < needed) {
                        picked.add(slot);
                        used[t]++;
                    }
                }
            }
        }
        picked.sort(order(cluster));
        return picked;
    }

    /** The number of slots of a sharing group. */
    int count(int sharingGroup) {
        return slots[sharingGroup].length;
    }

    /** A sharing group's slot, in the order of the TaskManagers. */
    int slotAt(int sharingGroup, int position) {
        return slots[sharingGroup][position];
    }

    /** The TaskManager of a sharing group's slot, in the order of the TaskManagers. */
    int taskManagerAt(int sharingGroup, int position) {
        return taskManagers[sharingGroup][position];
    }

    /** The number of slots of a sharing group on a TaskManager. */
    int capacity(int sharingGroup, int taskManager) {
        return capacity[sharingGroup][taskManager];
    }

    /**
     * Gives each item of a layout a slot on its TaskManager: the least loaded one, as groups may
     * come to be apart. Items of classes that fill all slots meet in the order of their indices.
     *
     * @param taskManagerOfItem where the items are, as {@link Layout#taskManagerOfItems} tells
     * @param slotOfItem for each item the slot that it has already, or -1
     */
    Placement toPlacement(
            TaskGraph graph,
            Items items,
            Layout layout,
            int[] taskManagerOfItem,
            int[] slotOfItem) {
        int[] chosen = slotOfItem.clone();
        double[] load = new double[slotsOfCluster];
        for (int item = 0; item < chosen.length; item++) {
            if (chosen[item] >= 0) {
                load[chosen[item]] += layout.cpuOf(item);
            }
        }
        Integer[] classes = new Integer[items.classes()];
        Arrays.setAll(classes, c -> c);
        Arrays.sort(classes, Comparator.comparingInt(c -> -items.sizeOf(c)));
        for (int c : classes) {
            int s = items.sharingGroupOf(c);
            boolean[] taken = new boolean[slotsOfCluster];
            for (int item = items.firstOf(c); item < items.endOf(c); item++) {
                if (chosen[item] >= 0) {
                    taken[chosen[item]] = true;
                }
            }
            for (int item = items.firstOf(c); item < items.endOf(c); item++) {
                if (chosen[item] >= 0) {
                    continue;
                }
                int taskManager = taskManagerOfItem[item];
                int best = -1;
                int first = firstOn[s][taskManager];
                for (int k = first; k < first + capacity[s][taskManager]; k++) {
                    int slot = slots[s][k];
                    if (!taken[slot] && (best < 0 || load[slot] < load[best] - 1e-12)) {
                        best = slot;
                    }
                }
                chosen[item] = best;
                taken[best] = true;
                load[best] += layout.cpuOf(item);
            }
        }
        return items.toPlacement(graph, chosen);
    }
}
