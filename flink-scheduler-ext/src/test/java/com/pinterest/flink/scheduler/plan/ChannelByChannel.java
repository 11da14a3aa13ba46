// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

/** The cost of a placement, counted anew and simply: channel by channel. */
final class ChannelByChannel {

    private ChannelByChannel() {}

    static PlacementCost cost(TaskGraph graph, Costs costs, Cluster cluster, Placement placement) {
        int count = cluster.taskManagers().size();
        double[] cpu = new double[count];
        double[] stateIo = new double[count];
        double[] out = new double[count];
        double zone = 0;
        double rack = 0;
        double host = 0;
        double total = 0;
        for (int v = 0; v < graph.vertices().size(); v++) {
            int parallelism = graph.vertices().get(v).parallelism();
            for (int i = 0; i < parallelism; i++) {
                int at = cluster.taskManagerOf(placement.slotOf(v, i));
                cpu[at] += costs.cpu(v) / parallelism;
                stateIo[at] += costs.stateIo(v) / parallelism;
            }
        }
        for (int e = 0; e < graph.edges().size(); e++) {
            TaskGraph.Edge edge = graph.edges().get(e);
            int producers = graph.vertices().get(edge.source()).parallelism();
            int consumers = graph.vertices().get(edge.target()).parallelism();
            total += costs.edgeBytes(e);
            for (int p = 0; p < producers; p++) {
                int partners = 0;
                for (int c = 0; c < consumers; c++) {
                    partners += connected(edge, p, producers, c, consumers) ? 1 : 0;
                }
                for (int c = 0; c < consumers; c++) {
                    if (!connected(edge, p, producers, c, consumers)) {
                        continue;
                    }
                    double bytes = costs.edgeBytes(e) / producers / partners;
                    int from = cluster.taskManagerOf(placement.slotOf(edge.source(), p));
                    int to = cluster.taskManagerOf(placement.slotOf(edge.target(), c));
                    zone += cluster.zoneOf(from) == cluster.zoneOf(to) ? 0 : bytes;
                    rack += cluster.rackOf(from) == cluster.rackOf(to) ? 0 : bytes;
                    host += cluster.hostOf(from) == cluster.hostOf(to) ? 0 : bytes;
                    out[from] += cluster.hostOf(from) == cluster.hostOf(to) ? 0 : bytes;
                }
            }
        }
        double utilisation = 0;
        for (int t = 0; t < count; t++) {
            Cluster.TaskManager tm = cluster.taskManagers().get(t);
            utilisation = Math.max(utilisation, cpu[t] / tm.cpu());
            utilisation = Math.max(utilisation, stateIo[t] / tm.stateIo());
            utilisation = Math.max(utilisation, out[t] / tm.network());
        }
        return new PlacementCost(utilisation, zone, rack, host, 0, total);
    }

    /** Upstream's rule, as in VertexInputInfoComputationUtils. */
    private static boolean connected(
            TaskGraph.Edge edge, int producer, int producers, int consumer, int consumers) {
        if (edge.pattern() == TaskGraph.Pattern.ALL_TO_ALL) {
            return true;
        }
        if (producers >= consumers) {
            return producer >= consumer * producers / consumers
                    && producer < (consumer + 1) * producers / consumers;
        }
        return consumer >= (producer * consumers + producers - 1) / producers
                && consumer < ((producer + 1) * consumers + producers - 1) / producers;
    }
}
