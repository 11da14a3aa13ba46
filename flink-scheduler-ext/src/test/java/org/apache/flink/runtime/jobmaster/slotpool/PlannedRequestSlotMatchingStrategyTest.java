// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.jobmaster.slotpool;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.job.CostModel;
import com.pinterest.flink.scheduler.job.GroupedJob;
import com.pinterest.flink.scheduler.job.JobTasks;
import com.pinterest.flink.scheduler.job.PlacedJob;
import com.pinterest.flink.scheduler.job.PlacementSettings;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphBuilder;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.runtime.jobmaster.SlotRequestId;
import org.apache.flink.runtime.scheduler.PlannedTaskExecutionLoad;
import org.apache.flink.runtime.scheduler.TestingPhysicalSlot;
import org.apache.flink.runtime.scheduler.adaptive.allocator.VertexParallelism;
import org.apache.flink.runtime.scheduler.taskexecload.DefaultTaskExecutionLoad;
import org.apache.flink.runtime.scheduler.taskexecload.TaskExecutionLoad;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Slots are matched as planned, in view of zones, and as upstream matches them where there is no
 * plan.
 */
class PlannedRequestSlotMatchingStrategyTest {

    private static final int TASK_MANAGERS = 4;
    private static final int SLOTS = 2;

    private final JobVertex source = vertex("source", 2);
    private final JobVertex map = vertex("map", TASK_MANAGERS * SLOTS);
    private final List<PhysicalSlot> slots = new ArrayList<>();
    private final Map<AllocationID, String> zoneOf = new HashMap<>();
    private final RequestSlotMatchingStrategy strategy =
            new PlannedRequestSlotMatchingStrategy(SimpleRequestSlotMatchingStrategy.INSTANCE);
    private GroupedJob job;

    @BeforeEach
    void makeJobAndSlots() throws Exception {
        job = GroupedJob.of(PlacedJob.unknown(), tasks(), settings());
        for (int t = 0; t < TASK_MANAGERS; t++) {
            String zone = t % 2 == 0 ? "a" : "b";
            TaskManagerLocation location =
                    new TaskManagerLocation(
                            new ResourceID("tm" + t, "zone=" + zone),
                            InetAddress.getLoopbackAddress(),
                            42 + t,
                            new TaskManagerLocation.IpOnlyHostNameSupplier(
                                    InetAddress.getLoopbackAddress()),
                            "node" + t);
            for (int s = 0; s < SLOTS; s++) {
                AllocationID allocation = new AllocationID();
                slots.add(
                        TestingPhysicalSlot.builder()
                                .withAllocationID(allocation)
                                .withTaskManagerLocation(location)
                                .withPhysicalSlotNumber(s)
                                .withResourceProfile(ResourceProfile.ANY)
                                .build());
                zoneOf.put(allocation, zone);
            }
        }
        Collections.shuffle(slots, new Random(1));
    }

    @Test
    void groupsThatTalkAreInOneZone() {
        Map<Integer, PhysicalSlot> slotOf = match(requests(Map.of()));

        assertThat(slotOf).hasSize(TASK_MANAGERS * SLOTS);
        // Half of the consumers read from one source, and the other half from the other.
        for (int group = 0; group < job.groups(); group++) {
            int half = indexOfMap(group) / (job.groups() / 2);
            for (int other = 0; other < job.groups(); other++) {
                if (indexOfMap(other) / (job.groups() / 2) == half) {
                    assertThat(zone(slotOf.get(group))).isEqualTo(zone(slotOf.get(other)));
                }
            }
        }
    }

    @Test
    void groupsReturnToTheirSlotsAndOthersArePlacedBesideThem() {
        Map<Integer, PhysicalSlot> before = match(requests(Map.of()));
        int lost = 3;
        Map<Integer, AllocationID> former = new HashMap<>();
        before.forEach((group, slot) -> former.put(group, slot.getAllocationId()));
        former.put(lost, new AllocationID());

        Map<Integer, PhysicalSlot> after = match(requests(former));

        assertThat(after).isEqualTo(before);
    }

