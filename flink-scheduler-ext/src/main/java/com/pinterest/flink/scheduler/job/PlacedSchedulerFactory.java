// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.core.failure.FailureEnricher;
import org.apache.flink.runtime.blob.BlobWriter;
import org.apache.flink.runtime.blocklist.BlocklistOperations;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.concurrent.ComponentMainThreadExecutor;
import org.apache.flink.runtime.executiongraph.JobStatusListener;
import org.apache.flink.runtime.io.network.partition.JobMasterPartitionTracker;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.ExecutionDeploymentTracker;
import org.apache.flink.runtime.jobmaster.slotpool.SlotPoolService;
import org.apache.flink.runtime.metrics.groups.JobManagerJobMetricGroup;
import org.apache.flink.runtime.rpc.FatalErrorHandler;
import org.apache.flink.runtime.scheduler.SchedulerNG;
import org.apache.flink.runtime.scheduler.SchedulerNGFactory;
import org.apache.flink.runtime.shuffle.ShuffleMaster;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;

/**
 * Makes upstream's scheduler of a job, with a configuration that tells its strategies of placement
 * the job. Immutable and thread-safe.
 */
public final class PlacedSchedulerFactory implements SchedulerNGFactory {

    private final SchedulerNGFactory upstream;

    public PlacedSchedulerFactory(SchedulerNGFactory upstream) {
        this.upstream = requireNonNull(upstream);
    }

    @Override
    public SchedulerNG createInstance(
            Logger log,
            ExecutionPlan executionPlan,
            Executor ioExecutor,
            Configuration jobMasterConfiguration,
            SlotPoolService slotPoolService,
            ScheduledExecutorService futureExecutor,
            ClassLoader userCodeLoader,
            CheckpointRecoveryFactory checkpointRecoveryFactory,
            Duration rpcTimeout,
            BlobWriter blobWriter,
            JobManagerJobMetricGroup jobManagerJobMetricGroup,
            Duration slotRequestTimeout,
            ShuffleMaster<?> shuffleMaster,
            JobMasterPartitionTracker partitionTracker,
            ExecutionDeploymentTracker executionDeploymentTracker,
            long initializationTimestamp,
            ComponentMainThreadExecutor mainThreadExecutor,
            FatalErrorHandler fatalErrorHandler,
            JobStatusListener jobStatusListener,
            Collection<FailureEnricher> failureEnrichers,
            BlocklistOperations blocklistOperations)
            throws Exception {
        ExecutionPlan plan =
                executionPlan instanceof StreamGraph
                        ? ((StreamGraph) executionPlan).getJobGraph(userCodeLoader)
                        : executionPlan;
        if (!(plan instanceof JobGraph)) {
            throw new IllegalArgumentException("Neither a job graph nor a stream graph: " + plan);
        }
        PlacedJob placedJob =
                PlacedJob.of(
                        (JobGraph) plan, getSchedulerType().toString(), jobManagerJobMetricGroup);
        ProfileStore profiles =
                new ProfileStore(
                        jobMasterConfiguration.get(PlacementOptions.PROFILE_DIR), ioExecutor);
        placedJob.setProfile(profiles.read(placedJob.name()));
        SchedulerNG scheduler =
                upstream.createInstance(
                        log,
                        plan,
                        ioExecutor,
                        new PlacedJobConfiguration(jobMasterConfiguration, placedJob),
                        slotPoolService,
                        futureExecutor,
                        userCodeLoader,
                        checkpointRecoveryFactory,
                        rpcTimeout,
                        blobWriter,
                        jobManagerJobMetricGroup,
                        slotRequestTimeout,
                        shuffleMaster,
                        partitionTracker,
                        executionDeploymentTracker,
                        initializationTimestamp,
                        mainThreadExecutor,
                        fatalErrorHandler,
                        JobStatusListener.combine(
                                (id, status, timestamp) -> {
                                    if (status.isTerminalState()) {
                                        ended(placedJob, profiles);
                                    }
                                },
                                jobStatusListener),
                        failureEnrichers,
                        blocklistOperations);
        placedJob.setScheduler(scheduler);
        return scheduler;
    }

    private static void ended(PlacedJob job, ProfileStore profiles) {
        job.measure().ifPresent(costs -> profiles.write(job.name(), costs));
        job.ended();
    }

    @Override
    public JobManagerOptions.SchedulerType getSchedulerType() {
        return upstream.getSchedulerType();
    }
}
