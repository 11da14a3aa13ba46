// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import com.pinterest.flink.benchmarks.placement.SimulatedCluster.Deployment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** A figure of a deployment, under the costs that are really so. Less is better. */
enum PlacementMetric {
    /** CPU of the most loaded TaskManager, where the mean is 1. */
    CPU("max/mean"),
    /** State I/O of the most loaded TaskManager, where the mean is 1. */
    STATEIO("max/mean"),
    /** Outbound bytes of the TaskManager that sends most, where the mean is 1. */
    NETWORK("max/mean"),
    /** The share of all bytes that crosses zones. */
    CROSSZONE("%"),
    /** The share of all bytes that crosses racks. */
    CROSSRACK("%"),
    /** The share of all bytes that crosses hosts; there is a TaskManager on each. */
    CROSSHOST("%");

    private final String unit;

    PlacementMetric(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns all figures of a deployment. It looks at each channel, as no planner does. */
    static Map<PlacementMetric, Double> of(
            PlacedCase placed, SimulatedCluster cluster, Deployment deployment) {
        double[] cpu = new double[cluster.taskManagers()];
        double[] stateIo = new double[cluster.taskManagers()];
        for (PlacedCase.Vertex vertex : placed.vertices()) {
            for (int i = 0; i < vertex.parallelism(); i++) {
                cpu[deployment.of(vertex, i)] += vertex.cpu();
                stateIo[deployment.of(vertex, i)] += vertex.stateIo();
            }
        }
        Traffic traffic = new Traffic(cluster);
        for (PlacedCase.Edge edge : placed.edges()) {
            PlacedCase.Vertex source = placed.vertices().get(edge.source());
            PlacedCase.Vertex target = placed.vertices().get(edge.target());
            int n = source.parallelism();
            int m = target.parallelism();
            double ofSubtask = edge.bytes() / n;
            for (int i = 0; i < n; i++) {
                // Subtask i of n sends to those of m whose share of the whole meets its own.
                int first = edge.pointwise() ? firstConsumer(i, n, m) : 0;
                int end = edge.pointwise() ? endOfConsumers(i, n, m) : m;
                for (int j = first; j < end; j++) {
                    traffic.add(
                            deployment.of(source, i),
                            deployment.of(target, j),
                            ofSubtask / (end - first));
                }
            }
        }
        Map<PlacementMetric, Double> figures = new EnumMap<>(PlacementMetric.class);
        figures.put(CPU, maxToMean(cpu));
        figures.put(STATEIO, maxToMean(stateIo));
        figures.put(NETWORK, maxToMean(traffic.outbound));
        figures.put(CROSSZONE, 100 * traffic.crossing[0] / traffic.total);
        figures.put(CROSSRACK, 100 * traffic.crossing[1] / traffic.total);
        figures.put(CROSSHOST, 100 * traffic.crossing[2] / traffic.total);
        return figures;
    }

    /**
     * The first consumer of a subtask of a pointwise edge, by upstream's rule: with more producers
     * than consumers, consumer j reads from those of j * n / m up to (j + 1) * n / m; else producer
     * i feeds those of i * m / n, rounded up, up to (i + 1) * m / n, rounded up.
     */
    private static int firstConsumer(int i, int n, int m) {
        if (n < m) {
            return (i * m + n - 1) / n;
        }
        int j = 0;
        while ((j + 1) * n / m <= i) {
            j++;
        }
        return j;
    }

    private static int endOfConsumers(int i, int n, int m) {
        return n < m ? ((i + 1) * m + n - 1) / n : firstConsumer(i, n, m) + 1;
    }

    private static double maxToMean(double[] loads) {
        double sum = Arrays.stream(loads).sum();
        return sum == 0 ? 1 : Arrays.stream(loads).max().orElseThrow() * loads.length / sum;
    }

    /** The bytes of all channels, by what they cross. */
    private static final class Traffic {

        private final IntUnaryOperator[] levels;
        private final double[] crossing;
        private final double[] outbound;
        private double total;

        Traffic(SimulatedCluster cluster) {
            this.levels = new IntUnaryOperator[] {cluster::zoneOf, cluster::rackOf, host -> host};
            this.crossing = new double[levels.length];
            this.outbound = new double[cluster.taskManagers()];
        }

        void add(int from, int to, double bytes) {
            total += bytes;
            for (int level = 0; level < levels.length; level++) {
                if (levels[level].applyAsInt(from) != levels[level].applyAsInt(to)) {
                    crossing[level] += bytes;
                }
            }
            if (from != to) {
                outbound[from] += bytes;
            }
        }
    }
}
