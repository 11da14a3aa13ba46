// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A placement as upstream draws it: subtasks of one index share a slot, and which slot that is
 * depends on the order of hash maps with random keys.
 */
final class UpstreamDraw {

    private UpstreamDraw() {}

    static Placement of(TaskGraph graph, Cluster cluster, Random random) {
        SlotShares shares = SlotShares.choose(graph, cluster, random.nextBoolean());
        int[][] slotOf = new int[graph.vertices().size()][];
        List<List<Integer>> drawn = new ArrayList<>();
        for (int s = 0; s < graph.sharingGroups(); s++) {
            List<Integer> slots = new ArrayList<>();
            for (int k = 0; k < shares.count(s); k++) {
                slots.add(shares.slotAt(s, k));
            }
            Collections.shuffle(slots, random);
            drawn.add(slots);
        }
        for (int v = 0; v < slotOf.length; v++) {
            TaskGraph.Vertex vertex = graph.vertices().get(v);
            slotOf[v] = new int[vertex.parallelism()];
            for (int i = 0; i < slotOf[v].length; i++) {
                slotOf[v][i] = drawn.get(vertex.sharingGroup()).get(i);
            }
        }
        return Placement.of(slotOf);
    }
}
