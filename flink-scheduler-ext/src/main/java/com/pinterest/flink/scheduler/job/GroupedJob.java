// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.scheduler.plan.GroupedTasks;
import com.pinterest.flink.scheduler.plan.Placement;
import com.pinterest.flink.scheduler.plan.Plan;
import com.pinterest.flink.scheduler.plan.PlanRequest;
import com.pinterest.flink.scheduler.plan.Planner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.runtime.jobmaster.SlotInfo;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;

/**
 * A job of the DefaultScheduler: its tasks in groups that share slots, which are decided when the
 * scheduler is made, and the slots of the groups, which are decided each time that slots are asked
 * for. Not thread-safe: used in the main thread of the JobMaster only.
 */
public final class GroupedJob {

    private final PlacedJob placedJob;
    private JobTasks job;
    private final PlacementSettings settings;
    private final GroupedTasks groups;

    /** How long it took to divide the tasks into groups; counted once, for the first placement. */
    private long nanosecondsToGroup;

    /** The slots of groups that were given one last, whether they still run or have ended. */
    private final Map<Integer, SlotInfo> slotOf = new HashMap<>();

    private GroupedJob(
            PlacedJob placedJob,
            JobTasks job,
            PlacementSettings settings,
            GroupedTasks groups,
            long nanosecondsToGroup) {
        this.placedJob = placedJob;
        this.job = job;
        this.settings = settings;
        this.groups = groups;
        this.nanosecondsToGroup = nanosecondsToGroup;
    }

    /** Divides the tasks of a job into groups. */
    public static GroupedJob of(PlacedJob placedJob, JobTasks job, PlacementSettings settings) {
        long start = System.nanoTime();
        GroupedTasks groups =
                Planner.group(
                        job.graph(),
                        job.costs(),
                        settings.mode(),
                        settings.slotsPerTaskManager(),
                        settings.steps());
        return new GroupedJob(placedJob, job, settings, groups, System.nanoTime() - start);
    }

    /** The number of groups. */
    public int groups() {
        return groups.count();
    }

    /** The slot sharing group whose tasks a group has. */
    public SlotSharingGroup sharingGroupOf(int group) {
        return job.sharingGroupOf(groups.sharingGroupOf(group));
    }

    /** The tasks of a group. */
    public List<ExecutionVertexID> tasksOf(int group) {
        List<ExecutionVertexID> tasks = new ArrayList<>();
        for (int[] task : groups.tasksOf(group)) {
            tasks.add(job.taskOf(task[0], task[1]));
        }
        return tasks;
    }

    /** A group that needs a slot. Immutable. */
    public static final class Request {

        private final int group;
        private final ResourceProfile profile;
        private final Set<AllocationID> preferred;

        /**
         * Describes what the scheduler asks for.
         *
         * @param profile that the slot has to match
         * @param preferred the slots that the group's tasks had before
         */
        public Request(int group, ResourceProfile profile, Set<AllocationID> preferred) {
            this.group = group;
            this.profile = requireNonNull(profile);
            this.preferred = Set.copyOf(preferred);
        }
    }

