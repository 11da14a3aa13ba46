// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.executiongraph.AccessExecution;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.IOMetrics;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the vertices of a job have cost while they ran: CPU from the shares of time that tasks were
 * busy, the bytes that they read and wrote, and the size of their state and of its changes from
 * checkpoints. Immutable.
 */
final class MeasuredCosts {

    /** The version of the JSON form. */
    static final int VERSION = 1;

    /** Tasks that ran for less tell what their start has cost. */
    private static final double LEAST_MILLISECONDS = 2_000;

    /** Of a task that has hardly anything to do. */
    private static final double LEAST_CPU = 0.001;

    /** What all subtasks of a vertex have cost together. */
    private static final class Vertex {

        private final double cpu;
        private final double bytesIn;
        private final double bytesOut;
        private final StateCost state;
        private final int parallelism;

        /**
         * Describes a vertex.
         *
         * @param cpu in cores
         * @param bytesIn a second, as is bytesOut
         */
        Vertex(double cpu, double bytesIn, double bytesOut, StateCost state, int parallelism) {
            if (!(cpu > 0 && bytesIn >= 0 && bytesOut >= 0 && parallelism > 0)
                    || Double.isInfinite(cpu + bytesIn + bytesOut)) {
                throw new IllegalArgumentException(
                        String.format(
                                "cpu %s, bytes in %s, bytes out %s, parallelism %d",
                                cpu, bytesIn, bytesOut, parallelism));
            }
            this.cpu = cpu;
            this.bytesIn = bytesIn;
            this.bytesOut = bytesOut;
            this.state = state;
            this.parallelism = parallelism;
        }
    }

    /** The state of all subtasks of a vertex together. */
    private static final class StateCost {

        private final double size;
        private final double io;

        /**
         * Describes state.
         *
         * @param size in bytes
         * @param io bytes that are written to checkpoints a second
         */
        StateCost(double size, double io) {
            if (!(size >= 0 && io >= 0) || Double.isInfinite(size + io)) {
                throw new IllegalArgumentException(
                        String.format("state size %s, state I/O %s", size, io));
            }
            this.size = size;
            this.io = io;
        }

        /**
         * Reads the checkpoints of a vertex that are remembered.
         *
         * @param checkpoints those that completed, oldest first
         */
        static StateCost of(JobVertexID vertex, List<CompletedCheckpointStats> checkpoints) {
            if (checkpoints.isEmpty()) {
                return new StateCost(0, 0);
            }
            CompletedCheckpointStats first = checkpoints.get(0);
            CompletedCheckpointStats last = checkpoints.get(checkpoints.size() - 1);
            double milliseconds = last.getTriggerTimestamp() - first.getTriggerTimestamp();
            double written = 0;
            for (CompletedCheckpointStats checkpoint : checkpoints.subList(1, checkpoints.size())) {
                written += bytes(checkpoint, vertex, TaskStateStats::getCheckpointedSize);
            }
            return new StateCost(
                    bytes(last, vertex, TaskStateStats::getStateSize),
                    milliseconds > 0 ? written * 1000 / milliseconds : 0);
        }

        private static long bytes(
                CompletedCheckpointStats checkpoint,
                JobVertexID vertex,
                ToLongFunction<TaskStateStats> size) {
            TaskStateStats stats = checkpoint.getTaskStateStats(vertex);
            return stats == null ? 0 : Math.max(0, size.applyAsLong(stats));
        }
    }

    private final Map<JobVertexID, Vertex> vertices;

    private MeasuredCosts(Map<JobVertexID, Vertex> vertices) {
        this.vertices = Map.copyOf(vertices);
    }

    /**
     * Reads what tasks that have ended told of themselves.
     *
     * @return empty if none has run for long enough
     */
    static Optional<MeasuredCosts> of(AccessExecutionGraph graph) {
        Map<JobVertexID, Vertex> vertices = new HashMap<>();
        List<CompletedCheckpointStats> checkpoints = checkpoints(graph);
        for (AccessExecutionJobVertex vertex : graph.getVerticesTopologically()) {
            double cpu = 0;
            double in = 0;
            double out = 0;
            int measured = 0;
            for (AccessExecutionVertex task : vertex.getTaskVertices()) {
                IOMetrics metrics = lastMetrics(task);
                if (metrics == null) {
                    continue;
                }
                double milliseconds = milliseconds(metrics);
                cpu += Math.max(LEAST_CPU, metrics.getAccumulateBusyTime() / milliseconds);
                in += metrics.getNumBytesIn() * 1000.0 / milliseconds;
                out += metrics.getNumBytesOut() * 1000.0 / milliseconds;
                measured++;
            }
            if (measured > 0) {
                // Those that tell nothing are as the others.
                double all = (double) vertex.getParallelism() / measured;
                vertices.put(
                        vertex.getJobVertexId(),
                        new Vertex(
                                cpu * all,
                                in * all,
                                out * all,
                                StateCost.of(vertex.getJobVertexId(), checkpoints),
                                vertex.getParallelism()));
            }
        }
        return vertices.isEmpty() ? Optional.empty() : Optional.of(new MeasuredCosts(vertices));
    }

