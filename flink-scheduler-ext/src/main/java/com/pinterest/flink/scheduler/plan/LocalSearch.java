// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Improves a layout by moves and exchanges of items, each of which has to be an improvement, so
 * that it ends. It works in two ways by turns: it relieves the TaskManager of the highest
 * utilisation, within a budget of bytes; and it brings items to their pointwise partners, within a
 * limit of utilisation. Not thread-safe.
 *
 * <p>One step is one change tried. The bound is in steps, not in time, so that equal problems have
 * equal results.
 */
final class LocalSearch {

    private static final double ROUNDING = 1e-9;

    /** How many of the least utilised TaskManagers at each distance may relieve one. */
    private static final int RELIEVERS = 5;

    /** With up to so many TaskManagers, the best of all changes is made, not one of the first. */
    private static final int SMALL = 64;

    /** How many TaskManagers of partners an item may follow. */
    private static final int PARTNERS = 8;

    private static final int STOP_INTERVAL = 64;

    private final Cluster cluster;
    private final Items items;
    private final SlotShares shares;
    private final Layout layout;
    private final BooleanSupplier stop;
    private final double totalBytes;
    private final boolean[] fixed;
    private long stepsLeft;
    private boolean stopped;

    // The bytes that a change may lead to.
    private double zoneBudget;
    private double rackBudget;
    private double hostBudget;

    // The layout before a change.
    private double zoneBefore;
    private double rackBefore;
    private double hostBefore;

    /**
     * Prepares the search.
     *
     * @param fixed for each item, whether it stays where it is
     */
    LocalSearch(
            Cluster cluster,
            Items items,
            SlotShares shares,
            Layout layout,
            double totalBytes,
            boolean[] fixed,
            long steps,
            BooleanSupplier stop) {
        this.cluster = cluster;
        this.items = items;
        this.shares = shares;
        this.layout = layout;
        this.totalBytes = totalBytes;
        this.fixed = fixed;
        this.stepsLeft = steps;
        this.stop = stop;
    }

    /** How many steps are left. */
    long stepsLeft() {
        return stepsLeft;
    }

    /** Whether the search was stopped before it had come to its end. */
    boolean isCutShort() {
        return stopped || stepsLeft <= 0;
    }

    /** Whether there are so many TaskManagers that not all changes are looked at. */
    boolean isLarge() {
        return cluster.taskManagers().size() > SMALL;
    }

    /**
     * Relieves the most utilised TaskManagers until none can be.
     *
     * @param zone bytes across zones that no change may lead beyond; so are rack and host
     * @return whether any was relieved
     */
    boolean relieve(double zone, double rack, double host) {
        zoneBudget = zone + ROUNDING * totalBytes;
        rackBudget = rack + ROUNDING * totalBytes;
        hostBudget = host + ROUNDING * totalBytes;
        int count = cluster.taskManagers().size();
        double[] utilisation = new double[count];
        for (int t = 0; t < count; t++) {
            utilisation[t] = layout.utilisation(t);
        }
        boolean relieved = false;
        boolean improved = true;
        while (improved && goesOn()) {
            int hottest = 0;
            for (int t = 1; t < count; t++) {
                if (utilisation[t] > utilisation[hottest]) {
                    hottest = t;
                }
            }
            improved = relieve(hottest, utilisation);
            if (improved) {
                relieved = true;
                for (int t = 0; t < count; t++) {
                    if (layout.networkCounts() || t == hottest || t == lastReliever) {
                        utilisation[t] = layout.utilisation(t);
                    }
                }
            }
        }
        return relieved;
    }

    private int lastReliever;

    /** Makes the best change that lowers the utilisation of a TaskManager, if there is one. */
    private boolean relieve(int hot, double[] utilisation) {
        int[] relievers = coolest(hot, utilisation);
        double limit = utilisation[hot] * (1 - 1e-6);
        double best = Double.POSITIVE_INFINITY;
        int bestItem = -1;
        int bestOther = -1;
        int bestReliever = -1;
        int[] here = itemsOn(hot);
        for (int cool : relievers) {
            int[] there = itemsOn(cool);
            for (int item : here) {
                if (shares.capacity(items.sharingGroupOf(items.classOf(item)), cool) == 0) {
                    continue;
                }
                if (hasRoom(item, cool)) {
                    if (!goesOn()) {
                        return false;
                    }
                    double score = tryMove(item, cool, limit);
                    if (score < best) {
                        best = score;
                        bestItem = item;
                        bestOther = -1;
                        bestReliever = cool;
                    }
                }
                for (int other : there) {
                    if (!canExchange(item, other, hot, cool)) {
                        continue;
                    }
                    if (!goesOn()) {
                        return false;
                    }
                    double score = tryExchange(item, other, limit);
                    if (score < best) {
                        best = score;
                        bestItem = item;
                        bestOther = other;
                        bestReliever = cool;
                    }
                }
            }
            if (bestItem >= 0 && isLarge()) {
                break;
            }
        }
        if (bestItem < 0) {
            return false;
        }
        lastReliever = bestReliever;
        if (bestOther < 0) {
            layout.move(bestItem, bestReliever);
        } else {
            layout.swap(bestItem, bestOther);
        }
        return true;
    }

