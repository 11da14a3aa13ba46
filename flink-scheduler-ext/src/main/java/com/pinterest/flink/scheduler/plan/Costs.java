// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * What the vertices and edges of a graph cost, in total over their subtasks: a subtask has its
 * equal share. Any units do that are the same for all vertices and, where a TaskManager's capacity
 * is given, for the capacities. Immutable.
 */
public final class Costs {

    /** State I/O of a TaskManager, in bytes a second, that does not count beside its CPU. */
    static final double LEAST_STATE_IO = 1_000_000;

    private final String source;
    private final boolean known;
    private final double[] cpu;
    private final double[] stateIo;
    private final double[] stateBytes;
    private final double[] edgeBytes;

    private Costs(
            String source,
            boolean known,
            double[] cpu,
            double[] stateIo,
            double[] stateBytes,
            double[] edgeBytes) {
        this.source = requireNonNull(source);
        this.known = known;
        this.cpu = checked("cpu", cpu);
        this.stateIo = checked("stateIo", stateIo);
        this.stateBytes = checked("stateBytes", stateBytes);
        this.edgeBytes = checked("edgeBytes", edgeBytes);
    }

    /**
     * Costs that someone has measured or estimated.
     *
     * @param source where they come from, for explanations
     * @param cpu of each vertex, for example cores
     * @param stateIo of each vertex, for example bytes a second
     * @param stateBytes of each vertex: the size of its state
     * @param edgeBytes of each edge, for example bytes a second
     * @throws IllegalArgumentException if one is negative, infinite or not a number
     */
    public static Costs known(
            String source,
            double[] cpu,
            double[] stateIo,
            double[] stateBytes,
            double[] edgeBytes) {
        return new Costs(source, true, cpu, stateIo, stateBytes, edgeBytes);
    }

    /** Nothing is known: all subtasks cost the same, and each vertex sends as much as another. */
    public static Costs uniform(TaskGraph graph) {
        int count = graph.vertices().size();
        double[] cpu = new double[count];
        double[] edgeBytes = new double[graph.edges().size()];
        int[] outputs = new int[count];
        for (int v = 0; v < count; v++) {
            cpu[v] = graph.vertices().get(v).parallelism();
        }
        for (TaskGraph.Edge edge : graph.edges()) {
            outputs[edge.source()]++;
        }
        for (int e = 0; e < edgeBytes.length; e++) {
            edgeBytes[e] = 1.0 / outputs[graph.edges().get(e).source()];
        }
        return new Costs("uniform", false, cpu, new double[count], new double[count], edgeBytes);
    }

    /** These costs with other sizes of state, in bytes, of each vertex. */
    public Costs withStateBytes(double[] bytes) {
        return new Costs(source, known, cpu, stateIo, bytes, edgeBytes);
    }

    private static double[] checked(String name, double[] values) {
        for (double value : values) {
            if (!(value >= 0) || Double.isInfinite(value)) {
                throw new IllegalArgumentException("Cost " + name + ": " + value);
            }
        }
        return values.clone();
    }

    /** Where the costs come from, for explanations. */
    public String source() {
        return source;
    }

    /** Whether the costs say more than the graph does. */
    public boolean isKnown() {
        return known;
    }

    public double cpu(int vertex) {
        return cpu[vertex];
    }

    public double stateIo(int vertex) {
        return stateIo[vertex];
    }

    public double stateBytes(int vertex) {
        return stateBytes[vertex];
    }

    public double edgeBytes(int edge) {
        return edgeBytes[edge];
    }

    /** The sum over all vertices. */
    public double totalCpu() {
        return Arrays.stream(cpu).sum();
    }

    /** The sum over all vertices. */
    public double totalStateIo() {
        return Arrays.stream(stateIo).sum();
    }

    /**
     * The state I/O that loads a TaskManager as much as its CPU is loaded by the CPU of all
     * vertices: its share of all. State that hardly changes loads none.
     *
     * @param share of the CPU of all TaskManagers that it has, from 0 to 1
     * @param taskManagers how many there are
     * @return bytes a second, infinite if no state I/O is known
     */
    public double stateIoCapacity(double share, int taskManagers) {
        double total = totalStateIo();
        return total == 0
                ? Double.POSITIVE_INFINITY
                : share * Math.max(total, LEAST_STATE_IO * taskManagers);
    }

    void checkFits(TaskGraph graph) {
        if (cpu.length != graph.vertices().size()
                || stateIo.length != cpu.length
                || stateBytes.length != cpu.length
                || edgeBytes.length != graph.edges().size()) {
            throw new IllegalArgumentException("Costs of another graph: " + source);
        }
    }
}
