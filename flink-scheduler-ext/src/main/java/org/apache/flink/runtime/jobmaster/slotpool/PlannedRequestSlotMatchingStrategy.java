// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.jobmaster.slotpool;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.scheduler.job.GroupedJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.jobmaster.SlotInfo;
import org.apache.flink.runtime.scheduler.PlannedTaskExecutionLoad;
import org.apache.flink.runtime.scheduler.taskexecload.TaskExecutionLoad;

/**
 * Matches slots with the groups of a {@link GroupedJob}, all at once. What it cannot do, upstream's
 * strategy does, whose matches are also what the plan has to be better than. Used in the main
 * thread of the JobMaster only.
 */
public final class PlannedRequestSlotMatchingStrategy implements RequestSlotMatchingStrategy {

    private final RequestSlotMatchingStrategy upstream;

    public PlannedRequestSlotMatchingStrategy(RequestSlotMatchingStrategy upstream) {
        this.upstream = requireNonNull(upstream);
    }

    @Override
    public Collection<RequestSlotMatch> matchRequestsAndSlots(
            Collection<? extends PhysicalSlot> slots,
            Collection<PendingRequest> pendingRequests,
            Map<ResourceID, TaskExecutionLoad> taskExecutionLoadMap) {
        Collection<RequestSlotMatch> matches =
                upstream.matchRequestsAndSlots(slots, pendingRequests, taskExecutionLoadMap);
        GroupedJob job = jobOf(pendingRequests);
        // Without a slot for each request, the slot pool waits for more.
        if (job == null || matches.size() < pendingRequests.size()) {
            return matches;
        }
        Map<Integer, PhysicalSlot> chosen = new HashMap<>();
        for (RequestSlotMatch match : matches) {
            chosen.put(groupOf(match.getPendingRequest()), match.getSlot());
        }
        try {
            return match(job, slots, pendingRequests, chosen);
        } catch (RuntimeException e) {
            job.fallBack(e, chosen);
            return matches;
        }
    }

    private static Collection<RequestSlotMatch> match(
            GroupedJob job,
            Collection<? extends PhysicalSlot> slots,
            Collection<PendingRequest> pendingRequests,
            Map<Integer, PhysicalSlot> upstream) {
        List<GroupedJob.Request> requests = new ArrayList<>();
        for (PendingRequest request : pendingRequests) {
            requests.add(
                    new GroupedJob.Request(
                            groupOf(request),
                            request.getResourceProfile(),
                            request.getPreferredAllocations()));
        }
        Map<Integer, SlotInfo> assigned = job.assign(requests, slots, upstream);

        Map<AllocationID, PhysicalSlot> byAllocation = new HashMap<>();
        slots.forEach(slot -> byAllocation.put(slot.getAllocationId(), slot));
        Collection<RequestSlotMatch> matches = new ArrayList<>();
        Set<AllocationID> taken = new HashSet<>();
        for (PendingRequest request : pendingRequests) {
            AllocationID allocation = assigned.get(groupOf(request)).getAllocationId();
            if (!taken.add(allocation)) {
                throw new IllegalStateException("Two groups in one slot: " + allocation);
            }
            matches.add(
                    RequestSlotMatch.createFor(
                            request, requireNonNull(byAllocation.get(allocation))));
        }
        return matches;
    }

    private static int groupOf(PendingRequest request) {
        return ((PlannedTaskExecutionLoad) request.getTaskExecutionLoad()).group();
    }

    /** The job whose groups ask for slots; null if any other asks. */
    @Nullable
    private static GroupedJob jobOf(Collection<PendingRequest> requests) {
        GroupedJob job = null;
        for (PendingRequest request : requests) {
            if (!(request.getTaskExecutionLoad() instanceof PlannedTaskExecutionLoad)) {
                return null;
            }
            GroupedJob other = ((PlannedTaskExecutionLoad) request.getTaskExecutionLoad()).job();
            if (job != null && job != other) {
                return null;
            }
            job = other;
        }
        return job;
    }
}
