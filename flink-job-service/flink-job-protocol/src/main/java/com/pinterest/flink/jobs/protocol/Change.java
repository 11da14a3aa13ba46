// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.Optional;

/**
 * What is written in one transaction.
 *
 * @param operation as it is from now on; its version is the one that was read
 * @param started a new epoch
 * @param ended an epoch that is proven to have ended
 * @param savepoint a savepoint that was taken
 * @param desired what the job has to do from now on
 * @param stableRevision the revision that has proven itself
 * @param note what happened, for people
 * @param seen what was observed, for people
 */
public record Change(
        Operation operation,
        Optional<Deployment> started,
        Optional<Deployment> ended,
        Optional<Savepoint> savepoint,
        Optional<Desired> desired,
        Optional<Long> stableRevision,
        String note,
        String seen) {

    /**
     * A savepoint that was taken.
     *
     * @param epoch of which run
     */
    public record Savepoint(long epoch, String path) {}

    /** What a job has to do. */
    public enum Desired {
        RUNNING,
        SUSPENDED
    }

    static Change of(Operation operation, String note) {
        return new Change(
                operation,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                note,
                "");
    }

    Change started(Deployment deployment) {
        return new Change(
                operation,
                Optional.of(deployment),
                ended,
                savepoint,
                desired,
                stableRevision,
                note,
                seen);
    }

    Change ended(Deployment deployment) {
        return new Change(
                operation,
                started,
                Optional.of(deployment),
                savepoint,
                desired,
                stableRevision,
                note,
                seen);
    }

    Change savepoint(long epoch, String path) {
        return new Change(
                operation,
                started,
                ended,
                Optional.of(new Savepoint(epoch, path)),
                desired,
                stableRevision,
                note,
                seen);
    }

    Change desired(Desired what) {
        return new Change(
                operation,
                started,
                ended,
                savepoint,
                Optional.of(what),
                stableRevision,
                note,
                seen);
    }

    Change stable(long revision) {
        return new Change(
                operation, started, ended, savepoint, desired, Optional.of(revision), note, seen);
    }

    Change seen(String what) {
        return new Change(
                operation, started, ended, savepoint, desired, stableRevision, note, what);
    }
}
