// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import java.util.concurrent.Executor;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointIDCounter;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStore;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.SharedStateRegistryFactory;

/**
 * Reads the fence before a checkpoint completes.
 *
 * <p>The coordinator tells the registry of shared state, before anything else, that all tasks have
 * acknowledged a checkpoint; also of a savepoint, which does not go into the store of checkpoints.
 * If that fails, nothing is completed, and no task hears of it: sinks commit nothing. The
 * checkpoint stays pending until its timeout.
 */
final class GuardedCheckpoints implements CheckpointRecoveryFactory {

    private final CheckpointRecoveryFactory factory;
    private final Fence fence;

    GuardedCheckpoints(CheckpointRecoveryFactory factory, Fence fence) {
        this.factory = factory;
        this.fence = fence;
    }

    @Override
    public CompletedCheckpointStore createRecoveredCompletedCheckpointStore(
            JobID jobId,
            int maxNumberOfCheckpointsToRetain,
            SharedStateRegistryFactory registries,
            Executor ioExecutor,
            RecoveryClaimMode claimMode)
            throws Exception {
        return factory.createRecoveredCompletedCheckpointStore(
                jobId,
                maxNumberOfCheckpointsToRetain,
                (executor, checkpoints, mode) ->
                        guarded(registries.create(executor, checkpoints, mode)),
                ioExecutor,
                claimMode);
    }

    private SharedStateRegistry guarded(SharedStateRegistry registry) {
        return JobGuard.intercept(
                SharedStateRegistry.class,
                registry,
                (method, arguments) -> {
                    if (method.getName().equals("checkpointCompleted")) {
                        fence.require((Long) arguments[0]);
                    }
                    return JobGuard.call(registry, method, arguments);
                });
    }

    @Override
    public CheckpointIDCounter createCheckpointIDCounter(JobID jobId) throws Exception {
        return factory.createCheckpointIDCounter(jobId);
    }
}
