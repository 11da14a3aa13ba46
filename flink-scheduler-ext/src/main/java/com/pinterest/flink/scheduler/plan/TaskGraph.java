// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * A job's graph as the planner sees it: job vertices with their parallelism, and the edges between
 * them as patterns, never as lists of channels. Immutable.
 */
public final class TaskGraph {

    /** How the subtasks of two vertices are connected. */
    public enum Pattern {
        /** Each subtask with a contiguous range of the other side's; one to one if equally many. */
        POINTWISE,
        /** Each subtask with all of the other side. */
        ALL_TO_ALL
    }

    /** A job vertex. */
    public static final class Vertex {

        private final String id;
        private final int parallelism;
        private final int sharingGroup;
        private final int coLocationGroup;

        private Vertex(String id, int parallelism, int sharingGroup, int coLocationGroup) {
            this.id = requireNonNull(id);
            this.parallelism = parallelism;
            this.sharingGroup = sharingGroup;
            this.coLocationGroup = coLocationGroup;
        }

        /** Names the vertex in explanations. */
        public String id() {
            return id;
        }

        /** The number of subtasks, at least 1. */
        public int parallelism() {
            return parallelism;
        }

        /** The index of the slot sharing group, from 0. */
        public int sharingGroup() {
            return sharingGroup;
        }

        /** The index of the co-location group, or -1 for none. */
        public int coLocationGroup() {
            return coLocationGroup;
        }
    }

    /** An edge between two vertices. */
    public static final class Edge {

        private final int source;
        private final int target;
        private final Pattern pattern;

        private Edge(int source, int target, Pattern pattern) {
            this.source = source;
            this.target = target;
            this.pattern = requireNonNull(pattern);
        }

        /** The index of the producing vertex. */
        public int source() {
            return source;
        }

        /** The index of the consuming vertex. */
        public int target() {
            return target;
        }

        public Pattern pattern() {
            return pattern;
        }
    }

    private final List<Vertex> vertices;
    private final List<Edge> edges;
    private final int sharingGroups;
    private final int tasks;

    private TaskGraph(List<Vertex> vertices, List<Edge> edges) {
        this.vertices = List.copyOf(vertices);
        this.edges = List.copyOf(edges);
        this.sharingGroups = vertices.stream().mapToInt(Vertex::sharingGroup).max().orElse(-1) + 1;
        this.tasks = vertices.stream().mapToInt(Vertex::parallelism).sum();
    }

    public static Builder builder() {
        return new Builder();
    }

    public List<Vertex> vertices() {
        return vertices;
    }

    public List<Edge> edges() {
        return edges;
    }

    /** The number of slot sharing groups. */
    public int sharingGroups() {
        return sharingGroups;
    }

    /** The number of subtasks of all vertices. */
    public int tasks() {
        return tasks;
    }

    /** The number of slots that a sharing group needs: its highest parallelism. */
    public int slotsOf(int sharingGroup) {
        int slots = 0;
        for (Vertex vertex : vertices) {
            if (vertex.sharingGroup == sharingGroup) {
                slots = Math.max(slots, vertex.parallelism);
            }
        }
        return slots;
    }

    /** Collects vertices and edges. Not thread-safe. */
    public static final class Builder {

        private final List<Vertex> vertices = new ArrayList<>();
        private final List<Edge> edges = new ArrayList<>();

        private Builder() {}

        /** Adds a vertex of no co-location group and returns its index. */
        public int vertex(String id, int parallelism, int sharingGroup) {
            return vertex(id, parallelism, sharingGroup, -1);
        }

        /**
         * Adds a vertex and returns its index.
         *
         * @param coLocationGroup -1 for none; subtasks of one index and group share a slot
         */
        public int vertex(String id, int parallelism, int sharingGroup, int coLocationGroup) {
            if (parallelism < 1 || sharingGroup < 0 || coLocationGroup < -1) {
                throw new IllegalArgumentException(
                        String.format(
                                "Vertex %s: parallelism %d, sharing group %d, co-location group %d",
                                id, parallelism, sharingGroup, coLocationGroup));
            }
            for (Vertex other : vertices) {
                if (coLocationGroup >= 0
                        && other.coLocationGroup == coLocationGroup
                        && other.sharingGroup != sharingGroup) {
                    throw new IllegalArgumentException(
                            "Co-located, but in different sharing groups: " + id + ", " + other.id);
                }
            }
            vertices.add(new Vertex(id, parallelism, sharingGroup, coLocationGroup));
            return vertices.size() - 1;
        }

        /** Connects two vertices that were added before. */
        public Builder edge(int source, int target, Pattern pattern) {
            if (source == target) {
                throw new IllegalArgumentException("An edge from a vertex to itself: " + source);
            }
            vertices.get(source);
            vertices.get(target);
            edges.add(new Edge(source, target, pattern));
            return this;
        }

        public TaskGraph build() {
            return new TaskGraph(vertices, edges);
        }
    }
}
