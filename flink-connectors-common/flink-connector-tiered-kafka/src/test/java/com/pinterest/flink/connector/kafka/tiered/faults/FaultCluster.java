// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A cluster in this JVM whose TaskManagers can be lost. */
final class FaultCluster {

    private static final int TASK_MANAGERS = 2;
    private static final int SLOTS = 8;

    private final MiniCluster cluster;
    private int next;

    FaultCluster() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "region");
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(TASK_MANAGERS)
                                .setNumSlotsPerTaskManager(SLOTS)
                                .build());
        cluster.start();
    }

    /**
     * Returns an environment for a job.
     *
     * @param restarts whether the job goes on after a failure
     */
    static StreamExecutionEnvironment environment(int parallelism, boolean restarts) {
        Configuration configuration = new Configuration();
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY, restarts ? "fixed-delay" : "none");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(parallelism);
        env.enableCheckpointing(100);
        return env;
    }

    JobID submit(StreamExecutionEnvironment env, @Nullable String savepoint) throws Exception {
        JobGraph job = env.getStreamGraph().getJobGraph();
        if (savepoint != null) {
            job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        }
        return cluster.submitJob(job).get().getJobID();
    }

    JobStatus status(JobID job) throws Exception {
        return cluster.getJobStatus(job).get();
    }

    JobResult result(JobID job) throws Exception {
        return cluster.requestJobResult(job).get();
    }

    void cancel(JobID job) throws Exception {
        if (!status(job).isGloballyTerminalState()) {
            cluster.cancelJob(job).get();
            result(job);
        }
    }

    /**
     * Stops a job with a savepoint; while checkpoints fail, it tries again.
     *
     * @param drain whether event time comes to its end
     */
    String stop(JobID job, Path savepoints, boolean drain) throws Exception {
        ExecutionException last = null;
        for (int attempt = 0; attempt < 50; attempt++) {
            try {
                String savepoint =
                        cluster.stopWithSavepoint(
                                        job,
                                        savepoints.toUri().toString(),
                                        drain,
                                        SavepointFormatType.CANONICAL)
                                .get();
                result(job);
                return savepoint;
            } catch (ExecutionException e) {
                if (status(job).isGloballyTerminalState()) {
                    throw e;
                }
                last = e;
                Thread.sleep(200);
            }
        }
        throw last;
    }

    /** Loses one TaskManager, and gets another. */
    void loseTaskManager() throws Exception {
        cluster.terminateTaskManager(next).get();
        // A new one stands at the end of the list.
        next++;
        cluster.startTaskManager();
    }

    void close() throws Exception {
        cluster.close();
    }
}
