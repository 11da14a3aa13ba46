// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.pinterest.flink.scheduler.plan.Costs;
import com.pinterest.flink.scheduler.plan.TaskGraph;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.annotation.Nullable;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.TestCheckpoints;
import org.apache.flink.runtime.executiongraph.AccessExecution;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ExecutionHistory;
import org.apache.flink.runtime.executiongraph.IOMetrics;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tasks tell when they end becomes the costs of the next plan. */
class MeasuredCostsTest {

    private final JobVertexID source = new JobVertexID();
    private final JobVertexID left = new JobVertexID();
    private final JobVertexID right = new JobVertexID();
    private final JobVertexID join = new JobVertexID();
    private final List<JobVertexID> ids = List.of(source, left, right, join);

    @Test
    void busyTimeIsCpuAndBytesAreThoseOfASecond() {
        MeasuredCosts measured =
                MeasuredCosts.of(
                                graph(
                                        vertex(
                                                source,
                                                // of 10 s: half busy, 4 MB out
                                                metrics(0, 4_000_000, 4_000, 5_000, 1_000),
                                                // no metrics: as the other
                                                null),
                                        vertex(left, metrics(1_000_000, 500_000, 0, 10_000, 0)),
                                        vertex(right, metrics(3_000_000, 700_000, 9_000, 1_000, 0)),
                                        // Too short to tell anything.
                                        vertex(join, metrics(7, 0, 0, 1_999, 0))))
                        .orElseThrow();

        Costs costs = measured.costs("profile", diamond(4, 2, 1, 6), ids).orElseThrow();

        assertThat(costs.source()).isEqualTo("profile");
        assertThat(costs.isKnown()).isTrue();
        assertThat(costs.cpu(0)).isCloseTo(1.0, within(1e-9));
        assertThat(costs.cpu(1)).isCloseTo(1.0, within(1e-9));
        assertThat(costs.cpu(2)).isCloseTo(0.1, within(1e-9));
        // As the mean of the others' tasks: 0.5, 1 and 0.1.
        assertThat(costs.cpu(3)).isCloseTo(6 * 1.6 / 3, within(1e-9));
        // What the only input of a vertex has brought.
        assertThat(costs.edgeBytes(0)).isCloseTo(100_000, within(1e-6));
        assertThat(costs.edgeBytes(1)).isCloseTo(300_000, within(1e-6));
        // What the producers of a vertex of two inputs have sent.
        assertThat(costs.edgeBytes(2)).isCloseTo(50_000, within(1e-6));
        assertThat(costs.edgeBytes(3)).isCloseTo(70_000, within(1e-6));
    }

    @Test
    void idleTasksCostALittle() {
        MeasuredCosts measured =
                MeasuredCosts.of(graph(vertex(source, metrics(0, 0, 10_000, 0, 0)))).orElseThrow();

        TaskGraph.Builder graph = TaskGraph.builder();
        graph.vertex("source", 1, 0);
        Costs costs = measured.costs("x", graph.build(), List.of(source)).orElseThrow();

        assertThat(costs.cpu(0)).isEqualTo(0.001);
    }

    @Test
    void nothingIsKnownWithoutMetricsOrOfOtherJobs() {
        assertThat(MeasuredCosts.of(graph(vertex(source, (IOMetrics) null)))).isEmpty();
        assertThat(MeasuredCosts.of(graph(vertex(source, metrics(0, 0, 0, Double.NaN, 9_000)))))
                .isEmpty();
        MeasuredCosts other =
                MeasuredCosts.of(graph(vertex(new JobVertexID(), metrics(0, 0, 0, 5_000, 0))))
                        .orElseThrow();
        assertThat(other.costs("x", diamond(1, 1, 1, 1), ids)).isEmpty();
    }

    @Test
    void stateAndItsChangesAreThoseOfCheckpoints() {
        AccessExecutionGraph graph =
                graph(
                        new TestCheckpoints(join)
                                .add(4_000, 3_000, 3_000)
                                .add(14_000, 4_000, 1_100)
                                .add(24_000, 5_000, 900)
                                // Of all state, however little has changed.
                                .addSavepoint(25_000, 6_000)
                                .snapshot(),
                        vertex(source, metrics(0, 10_000, 0, 10_000, 0)),
                        vertex(join, metrics(10_000, 0, 0, 10_000, 0)));
        MeasuredCosts measured = MeasuredCosts.of(graph).orElseThrow();

        TaskGraph diamond = diamond(1, 1, 1, 1);
        Costs costs = measured.costs("profile", diamond, ids).orElseThrow();
        List<JobVertexID> withUidOfJoin =
                List.of(
                        source,
                        left,
                        right,
                        new JobVertexID(StreamGraphHasherV2.generateUserSpecifiedHash("join")));
        Costs hinted = CostHints.of(Map.of("join", "2")).costs(diamond, withUidOfJoin, costs);

        assertThat(costs.stateBytes(3)).isEqualTo(5_000);
        assertThat(costs.stateIo(3)).isCloseTo(100, within(1e-9));
        assertThat(costs.stateBytes(0)).isZero();
        assertThat(costs.stateIo(0)).isZero();
        assertThat(costs.stateIo(1)).isZero();
        assertThat(hinted.source()).isEqualTo("hints and profile");
        assertThat(hinted.stateIo(3)).isCloseTo(100, within(1e-9));
        assertThat(hinted.stateBytes(3)).isEqualTo(5_000);
    }

