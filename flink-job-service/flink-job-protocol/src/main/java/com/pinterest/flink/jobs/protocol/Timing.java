// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Duration;

/**
 * How long the protocol waits.
 *
 * @param settle how long a leader must say, without a break, that it does not know a run, until the
 *     run counts as gone: longer than the tasks of a lost JobManager live on (heartbeat.timeout),
 *     and than a request can be on its way
 * @param resend after which a request that has shown no effect is sent again
 * @param upload for an artifact to arrive
 * @param start for a run to be known to its cluster
 * @param running for all tasks to run
 * @param stop for a savepoint
 * @param cancel for a run to be gone
 * @param stable for a run to prove itself, unless its specification says otherwise
 * @param look for anything that only has to be looked up
 */
public record Timing(
        Duration settle,
        Duration resend,
        Duration upload,
        Duration start,
        Duration running,
        Duration stop,
        Duration cancel,
        Duration stable,
        Duration look) {

    /** The times that suit Flink's default configuration. */
    public static Timing standard() {
        return new Timing(
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(10),
                Duration.ofMinutes(4),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1));
    }

    /** The time for a step. */
    Duration of(Step step) {
        return switch (step) {
            case PREFLIGHT, CLEAR, FIND_STATE, RESTORED -> look;
            case STOP, SAVEPOINT -> stop;
            case CANCEL -> cancel;
            case UPLOAD -> upload;
            case START -> start;
            case RUNNING -> running;
            case STABLE -> stable;
        };
    }
}
