// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphBuilder;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.runtime.scheduler.adaptive.allocator.VertexParallelism;
import org.junit.jupiter.api.Test;

/** The planner gets a job's vertices, edges and groups in the order of the job. */
class JobTasksTest {

    @Test
    void describesTheJob() {
        SlotSharingGroup first = new SlotSharingGroup();
        SlotSharingGroup second = new SlotSharingGroup();
        JobVertex source = vertex("source", 2, first);
        JobVertex map = vertex("map", 4, first);
        JobVertex head = vertex("head", 3, second);
        JobVertex tail = vertex("tail", 3, second);
        tail.setStrictlyCoLocatedWith(head);
        connect(source, map, DistributionPattern.POINTWISE);
        connect(map, head, DistributionPattern.ALL_TO_ALL);
        connect(head, tail, DistributionPattern.POINTWISE);
        JobGraph job =
                JobGraphBuilder.newStreamingJobGraphBuilder()
                        .addJobVertices(List.of(source, map, head, tail))
                        .build();

        JobTasks tasks =
                JobTasks.of(
                        job,
                        new VertexParallelism(
                                Map.of(
                                        source.getID(), 2,
                                        map.getID(), 4,
                                        head.getID(), 3,
                                        tail.getID(), 3)),
                        CostModel.UNIFORM);

        TaskGraph graph = tasks.graph();
        assertThat(graph.vertices())
                .extracting(TaskGraph.Vertex::id)
                .containsExactly("source", "map", "head", "tail");
        assertThat(graph.vertices())
                .extracting(TaskGraph.Vertex::parallelism)
                .containsExactly(2, 4, 3, 3);
        assertThat(graph.vertices())
                .extracting(TaskGraph.Vertex::sharingGroup)
                .containsExactly(0, 0, 1, 1);
        assertThat(graph.vertices())
                .extracting(TaskGraph.Vertex::coLocationGroup)
                .containsExactly(-1, -1, 0, 0);
        assertThat(graph.edges())
                .extracting(TaskGraph.Edge::pattern)
                .containsExactly(
                        TaskGraph.Pattern.POINTWISE,
                        TaskGraph.Pattern.ALL_TO_ALL,
                        TaskGraph.Pattern.POINTWISE);
        assertThat(graph.edges()).extracting(TaskGraph.Edge::source).containsExactly(0, 1, 2);
        assertThat(tasks.sharingGroupOf(1)).isSameAs(second);
        assertThat(tasks.vertexOf(3)).isEqualTo(tail.getID());
        assertThat(tasks.indexOf(head.getID())).isEqualTo(2);
    }

    private static JobVertex vertex(String name, int parallelism, SlotSharingGroup group) {
        JobVertex vertex = new JobVertex(name, new JobVertexID());
        vertex.setParallelism(parallelism);
        vertex.setSlotSharingGroup(group);
        return vertex;
    }

    private static void connect(JobVertex from, JobVertex to, DistributionPattern pattern) {
        to.connectNewDataSetAsInput(
                from,
                pattern,
                ResultPartitionType.PIPELINED_BOUNDED,
                new IntermediateDataSetID(),
                false,
                false);
    }
}
