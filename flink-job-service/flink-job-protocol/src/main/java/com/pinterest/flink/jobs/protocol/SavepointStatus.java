// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/**
 * What the leader of a cluster says of a savepoint that was asked for.
 *
 * @param path where it is, empty unless the state is COMPLETED
 * @param cause why it failed, empty unless the state is FAILED
 */
public record SavepointStatus(State state, String path, String cause) {

    /** How far it is. */
    public enum State {
        IN_PROGRESS,
        COMPLETED,
        FAILED
    }

    /** It is being taken. */
    public static SavepointStatus inProgress() {
        return new SavepointStatus(State.IN_PROGRESS, "", "");
    }

    /** It was taken. */
    public static SavepointStatus completed(String path) {
        return new SavepointStatus(State.COMPLETED, path, "");
    }

    /** It could not be taken; or it was taken, and what had to follow failed. */
    public static SavepointStatus failed(String cause) {
        return new SavepointStatus(State.FAILED, "", cause);
    }
}
