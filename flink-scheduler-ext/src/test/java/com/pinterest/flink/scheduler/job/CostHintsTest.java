// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hints are found by the uids of operators. */
class CostHintsTest {

    @Test
    void aHintIsOfTheVertexWhoseFirstOperatorHasTheUid() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.fromSequence(1, 2)
                .uid("numbers")
                .rebalance()
                .map(number -> number + 1)
                .uid("increment")
                .setParallelism(3)
                .sinkTo(new DiscardingSink<>());
        JobGraph job = env.getStreamGraph().getJobGraph();
        TaskGraph.Builder graph = TaskGraph.builder();
        List<JobVertexID> vertices = new ArrayList<>();
        for (JobVertex vertex : job.getVerticesSortedTopologicallyFromSources()) {
            graph.vertex(vertex.getName(), 3, 0);
            vertices.add(vertex.getID());
        }
        graph.edge(0, 1, TaskGraph.Pattern.ALL_TO_ALL);

        Costs costs =
                CostHints.of(Map.of("increment", " 2.5 "))
                        .costs(graph.build(), vertices, Costs.uniform(graph.build()));

        assertThat(costs.isKnown()).isTrue();
        assertThat(costs.cpu(0)).isEqualTo(3);
        assertThat(costs.cpu(1)).isEqualTo(7.5);
    }

    @Test
    void hintsOfOtherJobsSayNothing() {
        TaskGraph.Builder graph = TaskGraph.builder();
        graph.vertex("other", 3, 0);

        Costs costs =
                CostHints.of(Map.of("increment", "2"))
                        .costs(
                                graph.build(),
                                List.of(new JobVertexID()),
                                Costs.uniform(graph.build()));

        assertThat(costs.isKnown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "0", "-1", "NaN", "Infinity"})
    void refusesWhatIsNoPositiveNumber(String cost) {
        assertThatThrownBy(() -> CostHints.of(Map.of("increment", cost)))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("scheduler.placement.costs")
                .hasMessageContaining("increment");
    }
}
