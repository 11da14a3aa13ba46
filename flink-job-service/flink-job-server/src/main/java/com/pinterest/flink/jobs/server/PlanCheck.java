// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.server.FlinkRest.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the plan of a new revision with that of the run whose state it is to begin with. The id
 * of a vertex comes from the uid of its first operator.
 */
final class PlanCheck {

    private static final String MAX_PARALLELISM = "pipeline.max-parallelism";

    /** The vertices of the new plan, by their ids, with their parallelism. */
    private final Map<String, Integer> planned = new HashMap<>();

    private final RunSpec spec;

    private PlanCheck(JsonNode plan, RunSpec spec) {
        for (JsonNode node : plan.at("/plan/nodes")) {
            planned.put(node.path("id").asText(), node.path("parallelism").asInt());
        }
        this.spec = spec;
    }

    /**
     * Says NO to what Flink refuses for certain. What it may refuse is in the detail of a YES: a
     * chain can have another first operator and still hold the same state.
     *
     * @param plan the JobManager's answer to a request for the plan
     * @param runId of the run that the plan takes the place of, empty if there is none
     * @throws IOException if the JobManager does not answer
     */
    static Finding<String> check(FlinkRest rest, JsonNode plan, RunSpec spec, String runId)
            throws IOException {
        PlanCheck check = new PlanCheck(plan, spec);
        String vertices = "the plan has " + check.planned.size() + " vertices";
        if (runId.isEmpty()) {
            return Finding.yes("", vertices);
        }
        String run = "/jobs/" + runId;
        Answer checkpoints = rest.get(run + "/checkpoints");
        JsonNode last = checkpoints.body().at("/latest/completed/id");
        if (!last.isNumber()) {
            return Finding.yes("", vertices + "; the running one has no state yet");
        }
        JsonNode states =
                rest.get(run + "/checkpoints/details/" + last.asLong()).body().path("tasks");
        return check.compare(rest.get(run).body(), states, vertices);
    }

    private Finding<String> compare(JsonNode job, JsonNode states, String vertices) {
        List<String> warnings = new ArrayList<>();
        for (JsonNode vertex : job.path("vertices")) {
            String id = vertex.path("id").asText();
            if (states.path(id).path("state_size").asLong() == 0) {
                continue;
            }
            String name = '"' + vertex.path("name").asText() + '"';
            Integer parallelism = planned.get(id);
            int most = vertex.path("maxParallelism").asInt();
            if (parallelism == null) {
                warnings.add(
                        name + " has state and is not in the plan: has its uid or chain changed?");
                continue;
            }
            if (parallelism > most) {
                return Finding.no(
                        "the state of "
                                + name
                                + " can be read by at most "
                                + most
                                + " subtasks, its maximum parallelism, and the plan has "
                                + parallelism);
            }
            String wanted = spec.configuration().getOrDefault(MAX_PARALLELISM, "");
            if (!wanted.isEmpty() && !wanted.equals(Integer.toString(most))) {
                warnings.add(
                        "the state of "
                                + name
                                + " has the maximum parallelism "
                                + most
                                + ", and "
                                + MAX_PARALLELISM
                                + " is "
                                + wanted);
            }
        }
        return Finding.yes(
                "", warnings.isEmpty() ? vertices : vertices + "; " + String.join("; ", warnings));
    }
}