    @Test
    void oneCheckpointTellsTheSizeOfStateOnly() {
        Costs costs =
                MeasuredCosts.of(
                                graph(
                                        new TestCheckpoints(join)
                                                .add(4_000, 3_000, 3_000)
                                                .snapshot(),
                                        vertex(join, metrics(10_000, 0, 0, 10_000, 0))))
                        .orElseThrow()
                        .costs("profile", diamond(1, 1, 1, 1), ids)
                        .orElseThrow();

        assertThat(costs.stateBytes(3)).isEqualTo(3_000);
        assertThat(costs.stateIo(3)).isZero();
    }

    @Test
    void hintsCountMoreButBytesStay() {
        MeasuredCosts measured =
                MeasuredCosts.of(
                                graph(
                                        vertex(source, metrics(0, 10_000, 0, 10_000, 0)),
                                        vertex(left, metrics(10_000, 0, 0, 10_000, 0))))
                        .orElseThrow();
        TaskGraph graph = diamond(1, 1, 1, 1);
        Costs costs =
                CostHints.of(Map.of("no such uid", "2"))
                        .costs(graph, ids, measured.costs("profile", graph, ids).orElseThrow());

        assertThat(costs.source()).isEqualTo("profile");
        assertThat(costs.edgeBytes(0)).isCloseTo(1_000, within(1e-6));
    }

    @Test
    void isReadAsItWasWritten() throws Exception {
        MeasuredCosts measured =
                MeasuredCosts.of(
                                graph(
                                        vertex(source, metrics(5, 6_000, 10, 5_000, 7)),
                                        vertex(join, metrics(9_000, 8, 1, 5_000, 7))))
                        .orElseThrow();

        MeasuredCosts read =
                MeasuredCosts.of(
                        RestMapperUtils.getStrictObjectMapper()
                                .readTree(measured.toJson().toString()));

        assertThat(read.toJson()).isEqualTo(measured.toJson());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'version':2,'vertices':{}}",
                "{'version':1,'vertices':[]}",
                "{'version':1,'vertices':{'x':{'cpu':1,'bytes-in':0,'bytes-out':0,"
                        + "'state-size':0,'state-io':0,'parallelism':1}}}",
                "{'version':1,'vertices':{'00000000000000000000000000000001':{'cpu':-1,"
                        + "'bytes-in':0,'bytes-out':0,'state-size':0,'state-io':0,'parallelism':1}}}",
                "{'version':1,'vertices':{'00000000000000000000000000000001':{'cpu':1,"
                        + "'bytes-out':0,'state-size':0,'state-io':0,'parallelism':1}}}",
                "{'version':1,'vertices':{'00000000000000000000000000000001':{'cpu':1,"
                        + "'bytes-in':0,'bytes-out':0,'state-size':0,'state-io':-1,'parallelism':1}}}",
            })
    void refusesWhatMakesNoSense(String json) throws Exception {
        assertThatThrownBy(
                        () ->
                                MeasuredCosts.of(
                                        RestMapperUtils.getStrictObjectMapper()
                                                .readTree(json.replace('\'', '"'))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static TaskGraph diamond(int first, int second, int third, int fourth) {
        TaskGraph.Builder graph = TaskGraph.builder();
        graph.vertex("source", first, 0);
        graph.vertex("left", second, 0);
        graph.vertex("right", third, 0);
        graph.vertex("join", fourth, 0);
        graph.edge(0, 1, TaskGraph.Pattern.ALL_TO_ALL);
        graph.edge(0, 2, TaskGraph.Pattern.ALL_TO_ALL);
        graph.edge(1, 3, TaskGraph.Pattern.ALL_TO_ALL);
        graph.edge(2, 3, TaskGraph.Pattern.ALL_TO_ALL);
        return graph.build();
    }

    private static IOMetrics metrics(
            long bytesIn, long bytesOut, long idle, double busy, long backPressured) {
        return new IOMetrics(bytesIn, bytesOut, 0, 0, idle, busy, backPressured);
    }

    private static AccessExecutionGraph graph(AccessExecutionJobVertex... vertices) {
        return graph(null, vertices);
    }

    private static AccessExecutionGraph graph(
            @Nullable CheckpointStatsSnapshot checkpoints, AccessExecutionJobVertex... vertices) {
        return stub(
                AccessExecutionGraph.class,
                Map.of(
                        "getVerticesTopologically",
                        () -> List.of(vertices),
                        "getCheckpointStatsSnapshot",
                        () -> checkpoints));
    }

    private static AccessExecutionJobVertex vertex(JobVertexID id, IOMetrics... metrics) {
        List<AccessExecutionVertex> tasks = new ArrayList<>();
        Arrays.stream(metrics).forEach(each -> tasks.add(task(each)));
        return stub(
                AccessExecutionJobVertex.class,
                Map.of(
                        "getJobVertexId", () -> id,
                        "getParallelism", () -> metrics.length,
                        "getTaskVertices", () -> tasks.toArray(new AccessExecutionVertex[0])));
    }

    private static AccessExecutionVertex task(@Nullable IOMetrics metrics) {
        AccessExecution attempt =
                stub(AccessExecution.class, Map.of("getIOMetrics", () -> metrics));
        return stub(
                AccessExecutionVertex.class,
                Map.of(
                        "getExecutionHistory", () -> new ExecutionHistory(1),
                        "getCurrentExecutionAttempt", () -> attempt));
    }

    private static <T> T stub(Class<T> type, Map<String, Supplier<Object>> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        MeasuredCostsTest.class.getClassLoader(),
                        new Class<?>[] {type},
                        (stub, method, arguments) -> answers.get(method.getName()).get()));
    }
}