    /** The items on a TaskManager that may leave it. */
    private int[] itemsOn(int taskManager) {
        int[] here = new int[layout.itemsOn(taskManager)];
        int count = 0;
        for (int k = 0; k < here.length; k++) {
            int item = layout.itemOn(taskManager, k);
            if (!fixed[item]) {
                here[count++] = item;
            }
        }
        // Changes tried and taken back have mixed them.
        Arrays.sort(here, 0, count);
        return count == here.length ? here : Arrays.copyOf(here, count);
    }

    private boolean hasRoom(int item, int taskManager) {
        int itemClass = items.classOf(item);
        return layout.countOf(itemClass, taskManager)
                < shares.capacity(items.sharingGroupOf(itemClass), taskManager);
    }

    /** Whether two items may change places; of one class, they always may. */
    private boolean canExchange(int item, int other, int here, int there) {
        int itemClass = items.classOf(item);
        int otherClass = items.classOf(other);
        return itemClass == otherClass || (hasRoom(item, there) && hasRoom(other, here));
    }

    /** The least utilised TaskManagers in the same rack, then in the same zone, then anywhere. */
    private int[] coolest(int hot, double[] utilisation) {
        int[] coolest = new int[3 * RELIEVERS];
        int found = 0;
        for (int level = 0; level < 3; level++) {
            int first = found;
            for (int t = 0; t < utilisation.length; t++) {
                if (utilisation[t] >= utilisation[hot] || distance(hot, t) != level) {
                    continue;
                }
                int position = found;
                if (found - first == RELIEVERS) {
                    if (utilisation[coolest[--position]] <= utilisation[t]) {
                        continue;
                    }
                } else {
                    found++;
                }
                while (position > first && utilisation[coolest[position - 1]] > utilisation[t]) {
                    coolest[position] = coolest[position - 1];
                    position--;
                }
                coolest[position] = t;
            }
        }
        return Arrays.copyOf(coolest, found);
    }

    private int distance(int taskManager, int other) {
        if (cluster.rackOf(taskManager) == cluster.rackOf(other)) {
            return 0;
        }
        return cluster.zoneOf(taskManager) == cluster.zoneOf(other) ? 1 : 2;
    }

    private double tryMove(int item, int to, double limit) {
        int from = layout.taskManagerOf(item);
        if (loads(item, -1, from, to, limit)) {
            return Double.POSITIVE_INFINITY;
        }
        remember();
        layout.move(item, to);
        double score = score(item, -1, from, to, limit);
        layout.move(item, from);
        return score;
    }

    private double tryExchange(int item, int other, double limit) {
        int from = layout.taskManagerOf(item);
        int to = layout.taskManagerOf(other);
        if (loads(item, other, from, to, limit)) {
            return Double.POSITIVE_INFINITY;
        }
        remember();
        layout.swap(item, other);
        double score = score(item, other, from, to, limit);
        layout.swap(item, other);
        return score;
    }

    /** Whether a change would load a TaskManager beyond a limit; told without making it. */
    private boolean loads(int item, int other, int from, int to, double limit) {
        double slack = limit * (1 + ROUNDING);
        return layout.utilisationAfter(from, item, other) > slack
                || layout.utilisationAfter(to, other, item) > slack;
    }

    private void remember() {
        zoneBefore = layout.crossZone();
        rackBefore = layout.crossRack();
        hostBefore = layout.crossHost();
    }

    /** The utilisation that a change has led to; infinite if it must not be. */
    private double score(int item, int other, int from, int to, double limit) {
        if (exceeds(layout.crossZone(), zoneBefore, zoneBudget)
                || exceeds(layout.crossRack(), rackBefore, rackBudget)
                || exceeds(layout.crossHost(), hostBefore, hostBudget)) {
            return Double.POSITIVE_INFINITY;
        }
        double highest = highestOf(item, other, from, to);
        if (highest > limit) {
            return Double.POSITIVE_INFINITY;
        }
        double added = totalBytes > 0 ? (weighted() - weightedBefore()) / totalBytes : 0;
        return highest * (1 + 0.01 * added);
    }

    /** Beyond the budget, and not on the way back to it. */
    private boolean exceeds(double bytes, double before, double budget) {
        return bytes > budget && bytes > before - ROUNDING * totalBytes;
    }

    private double weighted() {
        return 4 * layout.crossZone() + 2 * layout.crossRack() + layout.crossHost();
    }

    private double weightedBefore() {
        return 4 * zoneBefore + 2 * rackBefore + hostBefore;
    }

