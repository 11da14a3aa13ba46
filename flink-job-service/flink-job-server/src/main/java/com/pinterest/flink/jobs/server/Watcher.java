// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

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
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import com.pinterest.flink.jobs.store.Rows.Sighting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all runs that have not ended, notes what it sees, and notes the end of those that ended
 * by themselves. A job that failed and should run is recovered, as often as its specification
 * allows. No answer changes nothing but the age of what was seen last.
 */
final class Watcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final int THREADS = 8;
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(30);

    /** The state that is noted when there is no answer. */
    static final String UNKNOWN = "UNKNOWN";

    private final JobDatabase database;
    private final ClusterRegistry clusters;
    private final Timing timing;
    private final Duration interval;
    private final Clock clock;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(OperationLoop.daemon("watcher"));

    /** Looks at one cluster each. */
    private final ExecutorService workers =
            Executors.newFixedThreadPool(THREADS, OperationLoop.daemon("watcher-cluster"));

    /** The clusters that are being looked at. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    /** Since when the leader has said that it does not know a run. */
    private final Map<String, Instant> noSince = new ConcurrentHashMap<>();

    /** When the last checkpoint of a run was asked for. */
    private final Map<String, Instant> checkpointAt = new ConcurrentHashMap<>();

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
            Map<String, List<Run>> byCluster =
                    database.liveRuns().stream()
                            .collect(Collectors.groupingBy(run -> run.deployment().cluster()));
            Set<String> live =
                    byCluster.values().stream()
                            .flatMap(List::stream)
                            .map(run -> run.deployment().runId())
                            .collect(Collectors.toSet());
            noSince.keySet().retainAll(live);
            checkpointAt.keySet().retainAll(live);
            byCluster.forEach(
                    (cluster, runs) -> {
                        // A cluster that does not answer must not hold up the others.
                        if (busy.add(cluster)) {
                            workers.execute(() -> look(cluster, runs));
                        }
                    });
            database.runsToRecover().forEach(this::recover);
        } catch (RuntimeException e) {
            LOG.error("The runs cannot be watched", e);
        }
    }

    private void look(String name, List<Run> runs) {
        try {
            FlinkCluster cluster = clusters.get(name);
            Finding<Map<String, String>> healthy = cluster.healthyRuns();
            List<Sighting> sightings = new ArrayList<>();
            for (Run run : runs) {
                if (healthy.isUnknown()) {
                    notKnown(run, healthy.detail()).ifPresent(sightings::add);
                } else {
                    look(cluster, run, healthy.value().get(run.deployment().runId()))
                            .ifPresent(sightings::add);
                }
            }
            database.see(sightings, clock.instant());
        } catch (RuntimeException e) {
            LOG.error("The runs on {} cannot be watched", name, e);
        } finally {
            busy.remove(name);
        }
    }

    /** The time of the last sighting stays. */
    private Optional<Sighting> notKnown(Run run, String detail) {
        noSince.remove(run.deployment().runId());
        return run.seenState().equals(UNKNOWN)
                ? Optional.empty()
                : Optional.of(
                        new Sighting(run.deployment(), UNKNOWN, detail, run.checkpointPath()));
    }

    private Optional<Sighting> look(FlinkCluster cluster, Run run, String healthy) {
        Deployment deployment = run.deployment();
        String id = deployment.runId();
        if (healthy != null) {
            noSince.remove(id);
            return Optional.of(sighting(cluster, run, RunState.RUNNING.name(), healthy));
        }
        Finding<RunStatus> seen = cluster.run(id, "");
        Instant now = clock.instant();
        if (seen.isUnknown()) {
            return notKnown(run, seen.detail());
        }
        if (seen.isNo()) {
            Instant since = noSince.computeIfAbsent(id, key -> now);
            if (!now.isBefore(since.plus(timing.settle()))) {
                end(deployment.ended(RunState.LOST, seen.detail(), ""), now);
            }
            return Optional.empty();
        }
        noSince.remove(id);
        RunStatus status = seen.value();
        if (status.state().isTerminal()) {
            end(deployment.ended(status.state(), status.cause(), ""), now);
            return Optional.empty();
        }
        return Optional.of(sighting(cluster, run, status.state().name(), seen.detail()));
    }

    /** The last checkpoint is for people, and costs a question for each run: now and then. */
    private Sighting sighting(FlinkCluster cluster, Run run, String state, String detail) {
        String id = run.deployment().runId();
        Instant now = clock.instant();
        Instant last = checkpointAt.getOrDefault(id, Instant.MIN);
        String checkpoint = run.checkpointPath();
        if (now.isAfter(last.plus(CHECKPOINT_INTERVAL))) {
            checkpointAt.put(id, now);
            checkpoint = cluster.lastCheckpoint(id).optional().orElse(checkpoint);
        }
        return new Sighting(run.deployment(), state, detail, checkpoint);
    }

    private void end(Deployment ended, Instant now) {
        if (database.endByItself(ended, now)) {
            LOG.warn(
                    "{} epoch {} has ended: {} {}",
                    ended.job(),
                    ended.epoch(),
                    ended.end(),
                    ended.cause());
        }
    }

    private void recover(Deployment ended) {
        JobKey job = ended.job();
        Instant now = clock.instant();
        int budget =
                database.revision(job, ended.revision())
                        .map(Revision::spec)
                        .orElseThrow()
                        .recoveriesPerHour();
        if (database.recoveries(job, now.minus(Duration.ofHours(1))) >= budget) {
            return;
        }
        Request request = Request.of(Kind.RECOVER, ended.revision(), "service");
        try {
            database.openOperation(job, request, Optional.empty(), "", now);
            LOG.info("{} is recovered", job);
        } catch (RefusedException e) {
            // An operation is open: what it does comes first.
            LOG.debug("{} is not recovered: {}", job, e.getMessage());
        }
    }

    /** Waits for those that look: the database must not be closed under them. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        workers.shutdownNow();
        try {
            scheduler.awaitTermination(10, TimeUnit.SECONDS);
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
