// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** The state of a run on its cluster. */
public enum RunState {
    /** Accepted; not all tasks run yet. */
    STARTING,
    /** All tasks run. */
    RUNNING,
    /** It failed and is being restarted by Flink. */
    RESTARTING,
    /** It is on its way to an end. */
    ENDING,
    /** It ended by itself, or by a stop with a savepoint. */
    FINISHED,
    /** It failed for good. */
    FAILED,
    /** It was cancelled. */
    CANCELED,
    /** Its cluster has forgotten it: it runs nowhere, and nobody knows how it ended. */
    LOST;

    /** Whether no task of the run exists any more, nor ever will. */
    public boolean isTerminal() {
        return this == FINISHED || this == FAILED || this == CANCELED || this == LOST;
    }
}
