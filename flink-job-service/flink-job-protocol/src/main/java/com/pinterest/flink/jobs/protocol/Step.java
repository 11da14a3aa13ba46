// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** Where an operation is. Each step is observed first; only then something is done. */
public enum Step {
    /** Before anything is touched: can the new revision be started? */
    PREFLIGHT,
    /** Does no earlier run live? */
    CLEAR,
    /** Stop the old run with a savepoint. */
    STOP,
    /** Take a savepoint of the run, which goes on. */
    SAVEPOINT,
    /** Cancel a run, and prove that it is gone. */
    CANCEL,
    /** Find the newest state of the last run. */
    FIND_STATE,
    /** Bring the artifact to the cluster. */
    UPLOAD,
    /** Start the run under its own ids. */
    START,
    /** Wait until all its tasks run. */
    RUNNING,
    /** Does it have the state that it had to begin with? */
    RESTORED,
    /** Wait until it has proven itself. */
    STABLE
}
