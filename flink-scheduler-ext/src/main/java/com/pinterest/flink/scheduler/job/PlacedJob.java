// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.explain.LastPlacements;
import com.pinterest.flink.scheduler.explain.PlacementDocument;
import com.pinterest.flink.scheduler.explain.PlacementText;
import com.pinterest.flink.scheduler.plan.Costs;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.runtime.scheduler.SchedulerNG;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job whose tasks are placed here: its names, and all who are told of its placement: the log, the
 * REST interface, and metrics. Thread-safe.
 */
public final class PlacedJob {

    private static final Logger LOG = LoggerFactory.getLogger(PlacedJob.class);

    @Nullable private final JobID id;
    private final String name;
    private final String scheduler;
    private final Map<JobVertexID, String> names;
    private final AtomicInteger fallbacks = new AtomicInteger();

    @Nullable private volatile PlacementDocument last;
    private volatile Measured measured = new Measured("uniform", Optional.empty());
    @Nullable private volatile SchedulerNG runningScheduler;

    /** What the job has cost so far, and how that is known. */
    private static final class Measured {

        private final String source;
        private final Optional<MeasuredCosts> costs;

        Measured(String source, Optional<MeasuredCosts> costs) {
            this.source = source;
            this.costs = costs;
        }
    }

    private PlacedJob(
            @Nullable JobID id,
            String name,
            String scheduler,
            Map<JobVertexID, String> names,
            MetricGroup metrics) {
        this.id = id;
        this.name = requireNonNull(name);
        this.scheduler = requireNonNull(scheduler);
        this.names = Map.copyOf(names);
        register(metrics.addGroup("placement"));
    }

    /**
     * Tells of a job.
     *
     * @param scheduler the type of its scheduler
     * @param metrics of the job on the JobManager
     */
    static PlacedJob of(JobGraph job, String scheduler, MetricGroup metrics) {
        Map<JobVertexID, String> names = new HashMap<>();
        for (JobVertex vertex : job.getVertices()) {
            names.put(vertex.getID(), vertex.getName());
        }
        return new PlacedJob(job.getJobID(), job.getName(), scheduler, names, metrics);
    }

    /** A job that nothing is known of; only the log is told of it. */
    public static PlacedJob unknown() {
        return new PlacedJob(null, "unknown", "unknown", Map.of(), new UnregisteredMetricsGroup());
    }

    /** The job whose scheduler gets this configuration, or else an unknown one. */
    public static PlacedJob of(Configuration configuration) {
        return configuration instanceof PlacedJobConfiguration
                ? ((PlacedJobConfiguration) configuration).job()
                : unknown();
    }

    private void register(MetricGroup metrics) {
        MetricGroup utilisation = metrics.addGroup("utilisation");
        utilisation.gauge("max", () -> figure("placed", "utilisation"));
        utilisation.gauge("mean", () -> figure("utilisation-mean"));
        MetricGroup bytes = metrics.addGroup("bytes");
        for (String level : new String[] {"zones", "racks", "hosts"}) {
            bytes.gauge(level, () -> figure("placed", level));
        }
        metrics.gauge("planningMs", () -> figure("plan", "planning-ms"));
        metrics.gauge("fallbacks", fallbacks::get);
    }

    private double figure(String... path) {
        PlacementDocument document = last;
        return document == null ? Double.NaN : document.number(path);
    }

    /** The name of a vertex, or its id. */
    String nameOf(JobVertexID vertex) {
        return names.getOrDefault(vertex, vertex.toString());
    }

    /** The name of the job. */
    String name() {
        return name;
    }

    /** What is known of the costs of the job: hints, and then what was measured. */
    public CostModel costs(CostHints hints) {
        return (graph, vertices) -> {
            Measured now = measured;
            return hints.costs(
                    graph,
                    vertices,
                    now.costs
                            .flatMap(costs -> costs.costs(now.source, graph, vertices))
                            .orElseGet(() -> Costs.uniform(graph)));
        };
    }

