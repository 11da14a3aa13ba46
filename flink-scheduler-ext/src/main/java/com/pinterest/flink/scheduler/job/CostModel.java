// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.List;
import org.apache.flink.runtime.jobgraph.JobVertexID;

/** What is known of the costs of a job. */
@FunctionalInterface
public interface CostModel {

    /** Nothing is known. */
    CostModel UNIFORM = (graph, vertices) -> Costs.uniform(graph);

    /**
     * The costs of a graph.
     *
     * @param vertices the ids of the graph's vertices
     */
    Costs costs(TaskGraph graph, List<JobVertexID> vertices);
}
