// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.server.PlanGraph.Input;
import com.pinterest.flink.jobs.server.PlanGraph.Node;
import com.pinterest.flink.jobs.server.PlanGraph.Vertex;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PlanGraphTest {

    private static Vertex vertex(String id, String... inputs) {
        return new Vertex(
                id,
                id,
                1,
                "RUNNING",
                Stream.of(inputs).map(input -> new Input(input, "HASH")).toList());
    }

    @Test
    void vertexIsRightOfAllThatItReadsAndOnNoOther() {
        PlanGraph graph =
                PlanGraph.of(
                        List.of(
                                vertex("sink", "join"),
                                vertex("a"),
                                vertex("b"),
                                vertex("join", "map", "b"),
                                vertex("map", "a")));

        Map<String, Node> nodes =
                graph.nodes().stream()
                        .collect(Collectors.toMap(node -> node.vertex().id(), Function.identity()));
        assertThat(nodes).hasSize(5);
        assertThat(graph.edges()).hasSize(4).allMatch(edge -> edge.x1() < edge.x2());
        assertThat(nodes.get("sink").x()).isGreaterThan(nodes.get("join").x());
        assertThat(graph.nodes().stream().map(node -> node.x() + "," + node.y()).distinct())
                .hasSize(5);
        assertThat(graph.nodes())
                .allMatch(node -> node.x() + PlanGraph.NODE_WIDTH <= graph.width())
                .allMatch(
                        node ->
                                node.y() >= 0
                                        && node.y() + PlanGraph.NODE_HEIGHT <= graph.height());
    }

    @Test
    void unknownInputAndCycleEnd() {
        assertThat(PlanGraph.of(List.of(vertex("a", "b", "gone"), vertex("b", "a"))).nodes())
                .hasSize(2);
        assertThat(PlanGraph.of(List.of()).isEmpty()).isTrue();
    }
}
