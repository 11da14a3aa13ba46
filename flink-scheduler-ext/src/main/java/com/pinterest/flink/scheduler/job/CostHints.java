// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;

/**
 * What a user says of the costs of operators, by their uids. A vertex has the id of the first
 * operator of its chain, and that is a hash of the uid. Immutable.
 */
public final class CostHints {

    private final Map<JobVertexID, Double> cpuOfSubtask;

    private CostHints(Map<JobVertexID, Double> cpuOfSubtask) {
        this.cpuOfSubtask = cpuOfSubtask;
    }

    /**
     * Reads hints.
     *
     * @param hints by the uid of an operator the CPU that a subtask takes, where 1 is usual
     * @throws IllegalConfigurationException if one is not a positive number
     */
    public static CostHints of(Map<String, String> hints) {
        Map<JobVertexID, Double> cpu = new HashMap<>();
        hints.forEach((uid, value) -> cpu.put(vertexOf(uid), number(uid, value)));
        return new CostHints(cpu);
    }

    private static JobVertexID vertexOf(String uid) {
        return new JobVertexID(StreamGraphHasherV2.generateUserSpecifiedHash(uid));
    }

    private static double number(String uid, String value) {
        double number;
        try {
            number = Double.parseDouble(value.strip());
        } catch (NumberFormatException e) {
            number = -1;
        }
        if (!(number > 0) || Double.isInfinite(number)) {
            throw new IllegalConfigurationException(
                    String.format(
                            "%s: the cost of '%s' has to be a positive number, not '%s'.",
                            PlacementOptions.COSTS.key(), uid, value));
        }
        return number;
    }

    /**
     * The costs of a graph.
     *
     * @param others what is known without hints: all of it counts if no hint is of one of the
     *     vertices, else only the bytes and the state
     */
    Costs costs(TaskGraph graph, List<JobVertexID> vertices, Costs others) {
        if (vertices.stream().noneMatch(cpuOfSubtask::containsKey)) {
            return others;
        }
        int count = vertices.size();
        double[] cpu = new double[count];
        double[] stateIo = new double[count];
        double[] stateBytes = new double[count];
        double[] bytes = new double[graph.edges().size()];
        for (int v = 0; v < count; v++) {
            cpu[v] =
                    cpuOfSubtask.getOrDefault(vertices.get(v), 1.0)
                            * graph.vertices().get(v).parallelism();
            stateIo[v] = others.stateIo(v);
            stateBytes[v] = others.stateBytes(v);
        }
        for (int e = 0; e < bytes.length; e++) {
            bytes[e] = others.edgeBytes(e);
        }
        String source = others.isKnown() ? "hints and " + others.source() : "hints";
        return Costs.known(source, cpu, stateIo, stateBytes, bytes);
    }
}
