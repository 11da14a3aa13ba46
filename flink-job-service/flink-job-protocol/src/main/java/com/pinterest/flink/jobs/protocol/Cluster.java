// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.List;

/**
 * A cluster that runs jobs, with the storage of their state.
 *
 * <p>Requests may be sent again: the same ids are the same request. Their answers prove nothing,
 * only observations do. Observations do not throw: what cannot be seen is {@link Evidence#UNKNOWN}.
 * Implementations are thread-safe; every call ends, by its own timeout.
 */
public interface Cluster {

    /**
     * A run to start.
     *
     * @param runId the id of its job and its application
     * @param marker what {@link #artifact} returned for its artifact
     * @param restorePath the state that it begins with, empty for none
     */
    record Start(
            JobKey job,
            long epoch,
            String runId,
            String marker,
            RunSpec spec,
            String restorePath) {}

    /**
     * A savepoint to take.
     *
     * @param trigger its id
     * @param directory that of this savepoint alone
     * @param stop whether the run ends with it
     * @param drain whether the run sends the last watermark first
     */
    record Savepoint(String runId, String trigger, String directory, boolean stop, boolean drain) {}

    // ------------------------------------------------------------------ requests

    /** Brings an artifact to the cluster. */
    void upload(String artifact) throws ClusterException;

    /** Starts a run; refused if there is or was one of its id. */
    void start(Start start) throws ClusterException;

    /** Takes a savepoint; a second request with the same trigger changes nothing. */
    void savepoint(Savepoint savepoint) throws ClusterException;

    /** Cancels a run. */
    void cancel(String runId) throws ClusterException;

    // ------------------------------------------------------------------ observations

    /**
     * Whether the cluster can run this, before anything is touched. A NO says why not.
     *
     * @param oldRun the run on this cluster that it takes the place of; empty if there is none
     */
    Finding<String> ready(JobKey job, RunSpec spec, String oldRun);

    /**
     * Whether the cluster has an artifact. The value names this copy of it: a leader that does not
     * have it any more is another leader. Empty if copies outlive leaders.
     */
    Finding<String> artifact(String artifact);

    /**
     * What the leader knows of a run.
     *
     * @param marker of the artifact's copy that was uploaded before the run was started; empty if
     *     not known
     */
    Finding<RunStatus> run(String runId, String marker);

    /** What the leader knows of a savepoint that was asked for. */
    Finding<SavepointStatus> savepointStatus(String runId, String trigger);

    /** Whether there is a complete savepoint in its directory; the value is its path. */
    Finding<String> stored(String directory);

    /** The state that a run began with or was restored from since; NO if there was none. */
    Finding<String> restored(String runId);

    /** What a run has done so far. */
    Finding<Progress> progress(String runId);

    /**
     * The newest complete state of a run that has ended; NO if there is none.
     *
     * @param savepoints the directory below which all savepoints of the run are: also those of
     *     which the service has not heard; empty if nobody has asked for one
     * @param candidates other states that are known of, which may be gone
     */
    Finding<String> newestState(
            RunSpec spec, String runId, String savepoints, List<String> candidates);
}
