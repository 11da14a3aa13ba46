// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Slots that serve only some of the sharing groups go to those that need them. */
class SlotSharesTest {

    private static final int SLOTS = 2;

    @Test
    void aGroupMakesRoomForAnotherThatHasNoOtherSlots() {
        TaskGraph graph = twoGroups();
        // The first group could take the slots that the second one needs.
        Cluster cluster = cluster(SLOTS);

        SlotShares shares = SlotShares.choose(graph, cluster, true);
        Plan plan = Planner.plan(PlanRequest.builder(graph, Costs.uniform(graph), cluster).build());

        assertThat(shares.count(0)).isEqualTo(SLOTS);
        assertThat(shares.count(1)).isEqualTo(SLOTS);
        for (int k = 0; k < SLOTS; k++) {
            assertThat(cluster.fits(0, shares.slotAt(0, k))).isTrue();
            assertThat(cluster.fits(1, shares.slotAt(1, k))).isTrue();
        }
        plan.placement().check(graph, cluster);
    }

    @Test
    void tooFewSlotsAreAnError() {
        assertThatThrownBy(() -> SlotShares.choose(twoGroups(), cluster(SLOTS - 1), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slots are missing for sharing group 1");
    }

    private static TaskGraph twoGroups() {
        TaskGraph.Builder graph = TaskGraph.builder();
        graph.vertex("first", SLOTS, 0);
        graph.vertex("second", SLOTS, 1);
        return graph.build();
    }

    /** A TaskManager with so many slots for both groups, and some for the first only. */
    private static Cluster cluster(int forBoth) {
        Cluster.Builder cluster = Cluster.builder();
        int taskManager =
                cluster.taskManager(
                        new Cluster.TaskManager(
                                "tm",
                                "",
                                "",
                                "",
                                1,
                                Double.POSITIVE_INFINITY,
                                Double.POSITIVE_INFINITY));
        int both = cluster.kind(true, true);
        int first = cluster.kind(true, false);
        for (int k = 0; k < forBoth; k++) {
            cluster.slot(taskManager, both);
        }
        for (int k = 0; k < SLOTS; k++) {
            cluster.slot(taskManager, first);
        }
        return cluster.build();
    }
}