    @Test
    void onlyTheGroupsThatAskMove() {
        Map<Integer, PhysicalSlot> before = match(requests(Map.of()));
        PhysicalSlot lost = before.get(0);
        PhysicalSlot spare =
                TestingPhysicalSlot.builder()
                        .withAllocationID(new AllocationID())
                        .withTaskManagerLocation(lost.getTaskManagerLocation())
                        .withPhysicalSlotNumber(9)
                        .withResourceProfile(ResourceProfile.ANY)
                        .build();
        slots.clear();
        slots.add(spare);

        Map<Integer, PhysicalSlot> after = match(List.of(request(0, Set.of())));

        assertThat(after).containsOnlyKeys(0).containsValue(spare);
    }

    @Test
    void waitsForSlotsAsUpstreamDoes() {
        slots.remove(0);

        assertThat(match(requests(Map.of()))).hasSize(TASK_MANAGERS * SLOTS - 1);
    }

    @Test
    void fallsBackToUpstreamsMatchesWhenAPartOfTheJobAsks() {
        List<PendingRequest> some = requests(Map.of()).subList(0, 3);

        assertThat(match(some)).hasSize(3);
    }

    @Test
    void leavesRequestsWithoutAPlanToUpstream() {
        List<PendingRequest> requests = new ArrayList<>(requests(Map.of()));
        requests.set(
                0,
                PendingRequest.createNormalRequest(
                        new SlotRequestId(),
                        ResourceProfile.UNKNOWN,
                        DefaultTaskExecutionLoad.EMPTY,
                        Set.of()));

        Collection<RequestSlotMatchingStrategy.RequestSlotMatch> matches =
                strategy.matchRequestsAndSlots(slots, requests, new HashMap<>());

        assertThat(matches).hasSize(requests.size());
    }

    private Map<Integer, PhysicalSlot> match(List<PendingRequest> requests) {
        Map<Integer, PhysicalSlot> slotOf = new TreeMap<>();
        for (RequestSlotMatchingStrategy.RequestSlotMatch match :
                strategy.matchRequestsAndSlots(slots, requests, new HashMap<>())) {
            TaskExecutionLoad load = match.getPendingRequest().getTaskExecutionLoad();
            assertThat(slotOf.put(((PlannedTaskExecutionLoad) load).group(), match.getSlot()))
                    .isNull();
        }
        return slotOf;
    }

    private List<PendingRequest> requests(Map<Integer, AllocationID> former) {
        List<PendingRequest> requests = new ArrayList<>();
        for (int group = 0; group < job.groups(); group++) {
            AllocationID allocation = former.get(group);
            requests.add(request(group, allocation == null ? Set.of() : Set.of(allocation)));
        }
        Collections.shuffle(requests, new Random(2));
        return requests;
    }

    private PendingRequest request(int group, Set<AllocationID> preferred) {
        return PendingRequest.createNormalRequest(
                new SlotRequestId(),
                ResourceProfile.UNKNOWN,
                new PlannedTaskExecutionLoad(job, group, job.tasksOf(group).size()),
                preferred);
    }

    private String zone(PhysicalSlot slot) {
        return zoneOf.get(slot.getAllocationId());
    }

    private int indexOfMap(int group) {
        return job.tasksOf(group).stream()
                .filter(task -> task.getJobVertexId().equals(map.getID()))
                .findFirst()
                .orElseThrow()
                .getSubtaskIndex();
    }

    private JobTasks tasks() {
        SlotSharingGroup group = new SlotSharingGroup();
        source.setSlotSharingGroup(group);
        map.setSlotSharingGroup(group);
        map.connectNewDataSetAsInput(
                source,
                DistributionPattern.POINTWISE,
                ResultPartitionType.PIPELINED_BOUNDED,
                new IntermediateDataSetID(),
                false,
                false);
        JobGraph graph =
                JobGraphBuilder.newStreamingJobGraphBuilder()
                        .addJobVertices(List.of(source, map))
                        .build();
        return JobTasks.of(
                graph,
                new VertexParallelism(
                        Map.of(
                                source.getID(), source.getParallelism(),
                                map.getID(), map.getParallelism())),
                CostModel.UNIFORM);
    }

    private static PlacementSettings settings() {
        Configuration config = new Configuration();
        config.set(PlacementOptions.MODE, PlacementOptions.Mode.LOCALITY);
        config.set(TaskManagerOptions.NUM_TASK_SLOTS, SLOTS);
        return new PlacementSettings(config);
    }

    private static JobVertex vertex(String name, int parallelism) {
        JobVertex vertex = new JobVertex(name, new JobVertexID());
        vertex.setParallelism(parallelism);
        return vertex;
    }
}
