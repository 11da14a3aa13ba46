// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Pace;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pace of a job of two sources, by the metrics of a JobManager. */
final class SourceMetricsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOB = "a".repeat(32);

    @TempDir private Path directory;

    private FakeFlink flink;
    private FlinkRest rest;

    @BeforeEach
    void startJob() throws Exception {
        flink = new FakeFlink();
        rest =
                new FlinkRest(
                        HttpClient.newHttpClient(), JSON, flink.address(), new Secrets(directory));
        rest.post("/jars/a/run-application", Map.of("jobId", JOB));
    }

    @AfterEach
    void stop() {
        flink.close();
    }

    private static JsonNode job(int seconds, String... sources) {
        var job = JSON.createObjectNode().put("now", 1_000 * (100 + seconds));
        job.putObject("timestamps").put("RUNNING", 100_000);
        var nodes = job.putObject("plan").putArray("nodes");
        List.of(sources).forEach(source -> nodes.addObject().put("id", source));
        nodes.addObject().put("id", "c").putArray("inputs").addObject().put("id", "a");
        return job;
    }

    private Optional<Pace> pace(JsonNode job) throws Exception {
        return SourceMetrics.pace(rest, JOB, job);
    }

    @Test
    void rateAndLagAreThoseOfAllSources() throws Exception {
        flink.rate = 500;
        flink.lag = 30;

        assertThat(pace(job(100, "a", "b"))).contains(new Pace(1_000, 60));
    }

    @Test
    void rateOfTheFirstMinuteIsThatSinceTheStart() throws Exception {
        // Flink's own rates would be those of a whole minute.
        flink.rate = 500;

        assertThat(pace(job(45, "a"))).contains(new Pace(90 * 500 / 45.0, 0));
    }

    @Test
    void sourceWithoutMetricsYetLeavesThePaceUnknown() throws Exception {
        assertThat(pace(job(100, "a", "d"))).isEmpty();
        assertThat(pace(job(100))).isEmpty();
    }
}
