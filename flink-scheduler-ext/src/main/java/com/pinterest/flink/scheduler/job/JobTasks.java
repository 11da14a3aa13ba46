// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.runtime.instance.SlotSharingGroupId;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.runtime.jobgraph.JobEdge;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.CoLocationGroup;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.runtime.scheduler.adaptive.allocator.VertexParallelism;
import org.apache.flink.runtime.scheduler.strategy.ConsumedPartitionGroup;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.apache.flink.runtime.scheduler.strategy.SchedulingExecutionVertex;
import org.apache.flink.runtime.scheduler.strategy.SchedulingTopology;
import org.apache.flink.util.AbstractID;

/** A job as the planner sees it, with the way back to Flink's names. Immutable. */
public final class JobTasks {

    private final TaskGraph graph;
    private final Costs costs;
    private final List<JobVertexID> vertices;
    private final List<SlotSharingGroup> sharingGroups;
    private final Map<JobVertexID, Integer> indices;

    private JobTasks(
            TaskGraph graph,
            Costs costs,
            List<JobVertexID> vertices,
            List<SlotSharingGroup> sharingGroups,
            Map<JobVertexID, Integer> indices) {
        this.graph = graph;
        this.costs = costs;
        this.vertices = List.copyOf(vertices);
        this.sharingGroups = List.copyOf(sharingGroups);
        this.indices = Map.copyOf(indices);
    }

    /** A job of the DefaultScheduler. */
    public static JobTasks of(
            PlacedJob placedJob,
            SchedulingTopology topology,
            Set<SlotSharingGroup> sharingGroups,
            Set<CoLocationGroup> coLocationGroups,
            CostModel costs) {
        Map<JobVertexID, Integer> parallelism = new LinkedHashMap<>();
        Map<JobVertexID, SchedulingExecutionVertex> firstOf = new HashMap<>();
        for (SchedulingExecutionVertex vertex : topology.getVertices()) {
            JobVertexID id = vertex.getId().getJobVertexId();
            parallelism.merge(id, 1, Integer::sum);
            firstOf.putIfAbsent(id, vertex);
        }
        Map<JobVertexID, SlotSharingGroup> groupOf = new HashMap<>();
        for (SlotSharingGroup group : sharingGroups) {
            group.getJobVertexIds().forEach(id -> groupOf.put(id, group));
        }
        Map<JobVertexID, CoLocationGroup> coLocationOf = new HashMap<>();
        for (CoLocationGroup group : coLocationGroups) {
            group.getVertexIds().forEach(id -> coLocationOf.put(id, group));
        }
        Collector collector = new Collector();
        parallelism.forEach(
                (id, count) ->
                        collector.vertex(
                                id,
                                placedJob.nameOf(id),
                                count,
                                groupOf.get(id),
                                coLocationOf.get(id)));
        firstOf.forEach((id, vertex) -> collector.inputs(id, vertex, topology, parallelism));
        return collector.build(costs);
    }

    /** A job of the AdaptiveScheduler. */
    public static JobTasks of(JobGraph job, VertexParallelism parallelism, CostModel costs) {
        Collector collector = new Collector();
        Map<IntermediateDataSetID, JobVertexID> producers = new HashMap<>();
        List<JobVertex> sorted = job.getVerticesSortedTopologicallyFromSources();
        for (JobVertex vertex : sorted) {
            collector.vertex(
                    vertex.getID(),
                    vertex.getName(),
                    parallelism.getParallelism(vertex.getID()),
                    vertex.getSlotSharingGroup(),
                    vertex.getCoLocationGroup());
            vertex.getProducedDataSets().forEach(set -> producers.put(set.getId(), vertex.getID()));
        }
        for (JobVertex vertex : sorted) {
            for (JobEdge edge : vertex.getInputs()) {
                collector.edge(
                        producers.get(edge.getSourceId()),
                        vertex.getID(),
                        edge.getDistributionPattern() == DistributionPattern.POINTWISE);
            }
        }
        return collector.build(costs);
    }

    public TaskGraph graph() {
        return graph;
    }

    public Costs costs() {
        return costs;
    }

    /** The same job with what is known of its costs by now. */
    JobTasks withCosts(CostModel model) {
        return new JobTasks(graph, model.costs(graph, vertices), vertices, sharingGroups, indices);
    }

    /** The same job with other sizes of state, in bytes, of each vertex. */
    JobTasks withStateBytes(double[] bytes) {
        return new JobTasks(graph, costs.withStateBytes(bytes), vertices, sharingGroups, indices);
    }

    /** The index in the graph of a vertex. */
    public int indexOf(JobVertexID vertex) {
        return indices.get(vertex);
    }

    /** The vertex of an index in the graph. */
    public JobVertexID vertexOf(int index) {
        return vertices.get(index);
    }

    /** Flink's name of a subtask. */
    public ExecutionVertexID taskOf(int vertex, int subtask) {
        return new ExecutionVertexID(vertices.get(vertex), subtask);
    }

    /** The slot sharing group of an index in the graph. */
    public SlotSharingGroup sharingGroupOf(int index) {
        return sharingGroups.get(index);
    }

    /** Numbers vertices and groups in the order of the job, as hash sets have none. */
    private static final class Collector {

        private final TaskGraph.Builder graph = TaskGraph.builder();
        private final List<JobVertexID> vertices = new ArrayList<>();
        private final List<SlotSharingGroup> sharingGroups = new ArrayList<>();
        private final Map<SlotSharingGroupId, Integer> sharingGroupOf = new HashMap<>();
        private final Map<AbstractID, Integer> coLocationOf = new HashMap<>();
        private final Map<JobVertexID, Integer> indices = new HashMap<>();

        private void vertex(
                JobVertexID id,
                String name,
                int parallelism,
                SlotSharingGroup sharingGroup,
                @Nullable CoLocationGroup coLocationGroup) {
            Integer known = sharingGroupOf.get(sharingGroup.getSlotSharingGroupId());
            if (known == null) {
                known = sharingGroups.size();
                sharingGroupOf.put(sharingGroup.getSlotSharingGroupId(), known);
                sharingGroups.add(sharingGroup);
            }
            int coLocation =
                    coLocationGroup == null
                            ? -1
                            : coLocationOf.computeIfAbsent(
                                    coLocationGroup.getId(), group -> coLocationOf.size());
            indices.put(id, graph.vertex(name, parallelism, known, coLocation));
            vertices.add(id);
        }

        private void inputs(
                JobVertexID id,
                SchedulingExecutionVertex first,
                SchedulingTopology topology,
                Map<JobVertexID, Integer> parallelism) {
            for (ConsumedPartitionGroup group : first.getConsumedPartitionGroups()) {
                JobVertexID producer =
                        topology.getResultPartition(group.getFirst())
                                .getProducer()
                                .getId()
                                .getJobVertexId();
                // With one subtask on a side, both patterns have the same channels.
                boolean allToAll =
                        group.size() == parallelism.get(producer)
                                && group.getNumConsumers() == parallelism.get(id);
                edge(producer, id, !allToAll);
            }
        }

        private void edge(JobVertexID source, JobVertexID target, boolean pointwise) {
            graph.edge(
                    indices.get(source),
                    indices.get(target),
                    pointwise ? TaskGraph.Pattern.POINTWISE : TaskGraph.Pattern.ALL_TO_ALL);
        }

        private JobTasks build(CostModel costs) {
            TaskGraph built = graph.build();
            return new JobTasks(
                    built, costs.costs(built, vertices), vertices, sharingGroups, indices);
        }
    }
}
