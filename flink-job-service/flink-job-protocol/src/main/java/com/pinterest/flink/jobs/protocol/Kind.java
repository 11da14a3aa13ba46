// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** What an operation does. */
public enum Kind {
    /** Starts a job that does not run. */
    SUBMIT(Step.CLEAR),
    /** Starts a job again that ended without being asked to, from its newest state. */
    RECOVER(Step.CLEAR),
    /** Takes a savepoint. */
    SAVEPOINT(Step.SAVEPOINT),
    /** Stops a job with a savepoint. */
    STOP(Step.STOP),
    /** Ends a job without a savepoint. */
    CANCEL(Step.CANCEL),
    /** Replaces the running revision by another one. */
    UPGRADE(Step.PREFLIGHT),
    /** Stops and starts the same revision. */
    RESTART(Step.PREFLIGHT),
    /** An upgrade that changes the parallelism only. */
    RESCALE(Step.PREFLIGHT),
    /** An upgrade that changes the configuration only. */
    HOTFIX(Step.PREFLIGHT);

    private final Step first;

    Kind(Step first) {
        this.first = first;
    }

    /** The step that the operation begins with. */
    public Step first() {
        return first;
    }

    /** Whether it replaces one run by another one, and can go back. */
    public boolean replaces() {
        return first == Step.PREFLIGHT;
    }

    /** Whether it needs a job that runs. */
    public boolean needsRun() {
        return this != SUBMIT && this != RECOVER;
    }
}
