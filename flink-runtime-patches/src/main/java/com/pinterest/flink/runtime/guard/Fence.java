// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.runtime.jobmaster.JobManagerRunner;
import org.apache.flink.runtime.messages.Acknowledge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fence of a running job. Thread-safe. */
final class Fence {

    private static final Logger LOG = LoggerFactory.getLogger(Fence.class);
    private static final Duration CANCEL_TIMEOUT = Duration.ofMinutes(1);

    private final Fences fences;
    private final ManagedJob job;
    private final Executor io;
    private final AtomicReference<JobManagerRunner> runner = new AtomicReference<>();

    Fence(Fences fences, ManagedJob job, Executor io) {
        this.fences = fences;
        this.job = job;
        this.io = io;
    }

    void setRunner(JobManagerRunner started) {
        runner.set(started);
    }

    /**
     * Reads the fence now.
     *
     * @throws JobRefusedException if the job must not complete a checkpoint. If another epoch may
     *     run, the job is cancelled, too.
     */
    void require(long checkpoint) {
        Optional<String> refusal;
        try {
            // In this thread: it writes to the same storage, and waits for it as long.
            refusal = fences.refusal(job);
        } catch (IOException e) {
            throw new JobRefusedException(
                    "Checkpoint "
                            + checkpoint
                            + " of "
                            + job
                            + " does not complete: its fence cannot be read: "
                            + e);
        }
        if (refusal.isPresent()) {
            LOG.error("Checkpoint {} does not complete: {}", checkpoint, refusal.get());
            JobManagerRunner running = runner.get();
            if (running != null) {
                io.execute(() -> cancel(running));
            }
            throw new JobRefusedException(refusal.get());
        }
    }

    private void cancel(JobManagerRunner running) {
        CompletableFuture<Acknowledge> unused =
                running.cancel(CANCEL_TIMEOUT)
                        .whenComplete(
                                (done, failure) -> {
                                    if (failure != null) {
                                        LOG.error("{} cannot be cancelled", job, failure);
                                    }
                                });
    }
}