    /**
     * Finds slots for groups: those that they had before, if these are free, and for the others the
     * best, in view of the groups that run.
     *
     * @param free the slots to choose from
     * @param upstream the slots that upstream's strategy would choose, by group
     * @return for each requested group its slot
     * @throws IllegalArgumentException if there are too few slots
     */
    public Map<Integer, SlotInfo> assign(
            List<Request> requests,
            Collection<? extends SlotInfo> free,
            Map<Integer, ? extends SlotInfo> upstream) {
        long start = System.nanoTime();
        Map<Integer, SlotInfo> assigned = keepFormerSlots(requests, free);
        Map<Integer, SlotInfo> settled = new LinkedHashMap<>(assigned);
        Set<AllocationID> taken = new HashSet<>();
        free.forEach(slot -> taken.add(slot.getAllocationId()));
        Set<Integer> requested = new HashSet<>();
        requests.forEach(request -> requested.add(request.group));
        slotOf.forEach(
                (group, slot) -> {
                    if (!requested.contains(group) && taken.add(slot.getAllocationId())) {
                        settled.put(group, slot);
                    }
                });
        if (assigned.size() == requests.size()) {
            placedJob.returned();
            slotOf.putAll(assigned);
            return assigned;
        }
        if (placedJob.isPlaced()) {
            placedJob.measure();
            job = job.withCosts(placedJob.costs(settings.hints()));
        }
        if (settled.size() + requests.size() - assigned.size() < groups.count()) {
            throw new IllegalArgumentException(
                    "Groups without a slot are not asked for: not all of the job is deployed yet");
        }
        List<SlotInfo> slots = new ArrayList<>(free);
        settled.forEach(
                (group, slot) -> {
                    if (!assigned.containsKey(group)) {
                        slots.add(slot);
                    }
                });
        SlotCluster cluster =
                SlotCluster.of(
                        slots,
                        placedJob.slotsOfOthers(),
                        job,
                        settings.localities(),
                        settings.bandwidth(),
                        (p, s) -> fits(p, s, requests));
        PlanRequest.Builder request = settings.request(job, cluster);
        Plan plan;
        if (settled.isEmpty()) {
            if (upstream.size() == groups.count()) {
                request.baseline(placement(upstream, cluster));
            }
            plan = Planner.bind(request.build(), groups);
        } else {
            int[] slotOfGroup = new int[groups.count()];
            Arrays.fill(slotOfGroup, -1);
            settled.forEach(
                    (group, slot) -> slotOfGroup[group] = cluster.indexOf(slot.getAllocationId()));
            plan = Planner.complete(request.build(), groups, slotOfGroup);
        }
        for (Request each : requests) {
            int[] task = groups.tasksOf(each.group)[0];
            SlotInfo slot = cluster.slot(plan.placement().slotOf(task[0], task[1]));
            if (!slot.getResourceProfile().isMatching(each.profile)) {
                throw new IllegalArgumentException(
                        String.format(
                                "A slot of %s does not serve a request of %s",
                                slot.getResourceProfile(), each.profile));
            }
            assigned.put(each.group, slot);
        }
        long nanoseconds = System.nanoTime() - start + nanosecondsToGroup;
        nanosecondsToGroup = 0;
        placedJob.placed(
                Explanation.of(
                        placedJob, settings, job, cluster, plan, settled.size(), nanoseconds));
        slotOf.putAll(assigned);
        return assigned;
    }

    /** Takes note of slots that upstream's strategy has chosen, as there was no plan. */
    public void fallBack(RuntimeException reason, Map<Integer, ? extends SlotInfo> assigned) {
        placedJob.fellBack(settings, reason);
        slotOf.putAll(assigned);
    }

    private static Map<Integer, SlotInfo> keepFormerSlots(
            List<Request> requests, Collection<? extends SlotInfo> free) {
        Map<AllocationID, SlotInfo> byAllocation = new HashMap<>();
        free.forEach(slot -> byAllocation.put(slot.getAllocationId(), slot));
        Map<Integer, SlotInfo> kept = new LinkedHashMap<>();
        for (Request request : requests) {
            for (AllocationID allocation : request.preferred) {
                SlotInfo slot = byAllocation.get(allocation);
                if (slot != null && slot.getResourceProfile().isMatching(request.profile)) {
                    kept.put(request.group, slot);
                    byAllocation.remove(allocation);
                    break;
                }
            }
        }
        return kept;
    }

    private boolean fits(ResourceProfile profile, int sharingGroup, List<Request> requests) {
        for (Request request : requests) {
            if (groups.sharingGroupOf(request.group) == sharingGroup) {
                return profile.isMatching(request.profile);
            }
        }
        // None of the group's tasks asks for a slot.
        return true;
    }

    private Placement placement(Map<Integer, ? extends SlotInfo> slots, SlotCluster cluster) {
        int[][] slotOfTask = new int[job.graph().vertices().size()][];
        for (int v = 0; v < slotOfTask.length; v++) {
            slotOfTask[v] = new int[job.graph().vertices().get(v).parallelism()];
        }
        slots.forEach(
                (group, slot) -> {
                    for (int[] task : groups.tasksOf(group)) {
                        slotOfTask[task[0]][task[1]] = cluster.indexOf(slot.getAllocationId());
                    }
                });
        return Placement.of(slotOfTask);
    }
}
