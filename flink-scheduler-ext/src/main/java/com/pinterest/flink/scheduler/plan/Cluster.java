// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The slots that a job may use, and where they are. TaskManagers stand in the order of zone, rack,
 * host and id, whatever order they were added in, so that equal clusters give equal plans.
 * Immutable.
 */
public final class Cluster {

    /** A TaskManager that offers slots. */
    public static final class TaskManager {

        private final String id;
        private final String zone;
        private final String rack;
        private final String host;
        private final double cpu;
        private final double stateIo;
        private final double network;

        /**
         * Describes a TaskManager.
         *
         * @param zone empty if unknown; so are rack and host
         * @param cpu capacity in the unit of {@link Costs#cpu}, more than 0; infinite if it is no
         *     limit and shall not count. The same holds for the other two
         * @param network outbound, of what leaves the host
         */
        public TaskManager(
                String id,
                String zone,
                String rack,
                String host,
                double cpu,
                double stateIo,
                double network) {
            this.id = requireNonNull(id);
            this.zone = requireNonNull(zone);
            this.rack = requireNonNull(rack);
            this.host = requireNonNull(host);
            if (!(cpu > 0) || !(stateIo > 0) || !(network > 0)) {
                throw new IllegalArgumentException("No capacity: " + id);
            }
            this.cpu = cpu;
            this.stateIo = stateIo;
            this.network = network;
        }

        public String id() {
            return id;
        }

        public String zone() {
            return zone;
        }

        public String rack() {
            return rack;
        }

        public String host() {
            return host;
        }

        public double cpu() {
            return cpu;
        }

        public double stateIo() {
            return stateIo;
        }

        public double network() {
            return network;
        }
    }

    private final List<TaskManager> taskManagers;
    private final int[] hostOf;
    private final int[] rackOf;
    private final int[] zoneOf;
    private final int[] slotTaskManager;
    private final int[] slotKind;
    private final boolean[][] fits;

    private Cluster(Builder builder) {
        int count = builder.taskManagers.size();
        List<Integer> order = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            order.add(t);
        }
        order.sort(
                Comparator.comparing(
                        builder.taskManagers::get,
                        Comparator.comparing(TaskManager::zone)
                                .thenComparing(TaskManager::rack)
                                .thenComparing(TaskManager::host)
                                .thenComparing(TaskManager::id)));
        int[] positionOf = new int[count];
        List<TaskManager> sorted = new ArrayList<>();
        for (int position = 0; position < count; position++) {
            positionOf[order.get(position)] = position;
            sorted.add(builder.taskManagers.get(order.get(position)));
        }
        this.taskManagers = List.copyOf(sorted);
        this.hostOf = new int[count];
        this.rackOf = new int[count];
        this.zoneOf = new int[count];
        Map<List<String>, Integer> zones = new HashMap<>();
        Map<List<String>, Integer> racks = new HashMap<>();
        Map<List<String>, Integer> hosts = new HashMap<>();
        for (int t = 0; t < count; t++) {
            TaskManager tm = sorted.get(t);
            // A TaskManager of unknown host is a host of its own.
            String host = tm.host.isEmpty() ? "\0" + tm.id : tm.host;
            zoneOf[t] = number(zones, List.of(tm.zone));
            rackOf[t] = number(racks, List.of(tm.zone, tm.rack));
            hostOf[t] = number(hosts, List.of(tm.zone, tm.rack, host));
        }
        int slots = builder.slotTaskManager.size();
        this.slotTaskManager = new int[slots];
        this.slotKind = new int[slots];
        for (int s = 0; s < slots; s++) {
            slotTaskManager[s] = positionOf[builder.slotTaskManager.get(s)];
            slotKind[s] = builder.slotKind.get(s);
        }
        this.fits = builder.fits.toArray(new boolean[0][]);
    }

    private static int number(Map<List<String>, Integer> numbers, List<String> key) {
        return numbers.computeIfAbsent(key, absent -> numbers.size());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** In the order of zone, rack, host and id. */
    public List<TaskManager> taskManagers() {
        return taskManagers;
    }

    public int slots() {
        return slotTaskManager.length;
    }

    /** The index of the TaskManager in {@link #taskManagers} that offers a slot. */
    public int taskManagerOf(int slot) {
        return slotTaskManager[slot];
    }

    /** Whether a slot is of a size that serves a slot sharing group. */
    public boolean fits(int sharingGroup, int slot) {
        return kindFits(sharingGroup, slotKind[slot]);
    }

    int kindOf(int slot) {
        return slotKind[slot];
    }

    int kinds() {
        return Math.max(1, fits.length);
    }

    boolean kindFits(int sharingGroup, int kind) {
        return fits.length == 0 || fits[kind][sharingGroup];
    }

    int hostOf(int taskManager) {
        return hostOf[taskManager];
    }

    int rackOf(int taskManager) {
        return rackOf[taskManager];
    }

    int zoneOf(int taskManager) {
        return zoneOf[taskManager];
    }

    /** Collects TaskManagers and slots. Not thread-safe. */
    public static final class Builder {

        private final List<TaskManager> taskManagers = new ArrayList<>();
        private final List<Integer> slotTaskManager = new ArrayList<>();
        private final List<Integer> slotKind = new ArrayList<>();
        private final List<boolean[]> fits = new ArrayList<>();

        private Builder() {}

        /** Adds a TaskManager and returns a number that names it to this builder. */
        public int taskManager(TaskManager taskManager) {
            taskManagers.add(requireNonNull(taskManager));
            return taskManagers.size() - 1;
        }

        /**
         * Adds a kind of slots and returns its number. Without kinds, any slot serves any group.
         *
         * @param fits for each slot sharing group, whether slots of this kind serve it
         */
        public int kind(boolean... fits) {
            this.fits.add(fits.clone());
            return this.fits.size() - 1;
        }

        /** Adds a slot of kind 0 and returns its index. */
        public int slot(int taskManager) {
            return slot(taskManager, 0);
        }

        /** Adds a slot and returns its index. */
        public int slot(int taskManager, int kind) {
            taskManagers.get(taskManager);
            slotTaskManager.add(taskManager);
            slotKind.add(kind);
            return slotKind.size() - 1;
        }

        public Cluster build() {
            for (int kind : slotKind) {
                if (kind < 0 || kind >= Math.max(1, fits.size())) {
                    throw new IllegalArgumentException("Unknown kind of slots: " + kind);
                }
            }
            return new Cluster(this);
        }
    }
}
