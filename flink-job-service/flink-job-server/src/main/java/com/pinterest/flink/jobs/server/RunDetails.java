// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.pinterest.flink.jobs.server.PlanGraph.Input;
import com.pinterest.flink.jobs.server.PlanGraph.Vertex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What Flink says about a run, for people: plan, vertices, checkpoints, exceptions. */
record RunDetails(
        String state,
        PlanGraph graph,
        List<VertexRow> vertices,
        Checkpoints checkpoints,
        List<Failure> failures) {

    private static final int NONE = -1;

    /**
     * A vertex and what it has done.
     *
     * @param busy share of the time since the start, in percent, as the next; -1 if not known
     */
    record VertexRow(
            String name,
            int parallelism,
            int maxParallelism,
            String status,
            long recordsIn,
            long recordsOut,
            int busy,
            int backpressured) {}

    /** The checkpoints of a run, the oldest first. */
    record Checkpoints(
            long completed, long failed, long inProgress, String restored, List<Checkpoint> last) {}

    /**
     * A checkpoint.
     *
     * @param kind checkpoint or savepoint
     * @param failure empty if it has not failed
     */
    record Checkpoint(
            long id,
            String kind,
            String status,
            Instant at,
            long durationMillis,
            long bytes,
            String path,
            String failure) {}

    /** Why tasks failed. */
    record Failure(Instant at, String name, String task, String where, String trace) {

        /** The first line of the trace. */
        String summary() {
            return trace.lines().findFirst().orElse(name);
        }
    }

    /**
     * Reads the answers of the REST interface.
     *
     * @param hide takes the secrets out of a text
     */
    static RunDetails of(
            JsonNode job, JsonNode checkpoints, JsonNode exceptions, UnaryOperator<String> hide) {
        Map<String, List<Input>> inputs = new HashMap<>();
        for (JsonNode node : job.at("/plan/nodes")) {
            List<Input> of = new ArrayList<>();
            for (JsonNode input : node.path("inputs")) {
                of.add(new Input(input.path("id").asText(), input.path("ship_strategy").asText()));
            }
            inputs.put(node.path("id").asText(), of);
        }
        List<Vertex> drawn = new ArrayList<>();
        List<VertexRow> rows = new ArrayList<>();
        for (JsonNode vertex : job.path("vertices")) {
            String id = vertex.path("id").asText();
            drawn.add(
                    new Vertex(
                            id,
                            hide.apply(vertex.path("name").asText()),
                            vertex.path("parallelism").asInt(),
                            vertex.path("status").asText(),
                            inputs.getOrDefault(id, List.of())));
            rows.add(row(vertex, hide));
        }
        return new RunDetails(
                job.path("state").asText(),
                PlanGraph.of(drawn),
                rows,
                checkpoints(checkpoints, hide),
                failures(exceptions, hide));
    }

    private static VertexRow row(JsonNode vertex, UnaryOperator<String> hide) {
        JsonNode metrics = vertex.path("metrics");
        double busy = time(metrics, "accumulated-busy-time");
        double backpressured = time(metrics, "accumulated-backpressured-time");
        double all = busy + backpressured + time(metrics, "accumulated-idle-time");
        return new VertexRow(
                hide.apply(vertex.path("name").asText()),
                vertex.path("parallelism").asInt(),
                vertex.path("maxParallelism").asInt(),
                vertex.path("status").asText(),
                metrics.path("read-records").asLong(),
                metrics.path("write-records").asLong(),
                all > 0 ? (int) Math.round(100 * busy / all) : NONE,
                all > 0 ? (int) Math.round(100 * backpressured / all) : NONE);
    }

    /** A time can be the text NaN. */
    private static double time(JsonNode metrics, String name) {
        double time = metrics.path(name).asDouble();
        return Double.isNaN(time) ? 0 : time;
    }

    private static Checkpoints checkpoints(JsonNode answer, UnaryOperator<String> hide) {
        JsonNode counts = answer.path("counts");
        List<Checkpoint> last = new ArrayList<>();
        for (JsonNode one : answer.path("history")) {
            last.add(
                    new Checkpoint(
                            one.path("id").asLong(),
                            one.path("is_savepoint").asBoolean() ? "savepoint" : "checkpoint",
                            one.path("status").asText(),
                            Instant.ofEpochMilli(one.path("trigger_timestamp").asLong()),
                            one.path("end_to_end_duration").asLong(),
                            one.path("state_size").asLong(),
                            text(one.path("external_path")),
                            hide.apply(text(one.path("failure_message")))));
        }
        last.sort(Comparator.comparingLong(Checkpoint::id));
        return new Checkpoints(
                counts.path("completed").asLong(),
                counts.path("failed").asLong(),
                counts.path("in_progress").asLong(),
                text(answer.at("/latest/restored/external_path")),
                last);
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.asText() : "";
    }

    private static List<Failure> failures(JsonNode answer, UnaryOperator<String> hide) {
        List<Failure> failures = new ArrayList<>();
        for (JsonNode entry : answer.at("/exceptionHistory/entries")) {
            failures.add(
                    new Failure(
                            Instant.ofEpochMilli(entry.path("timestamp").asLong()),
                            text(entry.path("exceptionName")),
                            hide.apply(text(entry.path("taskName"))),
                            text(entry.path("endpoint")),
                            hide.apply(text(entry.path("stacktrace")))));
        }
        return failures;
    }
}
