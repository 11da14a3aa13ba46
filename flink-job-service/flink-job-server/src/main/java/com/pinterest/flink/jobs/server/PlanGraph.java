// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A drawing of a plan: vertices in columns from the sources to the sinks, and the edges between
 * them. A vertex stands right of all that it reads from, and near to their middle.
 *
 * @param width of the drawing, in pixels, as all lengths
 * @param height of the drawing
 */
record PlanGraph(int width, int height, List<Node> nodes, List<Edge> edges) {

    static final int NODE_WIDTH = 208;
    static final int NODE_HEIGHT = 72;
    private static final int GAP_X = 84;
    private static final int GAP_Y = 20;
    private static final int MARGIN = 8;
    private static final int LINE_LENGTH = 25;

    /** A vertex to draw. */
    record Vertex(String id, String name, int parallelism, String status, List<Input> inputs) {}

    /** What a vertex reads. */
    record Input(String id, String strategy) {}

    /** A vertex and its place. */
    record Node(Vertex vertex, int x, int y) {

        /** The name, in at most two lines. */
        List<String> lines() {
            String name = vertex.name();
            if (name.length() <= LINE_LENGTH) {
                return List.of(name);
            }
            int cut = name.lastIndexOf(' ', LINE_LENGTH);
            cut = cut < LINE_LENGTH / 2 ? LINE_LENGTH : cut;
            String rest = name.substring(cut).strip();
            return List.of(
                    name.substring(0, cut).strip(),
                    rest.length() <= LINE_LENGTH
                            ? rest
                            : rest.substring(0, LINE_LENGTH - 1).strip() + "…");
        }
    }

    /** A line from the right side of one vertex to the left side of another. */
    record Edge(String strategy, int x1, int y1, int x2, int y2) {

        /** The curve, as SVG has it. */
        String path() {
            int middle = (x1 + x2) / 2;
            return "M" + x1 + " " + y1 + "C" + middle + " " + y1 + " " + middle + " " + y2 + " "
                    + x2 + " " + y2;
        }

        int labelX() {
            return (x1 + x2) / 2;
        }

        int labelY() {
            return (y1 + y2) / 2 - 5;
        }
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    static PlanGraph of(List<Vertex> vertices) {
        Map<String, Vertex> byId = new HashMap<>();
        vertices.forEach(vertex -> byId.put(vertex.id(), vertex));
        List<List<Vertex>> columns = columns(vertices, byId);
        int tallest = columns.stream().mapToInt(List::size).max().orElse(0);
        int height = 2 * MARGIN + Math.max(0, tallest * (NODE_HEIGHT + GAP_Y) - GAP_Y);
        Map<String, Node> placed = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            List<Vertex> sorted = new ArrayList<>(columns.get(column));
            sorted.sort(Comparator.comparingDouble(vertex -> middle(vertex, placed)));
            int y = (height - sorted.size() * (NODE_HEIGHT + GAP_Y) + GAP_Y) / 2;
            for (Vertex vertex : sorted) {
                Node node = new Node(vertex, MARGIN + column * (NODE_WIDTH + GAP_X), y);
                placed.put(vertex.id(), node);
                nodes.add(node);
                y += NODE_HEIGHT + GAP_Y;
            }
        }
        List<Edge> edges = new ArrayList<>();
        for (Node node : nodes) {
            for (Input input : node.vertex().inputs()) {
                Node from = placed.get(input.id());
                if (from != null) {
                    edges.add(
                            new Edge(
                                    input.strategy(),
                                    from.x() + NODE_WIDTH,
                                    from.y() + NODE_HEIGHT / 2,
                                    node.x(),
                                    node.y() + NODE_HEIGHT / 2));
                }
            }
        }
        int width = 2 * MARGIN + Math.max(0, columns.size() * (NODE_WIDTH + GAP_X) - GAP_X);
        return new PlanGraph(width, height, nodes, edges);
    }

    private static double middle(Vertex vertex, Map<String, Node> placed) {
        return vertex.inputs().stream()
                .map(input -> placed.get(input.id()))
                .filter(node -> node != null)
                .mapToInt(Node::y)
                .average()
                .orElse(0);
    }

    private static List<List<Vertex>> columns(List<Vertex> vertices, Map<String, Vertex> byId) {
        Map<String, Integer> column = new HashMap<>();
        List<List<Vertex>> columns = new ArrayList<>();
        for (Vertex vertex : vertices) {
            int at = column(vertex, byId, column);
            while (columns.size() <= at) {
                columns.add(new ArrayList<>());
            }
            columns.get(at).add(vertex);
        }
        return columns;
    }

    private static int column(
            Vertex vertex, Map<String, Vertex> byId, Map<String, Integer> column) {
        Integer known = column.get(vertex.id());
        if (known != null) {
            return known;
        }
        // Plans have no cycles; if an answer has one, it ends here.
        column.put(vertex.id(), 0);
        int at = 0;
        for (Input input : vertex.inputs()) {
            Vertex from = byId.get(input.id());
            if (from != null) {
                at = Math.max(at, column(from, byId, column) + 1);
            }
        }
        column.put(vertex.id(), at);
        return at;
    }
}
