// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.scheduler.plan.Placement;
import com.pinterest.flink.scheduler.plan.Plan;
import com.pinterest.flink.scheduler.plan.Planner;
import com.pinterest.flink.scheduler.plan.PriorState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.SlotInfo;
import org.apache.flink.runtime.jobmaster.slotpool.PhysicalSlot;
import org.apache.flink.runtime.scheduler.adaptive.JobSchedulingPlan;
import org.apache.flink.runtime.scheduler.adaptive.JobSchedulingPlan.SlotAssignment;
import org.apache.flink.runtime.scheduler.adaptive.allocator.JobAllocationsInformation;
import org.apache.flink.runtime.scheduler.adaptive.allocator.JobAllocationsInformation.VertexAllocationInformation;
import org.apache.flink.runtime.scheduler.adaptive.allocator.JobInformation;
import org.apache.flink.runtime.scheduler.adaptive.allocator.ReservedSlots;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotAllocator;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotSharingSlotAllocator.ExecutionSlotSharingGroup;
import org.apache.flink.runtime.scheduler.adaptive.allocator.VertexParallelism;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.apache.flink.runtime.util.ResourceCounter;

/**
 * An allocator for the AdaptiveScheduler that plans groups of tasks and their slots together.
 * Upstream's allocator decides on the parallelism and reserves the slots, and its own plan is what
 * ours has to be better than. Used in the main thread of the JobMaster only.
 */
public final class PlannedSlotAllocator implements SlotAllocator {

    private final PlacedJob placedJob;
    private final PlacementSettings settings;
    private final JobGraph jobGraph;
    private final SlotAllocator upstream;

    public PlannedSlotAllocator(
            PlacedJob placedJob,
            PlacementSettings settings,
            JobGraph jobGraph,
            SlotAllocator upstream) {
        this.placedJob = requireNonNull(placedJob);
        this.settings = requireNonNull(settings);
        this.jobGraph = requireNonNull(jobGraph);
        this.upstream = requireNonNull(upstream);
    }

    @Override
    public ResourceCounter calculateRequiredSlots(
            Iterable<JobInformation.VertexInformation> vertices) {
        return upstream.calculateRequiredSlots(vertices);
    }

    @Override
    public Optional<VertexParallelism> determineParallelism(
            JobInformation jobInformation, Collection<? extends SlotInfo> slots) {
        return upstream.determineParallelism(jobInformation, slots);
    }

    @Override
    public Optional<JobSchedulingPlan> determineParallelismAndCalculateAssignment(
            JobInformation jobInformation,
            Collection<PhysicalSlot> slots,
            JobAllocationsInformation former) {
        return upstream.determineParallelismAndCalculateAssignment(jobInformation, slots, former)
                .map(plan -> improve(plan, slots, former));
    }

    @Override
    public Optional<ReservedSlots> tryReserveResources(JobSchedulingPlan jobSchedulingPlan) {
        return upstream.tryReserveResources(jobSchedulingPlan);
    }

    private JobSchedulingPlan improve(
            JobSchedulingPlan plan,
            Collection<PhysicalSlot> slots,
            JobAllocationsInformation former) {
        long start = System.nanoTime();
        try {
            if (placedJob.isPlaced()) {
                placedJob.measure();
            }
            JobTasks job =
                    JobTasks.of(
                            jobGraph,
                            plan.getVertexParallelism(),
                            placedJob.costs(settings.hints()));
            SlotCluster cluster =
                    SlotCluster.of(
                            slots,
                            placedJob.slotsOfOthers(),
                            job,
                            settings.localities(),
                            settings.bandwidth(),
                            (profile, group) -> true);
            if (settings.isLocalRecovery() && isRestartInPlace(job, cluster, former)) {
                placedJob.returned();
                return plan;
            }
            double[] stateBytes = new double[job.graph().vertices().size()];
            PriorState prior = prior(job, cluster, former, stateBytes);
            Plan ours =
                    Planner.plan(
                            settings.adaptiveRequest(job.withStateBytes(stateBytes), cluster)
                                    .prior(prior)
                                    .baseline(placement(plan, job, cluster))
                                    .build());
            placedJob.placed(
                    Explanation.of(
                            placedJob, settings, job, cluster, ours, 0, System.nanoTime() - start));
            return new JobSchedulingPlan(
                    plan.getVertexParallelism(), assignments(ours.placement(), job, cluster));
        } catch (RuntimeException e) {
            placedJob.fellBack(settings, e);
            return plan;
        }
    }

