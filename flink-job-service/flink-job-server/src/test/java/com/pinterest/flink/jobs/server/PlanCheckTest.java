// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New plans for a run of which the vertices "a" and "d" have state, for at most 128 subtasks. */
final class PlanCheckTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RUN = "a".repeat(32);

    @TempDir private Path directory;

    private FakeFlink flink;
    private FlinkRest rest;

    @BeforeEach
    void startJob() throws Exception {
        flink = new FakeFlink();
        rest =
                new FlinkRest(
                        HttpClient.newHttpClient(), JSON, flink.address(), new Secrets(directory));
        rest.post("/jars/a/run-application", Map.of("jobId", RUN));
    }

    @AfterEach
    void stop() {
        flink.close();
    }

    private Finding<String> check(Map<String, Integer> plan, Map<String, String> configuration)
            throws Exception {
        RunSpec spec =
                new RunSpec(
                        "local",
                        "b",
                        "",
                        List.of(),
                        1,
                        configuration,
                        false,
                        "file:///savepoints",
                        UpgradeMode.SAVEPOINT,
                        1,
                        0,
                        null,
                        3,
                        Retention.ALL);
        flink.plan = plan;
        JsonNode answer = rest.post("/jars/a/plan", Map.of()).body();
        return PlanCheck.check(rest, answer, spec, RUN);
    }

    @Test
    void planThatFitsTheStateIsTaken() throws Exception {
        Finding<String> fits = check(Map.of("a", 8, "d", 128, "new", 900), Map.of());

        assertThat(fits.isYes()).isTrue();
        assertThat(fits.detail()).isEqualTo("the plan has 3 vertices");
    }

    @Test
    void vertexWithStateThatIsGoneIsPointedOut() throws Exception {
        Finding<String> gone = check(Map.of("a", 4, "x", 4), Map.of());

        assertThat(gone.isYes()).isTrue();
        assertThat(gone.detail())
                .isEqualTo(
                        "the plan has 2 vertices; \"Window: delays by airport and hour\" has state"
                                + " and is not in the plan: has its uid or chain changed?");
    }

    @Test
    void parallelismThatTheStateDoesNotAllowIsRefused() throws Exception {
        Finding<String> much = check(Map.of("a", 4, "d", 129), Map.of());

        assertThat(much.isNo()).isTrue();
        assertThat(much.detail()).contains("at most 128 subtasks").contains("the plan has 129");
    }

    @Test
    void otherMaximumParallelismIsPointedOut() throws Exception {
        Map<String, Integer> plan = Map.of("a", 4, "d", 8);

        assertThat(check(plan, Map.of("pipeline.max-parallelism", "128")).detail())
                .isEqualTo("the plan has 2 vertices");
        assertThat(check(plan, Map.of("pipeline.max-parallelism", "256")).detail())
                .contains("has the maximum parallelism 128, and pipeline.max-parallelism is 256");
    }
}
