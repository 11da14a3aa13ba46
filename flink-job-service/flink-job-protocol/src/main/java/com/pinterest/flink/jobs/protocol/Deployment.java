// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Instant;

/**
 * One start of a job: an epoch. Of all epochs of a job at most one is not ended.
 *
 * @param epoch the number of the start, from 1
 * @param revision what was started
 * @param cluster where
 * @param runId the Flink id of the run
 * @param restorePath the state that it began with, empty if with none
 * @param end how it ended; null as long as it is not proven that no task of it exists
 * @param cause why it ended
 * @param finalState the savepoint that it was stopped with, empty if there is none
 */
public record Deployment(
        JobKey job,
        long epoch,
        long revision,
        String cluster,
        String runId,
        String restorePath,
        Instant startedAt,
        RunState end,
        String cause,
        String finalState) {

    /** Whether it is proven that no task of it exists, nor ever will. */
    public boolean isEnded() {
        return end != null;
    }

    /** The same, ended. */
    public Deployment ended(RunState state, String why, String savepoint) {
        return new Deployment(
                job,
                epoch,
                revision,
                cluster,
                runId,
                restorePath,
                startedAt,
                state,
                why,
                savepoint);
    }
}
