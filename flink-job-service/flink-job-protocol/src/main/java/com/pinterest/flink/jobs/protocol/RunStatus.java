// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What the leader of a cluster says of a run.
 *
 * @param cause why it failed, empty if it did not
 */
public record RunStatus(RunState state, String cause) {

    public RunStatus {
        requireNonNull(state);
        requireNonNull(cause);
    }

    /** A status without a failure. */
    public static RunStatus of(RunState state) {
        return new RunStatus(state, "");
    }

    @Override
    public String toString() {
        return cause.isEmpty() ? state.toString() : state + ": " + cause;
    }
}
