// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How many savepoints of a job are kept, and how long. Whatever it says, a savepoint stays that a
 * start can need:
 *
 * <ul>
 *   <li>all, as long as an operation is open, which may go back;
 *   <li>the one that the newest run began with: Flink goes back to it until there is a checkpoint,
 *       and a recovery does so if there is none;
 *   <li>the one that the newest run ended with, and the newest of the job;
 *   <li>those that a run of another job began with.
 * </ul>
 *
 * @param maxCount how many are kept, 0 for all
 * @param maxAge how long they are kept, zero for ever
 */
public record Retention(int maxCount, Duration maxAge) {

    /** Nothing is ever deleted. */
    public static final Retention ALL = new Retention(0, Duration.ZERO);

    public Retention {
        requireNonNull(maxAge);
        if (maxCount < 0 || maxAge.isNegative()) {
            throw new IllegalArgumentException("negative: " + maxCount + ", " + maxAge);
        }
    }

    /**
     * Returns the savepoints that are not kept, the newest first.
     *
     * @param savepoints all of the job, the newest first
     * @param newest the newest run of the job
     * @param isOperationOpen whether an operation on the job has not ended
     * @param inUse paths that the live runs and open operations of all jobs begin with
     */
    public List<SavepointEntry> expired(
            List<SavepointEntry> savepoints,
            Optional<Deployment> newest,
            boolean isOperationOpen,
            Collection<String> inUse,
            Instant now) {
        if (isOperationOpen) {
            return List.of();
        }
        List<String> needed = new ArrayList<>(inUse);
        newest.ifPresent(run -> needed.addAll(List.of(run.restorePath(), run.finalState())));
        List<SavepointEntry> expired = new ArrayList<>();
        // The first one is the newest.
        for (int i = 1; i < savepoints.size(); i++) {
            SavepointEntry savepoint = savepoints.get(i);
            boolean tooMany = maxCount > 0 && i >= maxCount;
            boolean tooOld = !maxAge.isZero() && savepoint.createdAt().plus(maxAge).isBefore(now);
            boolean isNeeded =
                    needed.stream().anyMatch(path -> StatePaths.same(path, savepoint.path()));
            if ((tooMany || tooOld) && !isNeeded) {
                expired.add(savepoint);
            }
        }
        return expired;
    }
}
