// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.pinterest.flink.scheduler.plan.Cluster;
import com.pinterest.flink.scheduler.plan.Costs;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphBuilder;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.runtime.jobmaster.SlotInfo;
import org.apache.flink.runtime.scheduler.TestingPhysicalSlot;
import org.apache.flink.runtime.scheduler.adaptive.allocator.VertexParallelism;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;
import org.junit.jupiter.api.Test;

/** TaskManagers have the capacity of the slots that no other job uses. */
class SlotClusterTest {

    private static final ResourceProfile ONE_CORE = cores(1);
    private static final ResourceProfile TWO_CORES = cores(2);

    private final List<SlotInfo> slots = new ArrayList<>();
    private final Map<String, Integer> others = new HashMap<>();

    @Test
    void freeSlotsThatAreNotOfferedAreCapacityToo() {
        offer("tm1", 4, ONE_CORE);
        offer("tm2", 3, ONE_CORE);

        Map<String, Double> capacities = capacities();

        assertThat(capacities.get("tm2")).isEqualTo(capacities.get("tm1"));
    }

    @Test
    void slotsOfOtherJobsAreNot() {
        offer("tm1", 4, ONE_CORE);
        offer("tm2", 1, ONE_CORE);
        others.put("tm2", 2);

        Map<String, Double> capacities = capacities();

        assertThat(capacities.get("tm2")).isEqualTo(capacities.get("tm1") / 2);
    }

    @Test
    void aTaskManagerMayHaveMoreSlotsThanAnyOffers() {
        offer("tm1", 2, ONE_CORE);
        offer("tm2", 2, ONE_CORE);
        others.put("tm2", 2);

        Map<String, Double> capacities = capacities();

        assertThat(capacities.get("tm1")).isEqualTo(2 * capacities.get("tm2"));
    }

    @Test
    void taskManagersOfOtherSlotsAreOfAnotherKind() {
        offer("tm1", 4, ONE_CORE);
        offer("tm2", 1, TWO_CORES);
        // Slots of different sizes: how many there are says nothing.
        offer("tm3", 1, ONE_CORE);
        offer("tm3", 1, TWO_CORES);

        Map<String, Double> capacities = capacities();

        assertThat(capacities.get("tm2")).isEqualTo(capacities.get("tm1") / 2);
        assertThat(capacities.get("tm3")).isEqualTo(capacities.get("tm1") * 3 / 4);
    }

    @Test
    void withoutCoresAllSlotsAreEqual() {
        offer("tm1", 2, ResourceProfile.ANY);
        offer("tm2", 1, ResourceProfile.ANY);
        others.put("tm2", 1);

        Map<String, Double> capacities = capacities();

        assertThat(capacities.get("tm1")).isEqualTo(2 * capacities.get("tm2"));
    }

    @Test
    void stateIsDividedAsTheCpuIs() {
        offer("tm1", 3, ONE_CORE);
        offer("tm2", 3, ONE_CORE);
        others.put("tm2", 3);

        Cluster cluster = cluster(stateIo(90e6), Double.POSITIVE_INFINITY);

        assertThat(cluster.taskManagers().get(0).stateIo()).isCloseTo(60e6, within(1.0));
        assertThat(cluster.taskManagers().get(1).stateIo()).isCloseTo(30e6, within(1.0));
    }

    @Test
    void stateThatHardlyChangesLoadsNoTaskManager() {
        offer("tm1", 1, ONE_CORE);
        offer("tm2", 1, ONE_CORE);

        // Even if all of it is in one TaskManager, its load is that of a hundredth of its CPU.
        assertThat(cluster(stateIo(10_000), 1).taskManagers().get(0).stateIo())
                .isCloseTo(1_000_000, within(1.0));
        assertThat(cluster(stateIo(0), 1).taskManagers().get(0).stateIo()).isInfinite();
    }

    @Test
    void aTaskManagerSendsNoMoreThanTheBandwidth() {
        offer("tm1", 1, ONE_CORE);

        assertThat(cluster(CostModel.UNIFORM, 125e6).taskManagers().get(0).network())
                .isEqualTo(125e6);
    }

    private Map<String, Double> capacities() {
        Map<String, Double> capacities = new TreeMap<>();
        Cluster cluster = cluster(CostModel.UNIFORM, Double.POSITIVE_INFINITY);
        cluster.taskManagers().forEach(tm -> capacities.put(tm.id(), tm.cpu()));
        return capacities;
    }

    private Cluster cluster(CostModel costs, double bandwidth) {
        return SlotCluster.of(
                        slots,
                        others,
                        job(costs),
                        LocalityFile.of(null),
                        bandwidth,
                        (profile, group) -> true)
                .cluster();
    }

    private static CostModel stateIo(double bytes) {
        return (graph, vertices) ->
                Costs.known(
                        "test",
                        new double[] {1},
                        new double[] {bytes},
                        new double[1],
                        new double[0]);
    }

    private void offer(String id, int count, ResourceProfile profile) {
        InetAddress address = InetAddress.getLoopbackAddress();
        TaskManagerLocation location =
                new TaskManagerLocation(
                        new ResourceID(id),
                        address,
                        42,
                        new TaskManagerLocation.IpOnlyHostNameSupplier(address),
                        id);
        for (int k = 0; k < count; k++) {
            slots.add(
                    TestingPhysicalSlot.builder()
                            .withAllocationID(new AllocationID())
                            .withTaskManagerLocation(location)
                            .withPhysicalSlotNumber(slots.size())
                            .withResourceProfile(profile)
                            .build());
        }
    }

    private static ResourceProfile cores(int cores) {
        return ResourceProfile.newBuilder().setCpuCores(cores).setTaskHeapMemoryMB(100).build();
    }

    private static JobTasks job(CostModel costs) {
        JobVertex vertex = new JobVertex("vertex", new JobVertexID());
        vertex.setParallelism(1);
        vertex.setSlotSharingGroup(new SlotSharingGroup());
        JobGraph graph = JobGraphBuilder.newStreamingJobGraphBuilder().addJobVertex(vertex).build();
        return JobTasks.of(graph, new VertexParallelism(Map.of(vertex.getID(), 1)), costs);
    }
}