    /** Takes over what an earlier run has cost. */
    void setProfile(Optional<MeasuredCosts> profile) {
        if (profile.isPresent()) {
            measured = new Measured("profile", profile);
        }
    }

    /** Sets the scheduler, which knows what ended attempts have cost. */
    void setScheduler(SchedulerNG newScheduler) {
        runningScheduler = newScheduler;
    }

    /**
     * Takes over what ended attempts of the tasks have cost, if there are any. To be called in the
     * main thread of the JobMaster.
     *
     * @return what they have cost; empty if that is not known
     */
    Optional<MeasuredCosts> measure() {
        SchedulerNG scheduler = runningScheduler;
        if (scheduler == null) {
            return Optional.empty();
        }
        try {
            Optional<MeasuredCosts> costs =
                    MeasuredCosts.of(scheduler.requestJob().getArchivedExecutionGraph());
            // A part of the job says less than a profile of all of it.
            if (costs.isPresent()
                    && (measured.costs.isEmpty() || costs.get().covers(names.keySet()))) {
                measured = new Measured("former attempts", costs);
            }
            return costs;
        } catch (RuntimeException e) {
            LOG.warn("What the tasks of {} have cost is not known", this, e);
            return Optional.empty();
        }
    }

    /** Whether the job, or an attempt of it, has been placed. */
    boolean isPlaced() {
        return last != null;
    }

    /** How many slots the other jobs of this process use, by the id of the TaskManager. */
    Map<String, Integer> slotsOfOthers() {
        return LastPlacements.slotsOfOthers(id);
    }

    /** Tells that the job has ended. */
    void ended() {
        if (id != null) {
            LastPlacements.end(id);
        }
    }

    /** A document with what is the same for all plans. */
    ObjectNode newDocument(PlacementSettings settings) {
        return newDocument(settings.mode().name());
    }

    private ObjectNode newDocument(String mode) {
        ObjectNode root = RestMapperUtils.getStrictObjectMapper().createObjectNode();
        root.put("version", PlacementDocument.VERSION);
        root.put("job-id", id == null ? null : id.toHexString());
        root.put("job-name", name);
        root.put("scheduler", scheduler);
        root.put("mode", mode.toLowerCase(Locale.ROOT));
        root.put("time", Instant.now().toString());
        root.putNull("fallback");
        root.put("fallbacks", fallbacks.get());
        return root;
    }

    /** Tells of a placement. */
    void placed(ObjectNode root) {
        PlacementDocument document = PlacementDocument.of(root);
        keep(document);
        LOG.info("Placement of {}: {}", this, PlacementText.line(document));
        LOG.debug("Placement of {}: {}", this, document);
    }

    /** Tells that upstream's placement is used, and why, where settings may be the reason. */
    public void fellBack(Configuration configuration, RuntimeException reason) {
        fellBack(configuration.get(PlacementOptions.MODE).name(), reason);
    }

    /** Tells that upstream's placement is used, and why. */
    void fellBack(PlacementSettings settings, RuntimeException reason) {
        fellBack(settings.mode().name(), reason);
    }

    private void fellBack(String mode, RuntimeException reason) {
        fallbacks.incrementAndGet();
        ObjectNode root = newDocument(mode);
        String text = reason.getMessage();
        root.put("fallback", text == null ? reason.toString() : text);
        for (String absent : new String[] {"costs", "plan", "upstream", "placed"}) {
            root.putNull(absent);
        }
        root.putNull("utilisation-mean");
        root.putArray("vertices");
        root.putArray("task-managers");
        PlacementDocument document = PlacementDocument.of(root);
        keep(document);
        LOG.warn("Placement of {} {}", this, PlacementText.line(document), reason);
    }

    /**
     * Tells that all tasks return to the slots that they had, so that the placement is as before.
     */
    void returned() {
        LOG.info("Placement of {}: all tasks return to the slots that they had.", this);
    }

    private void keep(PlacementDocument document) {
        last = document;
        if (id != null) {
            LastPlacements.put(id, document);
        }
    }

    @Override
    public String toString() {
        return id == null ? name : name + " (" + id + ")";
    }
}
