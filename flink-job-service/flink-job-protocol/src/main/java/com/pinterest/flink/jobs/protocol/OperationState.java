// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** How far an operation is, and how it ended. */
public enum OperationState {
    /** It goes on. */
    OPEN,
    /** It waits for evidence that should have come; it goes on when the evidence comes. */
    BLOCKED,
    /** What was asked for is done. */
    SUCCEEDED,
    /** It failed, and the old run goes on. */
    FAILED_RUNS_ON,
    /** It failed after the old run was stopped; the old revision was started again. */
    ROLLED_BACK,
    /** It failed, and nothing runs. */
    FAILED,
    /** It was given up at its user's word before it had changed anything. */
    ABORTED;

    /** Whether the operation has ended. */
    public boolean isClosed() {
        return this != OPEN && this != BLOCKED;
    }
}
