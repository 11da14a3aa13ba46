// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static com.pinterest.flink.scheduler.plan.TaskGraph.Pattern.ALL_TO_ALL;
import static com.pinterest.flink.scheduler.plan.TaskGraph.Pattern.POINTWISE;

import java.util.Random;

/** Jobs that placements are compared on, and a cluster of 20 TaskManagers of 4 slots each. */
enum Cases {
    /** A chain of forward edges, with one exchange by key. */
    LINEAR {
        @Override
        TaskGraph graph() {
            TaskGraph.Builder graph = TaskGraph.builder();
            int source = graph.vertex("source", 60, 0);
            int parse = graph.vertex("parse", 60, 0);
            int window = graph.vertex("window", 65, 0);
            int sink = graph.vertex("sink", 65, 0);
            graph.edge(source, parse, POINTWISE);
            graph.edge(parse, window, ALL_TO_ALL);
            graph.edge(window, sink, POINTWISE);
            return graph.build();
        }

        @Override
        Costs costs() {
            return costs(new double[] {1, 1, 1, 1}, new double[] {100, 70, 30});
        }
    },
    /** Two inputs, joined by key. */
    JOIN {
        @Override
        TaskGraph graph() {
            TaskGraph.Builder graph = TaskGraph.builder();
            int left = graph.vertex("left", 40, 0);
            int right = graph.vertex("right", 50, 0);
            int filter = graph.vertex("filter", 50, 0);
            int join = graph.vertex("join", 80, 0);
            int sink = graph.vertex("sink", 70, 0);
            graph.edge(right, filter, POINTWISE);
            graph.edge(left, join, ALL_TO_ALL);
            graph.edge(filter, join, ALL_TO_ALL);
            graph.edge(join, sink, POINTWISE);
            return graph.build();
        }

        @Override
        Costs costs() {
            return costs(new double[] {1, 1, 1, 1, 1}, new double[] {30, 50, 50, 30});
        }
    },
    /** Vertices whose subtasks cost very differently. */
    SKEWED {
        @Override
        TaskGraph graph() {
            TaskGraph.Builder graph = TaskGraph.builder();
            int source = graph.vertex("source", 16, 0);
            int decode = graph.vertex("decode", 48, 0);
            int model = graph.vertex("model", 24, 0);
            int window = graph.vertex("window", 80, 0);
            int sink = graph.vertex("sink", 16, 0);
            graph.edge(source, decode, POINTWISE);
            graph.edge(decode, model, POINTWISE);
            graph.edge(model, window, ALL_TO_ALL);
            graph.edge(window, sink, POINTWISE);
            return graph.build();
        }

        @Override
        Costs costs() {
            return costs(new double[] {2, 1, 8, 0.5, 3}, new double[] {60, 60, 60, 20});
        }
    },
    /** Pointwise edges between vertices of different parallelism. */
    RESCALE {
        @Override
        TaskGraph graph() {
            TaskGraph.Builder graph = TaskGraph.builder();
            int source = graph.vertex("source", 20, 0);
            int parse = graph.vertex("parse", 80, 0);
            int reduce = graph.vertex("reduce", 40, 0);
            int merge = graph.vertex("merge", 20, 0);
            int total = graph.vertex("total", 52, 0);
            graph.edge(source, parse, POINTWISE);
            graph.edge(parse, reduce, POINTWISE);
            graph.edge(reduce, merge, POINTWISE);
            graph.edge(merge, total, ALL_TO_ALL);
            return graph.build();
        }

        @Override
        Costs costs() {
            return costs(new double[] {1, 1, 1, 1, 1}, new double[] {100, 100, 50, 20});
        }
    },
    /** The linear job at half its size, so that half of the slots stay free. */
    HALF_FULL {
        @Override
        TaskGraph graph() {
            TaskGraph.Builder graph = TaskGraph.builder();
            int source = graph.vertex("source", 40, 0);
            int parse = graph.vertex("parse", 40, 0);
            int window = graph.vertex("window", 40, 0);
            graph.edge(source, parse, POINTWISE);
            graph.edge(parse, window, ALL_TO_ALL);
            return graph.build();
        }

        @Override
        Costs costs() {
            return costs(new double[] {1, 1, 1}, new double[] {100, 70});
        }
    };

    abstract TaskGraph graph();

    abstract Costs costs();

    /**
     * The costs of a job.
     *
     * @param cpuOfTask the cost of one subtask of each vertex
     */
    final Costs costs(double[] cpuOfTask, double[] edgeBytes) {
        TaskGraph graph = graph();
        double[] cpu = new double[cpuOfTask.length];
        for (int v = 0; v < cpu.length; v++) {
            cpu[v] = cpuOfTask[v] * graph.vertices().get(v).parallelism();
        }
        return Costs.known("case", cpu, new double[cpu.length], new double[cpu.length], edgeBytes);
    }

    /** The costs, each wrong by up to a share. */
    final Costs wrongCosts(double share, Random random) {
        Costs right = costs();
        int vertices = graph().vertices().size();
        double[] cpu = new double[vertices];
        double[] bytes = new double[graph().edges().size()];
        for (int v = 0; v < vertices; v++) {
            cpu[v] = right.cpu(v) * (1 + share * (2 * random.nextDouble() - 1));
        }
        for (int e = 0; e < bytes.length; e++) {
            bytes[e] = right.edgeBytes(e) * (1 + share * (2 * random.nextDouble() - 1));
        }
        return Costs.known("wrong", cpu, new double[vertices], new double[vertices], bytes);
    }

    /** 20 TaskManagers in 3 zones and 6 racks; a utilisation of 1 is the mean. */
    final Cluster cluster() {
        double mean = costs().totalCpu() / 20;
        Cluster.Builder cluster = Cluster.builder();
        for (int t = 0; t < 20; t++) {
            int taskManager =
                    cluster.taskManager(
                            new Cluster.TaskManager(
                                    "tm" + t,
                                    "zone" + t % 3,
                                    "rack" + t % 6,
                                    "host" + t,
                                    mean,
                                    Double.POSITIVE_INFINITY,
                                    Double.POSITIVE_INFINITY));
            for (int slot = 0; slot < 4; slot++) {
                cluster.slot(taskManager);
            }
        }
        return cluster.build();
    }
}
