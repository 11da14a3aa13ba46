// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.runtime.jobgraph.DistributionPattern;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** The job has the shape that the documentation tells of. */
class ReadingsTest {

    @Test
    void tasksAreConnectedInTwoHalves() {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        Readings.define(environment);

        List<JobVertex> vertices =
                environment
                        .getStreamGraph()
                        .getJobGraph()
                        .getVerticesSortedTopologicallyFromSources();

        assertThat(vertices)
                .extracting(JobVertex::getParallelism)
                .containsExactly(Readings.ENDS, Readings.ENRICHERS, Readings.ENDS);
        assertThat(vertices.subList(1, 3))
                .allSatisfy(
                        vertex ->
                                assertThat(vertex.getInputs())
                                        .singleElement()
                                        .satisfies(
                                                input ->
                                                        assertThat(input.getDistributionPattern())
                                                                .isEqualTo(
                                                                        DistributionPattern
                                                                                .POINTWISE)));
    }
}