    /**
     * The highest utilisation of those whose utilisation a change has touched.
     *
     * @param other -1 if an item has moved alone
     */
    private double highestOf(int item, int other, int from, int to) {
        if (!layout.networkCounts()) {
            return Math.max(layout.utilisation(from), layout.utilisation(to));
        }
        double highest =
                Math.max(
                        Math.max(layout.utilisationOfHost(from), layout.utilisationOfHost(to)),
                        layout.utilisationOfProducers(item));
        return other < 0 ? highest : Math.max(highest, layout.utilisationOfProducers(other));
    }

    /**
     * Brings items to their pointwise partners until none can be brought.
     *
     * @param limit the utilisation that no change may lead beyond
     */
    void gather(double limit) {
        double allowed = limit * (1 + ROUNDING);
        boolean improved = true;
        while (improved) {
            improved = false;
            for (int item = 0; item < items.count(); item++) {
                if (!goesOn()) {
                    return;
                }
                improved |= !fixed[item] && gather(item, allowed);
            }
        }
    }

    private boolean gather(int item, double limit) {
        int from = layout.taskManagerOf(item);
        double best = 0;
        int bestOther = -1;
        int bestTo = -1;
        for (int to : partnersOf(item, from)) {
            if (shares.capacity(items.sharingGroupOf(items.classOf(item)), to) == 0) {
                continue;
            }
            if (hasRoom(item, to) && goesOn() && !loads(item, -1, from, to, limit)) {
                remember();
                layout.move(item, to);
                double gain = gain(item, -1, from, to, limit);
                layout.move(item, from);
                if (gain > best) {
                    best = gain;
                    bestOther = -1;
                    bestTo = to;
                }
            }
            int[] there = itemsOn(to);
            for (int other : there) {
                if (items.classOf(other) != items.classOf(item)) {
                    continue;
                }
                if (!goesOn()) {
                    return false;
                }
                if (loads(item, other, from, to, limit)) {
                    continue;
                }
                remember();
                layout.swap(item, other);
                double gain = gain(item, other, from, to, limit);
                layout.swap(item, other);
                if (gain > best) {
                    best = gain;
                    bestOther = other;
                    bestTo = to;
                }
            }
        }
        if (bestTo < 0) {
            return false;
        }
        if (bestOther < 0) {
            layout.move(item, bestTo);
        } else {
            layout.swap(item, bestOther);
        }
        return true;
    }

    /** The weighted bytes that a change has saved; 0 if it must not be. */
    private double gain(int item, int other, int from, int to, double limit) {
        double least = ROUNDING * totalBytes;
        double zone = layout.crossZone() - zoneBefore;
        double rack = layout.crossRack() - rackBefore;
        double host = layout.crossHost() - hostBefore;
        // In the objective's order, or else a plan could get worse in it.
        boolean better =
                zone < -least
                        || (zone <= least && (rack < -least || (rack <= least && host < -least)));
        if (!better || highestOf(item, other, from, to) > limit) {
            return 0;
        }
        return Math.max(weightedBefore() - weighted(), least);
    }

    /** The TaskManagers of an item's pointwise partners, other than its own. */
    private int[] partnersOf(int item, int from) {
        int[] partners = new int[PARTNERS];
        int found = 0;
        for (int task = items.firstTask(item); task < items.endTask(item); task++) {
            int vertex = items.vertexOf(task);
            for (int e : layout.outputsOf(vertex)) {
                if (!layout.isAllToAll(e)) {
                    found =
                            collect(
                                    vertex,
                                    items.indexOf(task),
                                    layout.targetOf(e),
                                    true,
                                    from,
                                    partners,
                                    found);
                }
            }
            for (int e : layout.inputsOf(vertex)) {
                if (!layout.isAllToAll(e)) {
                    found =
                            collect(
                                    vertex,
                                    items.indexOf(task),
                                    layout.sourceOf(e),
                                    false,
                                    from,
                                    partners,
                                    found);
                }
            }
        }
        return Arrays.copyOf(partners, found);
    }

    private int collect(
            int vertex,
            int subtask,
            int other,
            boolean producer,
            int from,
            int[] partners,
            int count) {
        int found = count;
        int mine = layout.parallelismOf(vertex);
        int others = layout.parallelismOf(other);
        int end = Pointwise.end(subtask, mine, others, producer);
        for (int i = Pointwise.first(subtask, mine, others, producer); i < end; i++) {
            int taskManager = layout.taskManagerOf(other, i);
            boolean known = taskManager == from;
            for (int k = 0; k < found && !known; k++) {
                known = partners[k] == taskManager;
            }
            if (!known && found < partners.length) {
                partners[found++] = taskManager;
            }
        }
        return found;
    }

    private boolean goesOn() {
        if (stopped || stepsLeft <= 0) {
            return false;
        }
        if (stepsLeft-- % STOP_INTERVAL == 0 && stop.getAsBoolean()) {
            stopped = true;
        }
        return !stopped;
    }
}
