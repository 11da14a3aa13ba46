// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.runtime.placement.Locality;
import com.pinterest.flink.scheduler.plan.Cluster;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.apache.flink.api.common.resources.CPUResource;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.jobmaster.SlotInfo;

/**
 * Slots as the planner sees them, with the way back to Flink's. Immutable.
 *
 * <p>A TaskManager's capacity is that of all its slots which no other job is known to use. How many
 * slots it has is not known to a JobMaster: as many as the TaskManager with most, of all whose
 * slots are of the same size.
 */
final class SlotCluster {

    private final Cluster cluster;
    private final List<SlotInfo> slots;
    private final Map<AllocationID, Integer> indices;
    private final Map<ResourceID, Integer> taskManagers;

    private SlotCluster(Cluster cluster, List<SlotInfo> slots, Map<AllocationID, Integer> indices) {
        this.cluster = cluster;
        this.slots = slots;
        this.indices = indices;
        this.taskManagers = new HashMap<>();
        for (int slot = 0; slot < slots.size(); slot++) {
            taskManagers.put(
                    slots.get(slot).getTaskManagerLocation().getResourceID(),
                    cluster.taskManagerOf(slot));
        }
    }

    /**
     * Describes slots.
     *
     * @param others how many slots other jobs use, by the id of the TaskManager
     * @param bandwidth how many bytes a second a TaskManager can send
     * @param fits whether a slot of a profile serves a sharing group
     */
    static SlotCluster of(
            Collection<? extends SlotInfo> offered,
            Map<String, Integer> others,
            JobTasks job,
            LocalityFile localities,
            double bandwidth,
            BiPredicate<ResourceProfile, Integer> fits) {
        List<SlotInfo> slots = new ArrayList<>(offered);
        Map<ResourceID, List<Integer>> byTaskManager = new LinkedHashMap<>();
        boolean cores = slots.stream().allMatch(slot -> cores(slot.getResourceProfile()) > 0);
        for (int slot = 0; slot < slots.size(); slot++) {
            byTaskManager
                    .computeIfAbsent(
                            slots.get(slot).getTaskManagerLocation().getResourceID(),
                            id -> new ArrayList<>())
                    .add(slot);
        }
        Map<ResourceID, Double> capacities = capacities(byTaskManager, slots, others, cores);
        double total = capacities.values().stream().mapToDouble(Double::doubleValue).sum();
        double scale = Math.max(job.costs().totalCpu(), Double.MIN_NORMAL) / total;

        Cluster.Builder cluster = Cluster.builder();
        Map<ResourceProfile, Integer> kinds = new HashMap<>();
        int[] taskManagerOf = new int[slots.size()];
        byTaskManager.forEach(
                (id, members) -> {
                    SlotInfo first = slots.get(members.get(0));
                    Locality locality = localities.localityOf(first.getTaskManagerLocation());
                    int taskManager =
                            cluster.taskManager(
                                    new Cluster.TaskManager(
                                            id.getResourceIdString(),
                                            locality.zone(),
                                            locality.rack(),
                                            first.getTaskManagerLocation().getNodeId(),
                                            capacities.get(id) * scale,
                                            job.costs()
                                                    .stateIoCapacity(
                                                            capacities.get(id) / total,
                                                            byTaskManager.size()),
                                            bandwidth));
                    members.forEach(slot -> taskManagerOf[slot] = taskManager);
                });
        Map<AllocationID, Integer> indices = new HashMap<>();
        int groups = job.graph().sharingGroups();
        for (int slot = 0; slot < slots.size(); slot++) {
            ResourceProfile profile = slots.get(slot).getResourceProfile();
            Integer kind = kinds.get(profile);
            if (kind == null) {
                boolean[] serves = new boolean[groups];
                for (int s = 0; s < groups; s++) {
                    serves[s] = fits.test(profile, s);
                }
                kind = cluster.kind(serves);
                kinds.put(profile, kind);
            }
            cluster.slot(taskManagerOf[slot], kind);
            indices.put(slots.get(slot).getAllocationId(), slot);
        }
        return new SlotCluster(cluster.build(), slots, indices);
    }

    /** The capacities of TaskManagers: in cores, if slots say how many they have, or in slots. */
    private static Map<ResourceID, Double> capacities(
            Map<ResourceID, List<Integer>> byTaskManager,
            List<SlotInfo> slots,
            Map<String, Integer> others,
            boolean cores) {
        Map<Set<ResourceProfile>, Integer> most = new HashMap<>();
        Map<ResourceID, Set<ResourceProfile>> profilesOf = new HashMap<>();
        byTaskManager.forEach(
                (id, members) -> {
                    Set<ResourceProfile> profiles = new HashSet<>();
                    members.forEach(slot -> profiles.add(slots.get(slot).getResourceProfile()));
                    profilesOf.put(id, profiles);
                    int known = members.size() + used(id, others);
                    most.merge(profiles, known, Math::max);
                });
        Map<ResourceID, Double> capacities = new HashMap<>();
        byTaskManager.forEach(
                (id, members) -> {
                    double cpu = 0;
                    for (int slot : members) {
                        cpu += cores ? cores(slots.get(slot).getResourceProfile()) : 1;
                    }
                    Set<ResourceProfile> profiles = profilesOf.get(id);
                    if (profiles.size() == 1) {
                        // Slots that are free, or of jobs that are not known, count as free.
                        int free = most.get(profiles) - used(id, others);
                        cpu *= (double) free / members.size();
                    }
                    capacities.put(id, cpu);
                });
        return capacities;
    }

    private static int used(ResourceID taskManager, Map<String, Integer> others) {
        return others.getOrDefault(taskManager.getResourceIdString(), 0);
    }

    private static double cores(ResourceProfile profile) {
        if (profile.equals(ResourceProfile.ANY) || profile.equals(ResourceProfile.UNKNOWN)) {
            return 0;
        }
        CPUResource cpu = profile.getCpuCores();
        double cores = cpu.getValue().doubleValue();
        // Slots of unlimited resources say so with huge numbers.
        return cores < 1e6 ? cores : 0;
    }

    Cluster cluster() {
        return cluster;
    }

    SlotInfo slot(int index) {
        return slots.get(index);
    }

    /** The index of a slot, or -1. */
    int indexOf(AllocationID allocation) {
        return indices.getOrDefault(allocation, -1);
    }

    /** The index of the TaskManager of a slot, or -1. */
    int taskManagerOf(AllocationID allocation) {
        Integer slot = indices.get(allocation);
        return slot == null ? -1 : cluster.taskManagerOf(slot);
    }

    /** The index of a TaskManager, or -1 if it offers no slot. */
    int taskManagerOf(ResourceID taskManager) {
        return taskManagers.getOrDefault(taskManager, -1);
    }
}
