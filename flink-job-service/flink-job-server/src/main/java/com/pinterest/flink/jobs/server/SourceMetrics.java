// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.pinterest.flink.jobs.protocol.Pace;
import com.pinterest.flink.jobs.server.FlinkRest.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast a job reads, by the metrics of its sources, which the JobManager has gathered. */
final class SourceMetrics {

    private static final String EMITTED = "numRecordsOut";
    private static final String RATE = "numRecordsOutPerSecond";
    private static final String LAG = "pendingRecords";

    /** Flink calls the operators of sources "Source: NAME"; metrics have no such characters. */
    private static final Pattern METRIC =
            Pattern.compile("Source__.*\\.(" + EMITTED + "|" + RATE + "|" + LAG + ")");

    /** The window of Flink's rates. Before it is full, they are too low. */
    private static final double WINDOW_SECONDS = 60;

    private final FlinkRest rest;
    private final String path;
    private final double seconds;

    private double recordsPerSecond;
    private long lag;
    private boolean found;

    private SourceMetrics(FlinkRest rest, String path, double seconds) {
        this.rest = rest;
        this.path = path;
        this.seconds = seconds;
    }

    /**
     * Reads the pace of a job.
     *
     * @param job the details of the job
     * @return empty if the JobManager has no metrics of a source, perhaps not yet
     * @throws IOException if the JobManager does not answer
     */
    static Optional<Pace> pace(FlinkRest rest, String runId, JsonNode job) throws IOException {
        double seconds =
                (job.path("now").asLong() - job.at("/timestamps/RUNNING").asLong()) / 1_000.0;
        SourceMetrics metrics =
                new SourceMetrics(rest, "/jobs/" + runId + "/vertices/", Math.max(1, seconds));
        for (JsonNode vertex : job.at("/plan/nodes")) {
            if (vertex.path("inputs").isEmpty() && !metrics.add(vertex.path("id").asText())) {
                return Optional.empty();
            }
        }
        return metrics.found
                ? Optional.of(new Pace(metrics.recordsPerSecond, metrics.lag))
                : Optional.empty();
    }

    /** Adds the sources of a vertex; returns whether it has any whose metrics are known. */
    private boolean add(String vertex) throws IOException {
        String all = path + vertex + "/subtasks/metrics";
        List<String> names = new ArrayList<>();
        for (JsonNode metric : rest.get(all).body()) {
            String name = metric.path("id").asText();
            if (METRIC.matcher(name).matches()) {
                names.add(URLEncoder.encode(name, UTF_8));
            }
        }
        if (names.isEmpty()) {
            return false;
        }
        Answer answer = rest.get(all + "?agg=sum&get=" + String.join(",", names));
        boolean tellsLag = false;
        double emitted = 0;
        double rate = 0;
        for (JsonNode metric : answer.body()) {
            Matcher matcher = METRIC.matcher(metric.path("id").asText());
            double sum = metric.path("sum").asDouble();
            switch (matcher.matches() ? matcher.group(1) : "") {
                case EMITTED -> emitted += sum;
                case RATE -> rate += sum;
                case LAG -> {
                    tellsLag = true;
                    lag = lag < 0 ? lag : lag + Math.max(0, (long) sum);
                }
                default -> {}
            }
        }
        found = true;
        recordsPerSecond += seconds < WINDOW_SECONDS ? emitted / seconds : rate;
        lag = tellsLag ? lag : -1;
        return true;
    }
}
