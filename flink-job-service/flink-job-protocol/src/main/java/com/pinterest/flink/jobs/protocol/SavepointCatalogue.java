// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Instant;
import java.util.List;

/** What the deletion of savepoints needs of the store. Thread-safe. */
public interface SavepointCatalogue {

    /** The jobs that have savepoints in the catalogue. */
    List<JobKey> jobsWithSavepoints();

    /**
     * Takes the savepoints of a job out of the catalogue that are not kept: from then on, nothing
     * can start from them. Decides and writes in one transaction, so that no operation opens in
     * between.
     */
    void expire(JobKey job, Instant now);

    /** Savepoints that were taken out, whose files may be there. */
    List<SavepointEntry> expired();

    /** Notes that the files of a savepoint are gone. */
    void deleted(SavepointEntry savepoint, Instant now);
}
