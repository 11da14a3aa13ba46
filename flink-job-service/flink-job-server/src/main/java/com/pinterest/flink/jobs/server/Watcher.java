// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Change.Desired;
import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.RunStatus;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all runs that have not ended, notes what it sees, and notes the end of those that ended
 * by themselves. A job that failed and should run is recovered, as often as its specification
 * allows. No answer changes nothing but the age of what was seen last.
 */
final class Watcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final int PAGE = 500;

    /** The state that is noted when there is no answer. */
    static final String UNKNOWN = "UNKNOWN";

    private final JobDatabase database;
    private final ClusterRegistry clusters;
    private final Timing timing;
    private final Duration interval;
    private final Clock clock;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(OperationLoop.daemon("watcher"));

    /** Since when the leader has said that it does not know a run. Only the watcher's thread. */
    private final Map<String, Instant> noSince = new HashMap<>();

    Watcher(
            JobDatabase database,
            ClusterRegistry clusters,
            Timing timing,
            Duration interval,
            Clock clock) {
        this.database = database;
        this.clusters = clusters;
        this.timing = timing;
        this.interval = interval;
        this.clock = clock;
    }

    void start() {
        ScheduledFuture<?> unused =
                scheduler.scheduleWithFixedDelay(
                        this::look, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (Run run : database.liveRuns()) {
                look(run);
            }
            recoverAll();
        } catch (RuntimeException e) {
            LOG.error("The runs cannot be watched", e);
        }
    }

    private void look(Run run) {
        Deployment deployment = run.deployment();
        SessionCluster cluster = clusters.get(deployment.cluster());
        Finding<RunStatus> seen = cluster.run(deployment.runId(), "");
        Instant now = clock.instant();
        if (!seen.isNo()) {
            noSince.remove(deployment.runId());
        }
        if (seen.isUnknown()) {
            if (!run.seenState().equals(UNKNOWN)) {
                see(run, UNKNOWN, seen.detail(), run.checkpointPath(), now);
            }
            return;
        }
        if (seen.isNo()) {
            Instant since = noSince.computeIfAbsent(deployment.runId(), key -> now);
            if (!now.isBefore(since.plus(timing.settle()))) {
                end(deployment.ended(RunState.LOST, seen.detail(), ""), now);
            }
            return;
        }
        RunStatus status = seen.value();
        if (status.state().isTerminal()) {
            end(deployment.ended(status.state(), status.cause(), ""), now);
            return;
        }
        Finding<String> checkpoint = cluster.lastCheckpoint(deployment.runId());
        see(
                run,
                status.state().name(),
                seen.detail(),
                checkpoint.optional().orElse(run.checkpointPath()),
                now);
    }

    private void see(Run run, String state, String detail, String checkpoint, Instant now) {
        database.see(run.deployment(), state, detail, run.restarts(), checkpoint, now);
    }

    private void end(Deployment ended, Instant now) {
        if (database.endByItself(ended, now)) {
            noSince.remove(ended.runId());
            LOG.warn(
                    "{} epoch {} has ended: {} {}",
                    ended.job(),
                    ended.epoch(),
                    ended.end(),
                    ended.cause());
        }
    }

    private void recoverAll() {
        Optional<JobKey> after = Optional.empty();
        while (true) {
            List<Job> page = database.jobs(after, PAGE);
            for (Job job : page) {
                if (job.desired() == Desired.RUNNING) {
                    recover(job);
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            after = Optional.of(page.get(page.size() - 1).key());
        }
    }

    private void recover(Job job) {
        Optional<Run> newest = database.runs(job.key(), 1).stream().findFirst();
        if (newest.isEmpty() || !newest.get().deployment().isEnded()) {
            return;
        }
        Deployment ended = newest.get().deployment();
        if (ended.end() != RunState.FAILED && ended.end() != RunState.LOST) {
            return;
        }
        Instant now = clock.instant();
        int budget =
                database.revision(job.key(), ended.revision())
                        .map(Revision::spec)
                        .orElseThrow()
                        .recoveriesPerHour();
        if (database.recoveries(job.key(), now.minus(Duration.ofHours(1))) >= budget) {
            return;
        }
        Request request = Request.of(Kind.RECOVER, ended.revision(), "service");
        try {
            database.openOperation(job.key(), request, Optional.empty(), "", now);
            LOG.info("{} is recovered", job.key());
        } catch (RefusedException e) {
            // An operation is open: what it does comes first.
            LOG.debug("{} is not recovered: {}", job.key(), e.getMessage());
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
