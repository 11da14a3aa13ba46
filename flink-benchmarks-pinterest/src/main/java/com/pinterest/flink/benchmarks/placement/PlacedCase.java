// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphBuilder;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.streaming.runtime.tasks.OneInputStreamTask;

/**
 * A job that is placed, with what its tasks really cost.
 *
 * @param name without blanks
 */
record PlacedCase(String name, List<Vertex> vertices, List<Edge> edges) {

    /**
     * A vertex.
     *
     * @param name also the uid that hints of costs refer to
     * @param cpu the cost of a subtask
     * @param stateIo the cost of a subtask
     */
    record Vertex(String name, int parallelism, double cpu, double stateIo) {

        JobVertexID id() {
            return new JobVertexID(StreamGraphHasherV2.generateUserSpecifiedHash(name));
        }
    }

    /**
     * An edge between vertices, by their indices.
     *
     * @param bytes of all its channels together
     */
    record Edge(int source, int target, boolean pointwise, double bytes) {}

    /** A chain of forward edges, with one exchange by key. */
    static final PlacedCase LINEAR =
            new PlacedCase(
                    "T1",
                    List.of(
                            new Vertex("source", 60, 1, 0),
                            new Vertex("parse", 60, 1, 0),
                            new Vertex("window", 65, 1, 1),
                            new Vertex("sink", 65, 1, 0)),
                    List.of(pointwise(0, 1, 100), allToAll(1, 2, 70), pointwise(2, 3, 30)));

    /** Two inputs, joined by key. */
    static final PlacedCase JOIN =
            new PlacedCase(
                    "T2",
                    List.of(
                            new Vertex("left", 40, 1, 0),
                            new Vertex("right", 50, 1, 0),
                            new Vertex("filter", 50, 1, 0),
                            new Vertex("join", 80, 1, 1),
                            new Vertex("sink", 70, 1, 0)),
                    List.of(
                            pointwise(1, 2, 50),
                            allToAll(0, 3, 30),
                            allToAll(2, 3, 50),
                            pointwise(3, 4, 30)));

    /** Vertices whose subtasks cost very differently. */
    static final PlacedCase SKEWED =
            new PlacedCase(
                    "T3",
                    List.of(
                            new Vertex("source", 16, 2, 0),
                            new Vertex("decode", 48, 1, 0),
                            new Vertex("model", 24, 8, 0),
                            new Vertex("window", 80, 0.5, 1),
                            new Vertex("sink", 16, 3, 0)),
                    List.of(
                            pointwise(0, 1, 60),
                            pointwise(1, 2, 60),
                            allToAll(2, 3, 60),
                            pointwise(3, 4, 20)));

    /** Pointwise edges between vertices of different parallelism. */
    static final PlacedCase RESCALE =
            new PlacedCase(
                    "T4",
                    List.of(
                            new Vertex("source", 20, 1, 0),
                            new Vertex("parse", 80, 1, 0),
                            new Vertex("reduce", 40, 1, 1),
                            new Vertex("merge", 20, 1, 0),
                            new Vertex("total", 52, 1, 1)),
                    List.of(
                            pointwise(0, 1, 100),
                            pointwise(1, 2, 100),
                            pointwise(2, 3, 50),
                            allToAll(3, 4, 20)));

    /** The linear job at half its size, so that half of the slots stay free. */
    static final PlacedCase HALF_FULL =
            new PlacedCase(
                    "T5",
                    List.of(
                            new Vertex("source", 40, 1, 0),
                            new Vertex("parse", 40, 1, 0),
                            new Vertex("window", 40, 1, 1)),
                    List.of(pointwise(0, 1, 100), allToAll(1, 2, 70)));

    static final List<PlacedCase> ALL = List.of(LINEAR, JOIN, SKEWED, RESCALE, HALF_FULL);

    /** A job of five vertices with so many tasks, a multiple of ten. */
    static PlacedCase large(int tasks) {
        int parallelism = tasks / 5;
        return new PlacedCase(
                "tasks" + tasks,
                List.of(
                        new Vertex("source", parallelism / 2, 2, 0),
                        new Vertex("decode", parallelism, 1, 0),
                        new Vertex("enrich", parallelism, 4, 0),
                        new Vertex("window", parallelism, 1, 1),
                        new Vertex("sink", parallelism + parallelism / 2, 0.5, 0)),
                List.of(
                        pointwise(0, 1, 60),
                        pointwise(1, 2, 60),
                        allToAll(2, 3, 60),
                        pointwise(3, 4, 20)));
    }

    private static Edge pointwise(int source, int target, double bytes) {
        return new Edge(source, target, true, bytes);
    }

    private static Edge allToAll(int source, int target, double bytes) {
        return new Edge(source, target, false, bytes);
    }

    int tasks() {
        return vertices.stream().mapToInt(Vertex::parallelism).sum();
    }

    /** How many slots the job needs, all vertices being in one slot sharing group. */
    int slots() {
        return vertices.stream().mapToInt(Vertex::parallelism).max().orElseThrow();
    }

    /** Returns a new graph of the job, with another id. */
    JobGraph jobGraph() {
        SlotSharingGroup group = new SlotSharingGroup();
        List<JobVertex> jobVertices = new ArrayList<>();
        for (Vertex vertex : vertices) {
            JobVertex jobVertex = new JobVertex(vertex.name(), vertex.id());
            jobVertex.setParallelism(vertex.parallelism());
            jobVertex.setMaxParallelism(1 << 14);
            jobVertex.setInvokableClass(OneInputStreamTask.class);
            jobVertex.setSlotSharingGroup(group);
            jobVertices.add(jobVertex);
        }
        for (Edge edge : edges) {
            jobVertices
                    .get(edge.target())
                    .connectNewDataSetAsInput(
                            jobVertices.get(edge.source()),
                            edge.pointwise()
                                    ? DistributionPattern.POINTWISE
                                    : DistributionPattern.ALL_TO_ALL,
                            ResultPartitionType.PIPELINED_BOUNDED,
                            new IntermediateDataSetID(),
                            false,
                            false);
        }
        return JobGraphBuilder.newStreamingJobGraphBuilder()
                .setJobName(name)
                .addJobVertices(jobVertices)
                .build();
    }
}
