// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What Prometheus gets, in its text format. */
final class Metrics {

    private static final int PAGE = 500;

    private Metrics() {}

    static String text(JobDatabase database, Instant now) {
        Map<String, Integer> phases = new TreeMap<>();
        Optional<JobKey> after = Optional.empty();
        List<Job> page;
        do {
            page = database.jobs("", after, PAGE);
            for (Job job : page) {
                Optional<Run> newest = database.runs(job.key(), 1).stream().findFirst();
                Optional<Operation> open =
                        database.operations(job.key(), 1).stream()
                                .filter(operation -> !operation.isClosed())
                                .findFirst();
                phases.merge(Phases.of(newest, open), 1, Integer::sum);
                after = Optional.of(job.key());
            }
        } while (page.size() == PAGE);
        long oldest =
                database.liveRuns().stream()
                        .mapToLong(run -> Duration.between(run.seenAt(), now).toSeconds())
                        .max()
                        .orElse(0);
        StringBuilder text = new StringBuilder();
        text.append("# HELP flink_job_service_jobs Jobs by phase.\n");
        text.append("# TYPE flink_job_service_jobs gauge\n");
        phases.forEach(
                (phase, count) ->
                        text.append("flink_job_service_jobs{phase=\"")
                                .append(phase)
                                .append("\"} ")
                                .append(count)
                                .append('\n'));
        gauge(
                text,
                "flink_job_service_open_operations",
                "Operations that have not ended.",
                database.openOperations().size());
        gauge(
                text,
                "flink_job_service_evidence_age_seconds",
                "Age of what was last seen of the run that was seen longest ago.",
                oldest);
        return text.toString();
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
        text.append(name).append(' ').append(value).append('\n');
    }
}