    /** Whether each subtask can have the slot that it had before. */
    private static boolean isRestartInPlace(
            JobTasks job, SlotCluster cluster, JobAllocationsInformation former) {
        for (int v = 0; v < job.graph().vertices().size(); v++) {
            List<VertexAllocationInformation> allocations = former.getAllocations(job.vertexOf(v));
            if (allocations.size() != job.graph().vertices().get(v).parallelism()) {
                return false;
            }
            for (VertexAllocationInformation allocation : allocations) {
                if (allocation.getAllocationID() == null
                        || cluster.indexOf(allocation.getAllocationID()) < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static PriorState prior(
            JobTasks job,
            SlotCluster cluster,
            JobAllocationsInformation former,
            double[] stateBytes) {
        Map<Integer, int[]> taskManagers = new HashMap<>();
        for (int v = 0; v < stateBytes.length; v++) {
            List<VertexAllocationInformation> allocations =
                    new ArrayList<>(former.getAllocations(job.vertexOf(v)));
            if (allocations.isEmpty()) {
                continue;
            }
            allocations.sort(Comparator.comparingInt(a -> a.getKeyGroupRange().getStartKeyGroup()));
            int[] of = new int[allocations.size()];
            for (int i = 0; i < of.length; i++) {
                VertexAllocationInformation allocation = allocations.get(i);
                of[i] =
                        allocation.getAllocationID() == null
                                ? -1
                                : cluster.taskManagerOf(allocation.getAllocationID());
                stateBytes[v] += allocation.stateSizeInBytes;
            }
            taskManagers.put(v, of);
        }
        return PriorState.of(taskManagers);
    }

    private static Placement placement(JobSchedulingPlan plan, JobTasks job, SlotCluster cluster) {
        int[][] slotOf = new int[job.graph().vertices().size()][];
        for (int v = 0; v < slotOf.length; v++) {
            slotOf[v] = new int[job.graph().vertices().get(v).parallelism()];
        }
        for (SlotAssignment assignment : plan.getSlotAssignments()) {
            int slot = cluster.indexOf(assignment.getSlotInfo().getAllocationId());
            for (ExecutionVertexID task :
                    assignment
                            .getTargetAs(ExecutionSlotSharingGroup.class)
                            .getContainedExecutionVertices()) {
                slotOf[job.indexOf(task.getJobVertexId())][task.getSubtaskIndex()] = slot;
            }
        }
        return Placement.of(slotOf);
    }

    private static List<SlotAssignment> assignments(
            Placement placement, JobTasks job, SlotCluster cluster) {
        Map<Integer, Set<ExecutionVertexID>> tasks = new LinkedHashMap<>();
        Map<Integer, Integer> groupOf = new HashMap<>();
        for (int v = 0; v < job.graph().vertices().size(); v++) {
            for (int i = 0; i < job.graph().vertices().get(v).parallelism(); i++) {
                int slot = placement.slotOf(v, i);
                tasks.computeIfAbsent(slot, s -> new LinkedHashSet<>()).add(job.taskOf(v, i));
                groupOf.put(slot, job.graph().vertices().get(v).sharingGroup());
            }
        }
        List<SlotAssignment> assignments = new ArrayList<>();
        tasks.forEach(
                (slot, members) ->
                        assignments.add(
                                new SlotAssignment(
                                        cluster.slot(slot),
                                        new ExecutionSlotSharingGroup(
                                                job.sharingGroupOf(groupOf.get(slot)), members))));
        return assignments;
    }
}