    /** The checkpoints that completed and are remembered, oldest first; no savepoints. */
    private static List<CompletedCheckpointStats> checkpoints(AccessExecutionGraph graph) {
        List<CompletedCheckpointStats> checkpoints = new ArrayList<>();
        CheckpointStatsSnapshot snapshot = graph.getCheckpointStatsSnapshot();
        if (snapshot != null) {
            for (AbstractCheckpointStats stats : snapshot.getHistory().getCheckpoints()) {
                if (stats instanceof CompletedCheckpointStats
                        && !stats.getProperties().isSavepoint()) {
                    checkpoints.add((CompletedCheckpointStats) stats);
                }
            }
        }
        checkpoints.sort(Comparator.comparingLong(AbstractCheckpointStats::getCheckpointId));
        return checkpoints;
    }

    /** The metrics of the last attempt that says something; null if there is none. */
    private static IOMetrics lastMetrics(AccessExecutionVertex task) {
        List<AccessExecution> attempts =
                new ArrayList<>(task.getExecutionHistory().getHistoricalExecutions());
        attempts.add(task.getCurrentExecutionAttempt());
        for (int k = attempts.size() - 1; k >= 0; k--) {
            IOMetrics metrics = attempts.get(k).getIOMetrics();
            // Legacy sources do not know their busy time: it is no number.
            if (metrics != null && milliseconds(metrics) >= LEAST_MILLISECONDS) {
                return metrics;
            }
        }
        return null;
    }

    private static double milliseconds(IOMetrics metrics) {
        return metrics.getAccumulateBusyTime()
                + metrics.getAccumulateIdleTime()
                + metrics.getAccumulateBackPressuredTime();
    }

    /**
     * The costs of a graph, whose parallelism may be another one by now: the work stays the same.
     *
     * @param source where these are from, for explanations
     * @param ids of the vertices of the graph
     * @return empty if nothing is known of any of the vertices
     */
    Optional<Costs> costs(String source, TaskGraph graph, List<JobVertexID> ids) {
        double cpuOfTask = 0;
        double bytesOut = 0;
        int known = 0;
        for (JobVertexID id : ids) {
            Vertex vertex = vertices.get(id);
            if (vertex != null) {
                cpuOfTask += vertex.cpu / vertex.parallelism;
                bytesOut += vertex.bytesOut;
                known++;
            }
        }
        if (known == 0) {
            return Optional.empty();
        }
        // A new vertex is as the mean of those that are known.
        double meanCpu = cpuOfTask / known;
        double meanBytes = bytesOut / known;
        int count = ids.size();
        int[] inputs = new int[count];
        int[] outputs = new int[count];
        for (TaskGraph.Edge edge : graph.edges()) {
            outputs[edge.source()]++;
            inputs[edge.target()]++;
        }
        double[] cpu = new double[count];
        double[] stateIo = new double[count];
        double[] stateBytes = new double[count];
        for (int v = 0; v < count; v++) {
            Vertex vertex = vertices.get(ids.get(v));
            if (vertex != null) {
                stateIo[v] = vertex.state.io;
                stateBytes[v] = vertex.state.size;
            }
            cpu[v] = vertex == null ? meanCpu * graph.vertices().get(v).parallelism() : vertex.cpu;
        }
        double[] bytes = new double[graph.edges().size()];
        for (int e = 0; e < bytes.length; e++) {
            TaskGraph.Edge edge = graph.edges().get(e);
            Vertex producer = vertices.get(ids.get(edge.source()));
            Vertex target = vertices.get(ids.get(edge.target()));
            if (target != null && inputs[edge.target()] == 1) {
                bytes[e] = target.bytesIn;
            } else {
                bytes[e] =
                        (producer == null ? meanBytes : producer.bytesOut) / outputs[edge.source()];
            }
        }
        return Optional.of(Costs.known(source, cpu, stateIo, stateBytes, bytes));
    }

    /** Whether something is known of each of these vertices. */
    boolean covers(Set<JobVertexID> ids) {
        return vertices.keySet().containsAll(ids);
    }

    /** The JSON form. */
    ObjectNode toJson() {
        ObjectNode root = RestMapperUtils.getStrictObjectMapper().createObjectNode();
        root.put("version", VERSION);
        ObjectNode nodes = root.putObject("vertices");
        vertices.forEach(
                (id, vertex) ->
                        nodes.putObject(id.toHexString())
                                .put("cpu", vertex.cpu)
                                .put("bytes-in", vertex.bytesIn)
                                .put("bytes-out", vertex.bytesOut)
                                .put("state-size", vertex.state.size)
                                .put("state-io", vertex.state.io)
                                .put("parallelism", vertex.parallelism));
        return root;
    }

    /**
     * Reads the JSON form.
     *
     * @throws IllegalArgumentException if it is of another version, or makes no sense
     */
    static MeasuredCosts of(JsonNode root) {
        requireNonNull(root);
        if (root.path("version").asInt() != VERSION || !root.path("vertices").isObject()) {
            throw new IllegalArgumentException("not of version " + VERSION);
        }
        Map<JobVertexID, Vertex> vertices = new HashMap<>();
        Iterator<String> ids = root.path("vertices").fieldNames();
        while (ids.hasNext()) {
            String id = ids.next();
            JsonNode vertex = root.path("vertices").path(id);
            vertices.put(
                    JobVertexID.fromHexString(id),
                    new Vertex(
                            vertex.path("cpu").asDouble(Double.NaN),
                            vertex.path("bytes-in").asDouble(Double.NaN),
                            vertex.path("bytes-out").asDouble(Double.NaN),
                            new StateCost(
                                    vertex.path("state-size").asDouble(Double.NaN),
                                    vertex.path("state-io").asDouble(Double.NaN)),
                            vertex.path("parallelism").asInt()));
        }
        return new MeasuredCosts(vertices);
    }
}
