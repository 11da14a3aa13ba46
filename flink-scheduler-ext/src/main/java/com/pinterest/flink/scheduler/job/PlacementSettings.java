// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.plan.PlacementMode;
import com.pinterest.flink.scheduler.plan.PlanRequest;
import java.time.Duration;
import java.util.Locale;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/** What a configuration says of the placement of tasks. Immutable. */
public final class PlacementSettings {

    private final PlacementMode mode;
    private final boolean spread;
    private final boolean adaptiveSpread;
    private final boolean localRecovery;
    private final int slotsPerTaskManager;
    private final long steps;
    private final Duration timeout;
    private final LocalityFile localities;
    private final CostHints hints;
    private final double bandwidth;

    /**
     * Reads the configuration of a JobManager whose mode is not upstream's.
     *
     * @throws IllegalConfigurationException if a value makes no sense
     */
    public PlacementSettings(ReadableConfig config) {
        PlacementOptions.Mode configured = config.get(PlacementOptions.MODE);
        this.mode = PlacementMode.valueOf(configured.name().toUpperCase(Locale.ROOT));
        this.spread = config.get(PlacementOptions.SLOTS) == PlacementOptions.Slots.SPREAD;
        boolean upstreamPacks =
                "embedded".equalsIgnoreCase(config.get(DeploymentOptions.TARGET))
                        && config.get(
                                JobManagerOptions.SCHEDULER_PREFER_MINIMAL_TASKMANAGERS_ENABLED);
        this.adaptiveSpread =
                config.getOptional(PlacementOptions.SLOTS).isPresent() ? spread : !upstreamPacks;
        this.localRecovery = config.get(StateRecoveryOptions.LOCAL_RECOVERY);
        this.slotsPerTaskManager = Math.max(1, config.get(TaskManagerOptions.NUM_TASK_SLOTS));
        this.steps = config.get(PlacementOptions.SEARCH_STEPS);
        this.timeout = config.get(PlacementOptions.SEARCH_TIMEOUT);
        this.localities = LocalityFile.of(config.get(PlacementOptions.LOCALITY_FILE));
        this.hints = CostHints.of(config.get(PlacementOptions.COSTS));
        this.bandwidth =
                config.getOptional(PlacementOptions.BANDWIDTH)
                        .map(size -> (double) size.getBytes())
                        .orElse(Double.POSITIVE_INFINITY);
        if (bandwidth == 0) {
            throw new IllegalConfigurationException(
                    PlacementOptions.BANDWIDTH.key() + " has to be more than 0.");
        }
    }

    public PlacementMode mode() {
        return mode;
    }

    /** Whether tasks keep to the TaskManagers that have their state. */
    public boolean isLocalRecovery() {
        return localRecovery;
    }

    /** How many slots a TaskManager of this cluster has by default. */
    public int slotsPerTaskManager() {
        return slotsPerTaskManager;
    }

    /** The most changes that a search may try. */
    public long steps() {
        return steps;
    }

    /** Where TaskManagers are that do not tell it. */
    public LocalityFile localities() {
        return localities;
    }

    /** How many bytes a second a TaskManager can send, infinite if that is not known. */
    public double bandwidth() {
        return bandwidth;
    }

    /** What operators cost. */
    public CostHints hints() {
        return hints;
    }

    /** A request with all that is the same for each plan of the DefaultScheduler. */
    PlanRequest.Builder request(JobTasks job, SlotCluster slots) {
        long deadline = System.nanoTime() + timeout.toNanos();
        return PlanRequest.builder(job.graph(), job.costs(), slots.cluster())
                .mode(mode)
                .spread(spread)
                .steps(steps)
                .stop(() -> System.nanoTime() - deadline > 0);
    }

    /** A request with all that is the same for each plan of the AdaptiveScheduler. */
    PlanRequest.Builder adaptiveRequest(JobTasks job, SlotCluster slots) {
        return request(job, slots).spread(adaptiveSpread);
    }
}
