// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is to run: the part of a revision of a job that the protocol needs.
 *
 * @param cluster the name of the cluster
 * @param artifact the SHA-256 of the job's jar, in hexadecimal digits
 * @param entryClass the class with the main method, empty for that of the jar's manifest
 * @param parallelism the default parallelism, 0 for the cluster's
 * @param configuration Flink's configuration of the job
 * @param savepointDirectory a URL; the savepoints of all jobs are below it
 * @param upgradeMode what an upgrade carries over
 * @param stableCheckpoints how many checkpoints without a restart make a run stable
 * @param stableThroughput the throughput that makes it stable, in per cent of that of the run
 *     before it; with 0, any does, also in a specification of an earlier version
 * @param stableTimeout for a run to become stable; null for the default
 * @param recoveriesPerHour how often the service may start the job again when it has failed for
 *     good
 * @param retention which savepoints are kept; all in a specification of an earlier version, which
 *     has none
 */
public record RunSpec(
        String cluster,
        String artifact,
        String entryClass,
        List<String> arguments,
        int parallelism,
        Map<String, String> configuration,
        boolean allowNonRestoredState,
        String savepointDirectory,
        UpgradeMode upgradeMode,
        int stableCheckpoints,
        int stableThroughput,
        Duration stableTimeout,
        int recoveriesPerHour,
        Retention retention) {

    /** What an upgrade carries over from the old run to the new one. */
    public enum UpgradeMode {
        /** A savepoint that the old run is stopped with. */
        SAVEPOINT,
        /** The newest checkpoint of the old run, which is cancelled. */
        LAST_STATE,
        /** Nothing; the old run is cancelled. */
        STATELESS
    }

    public RunSpec {
        arguments = List.copyOf(arguments);
        configuration = Map.copyOf(configuration);
        retention = retention == null ? Retention.ALL : retention;
    }
}
