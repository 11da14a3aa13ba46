// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import com.pinterest.flink.jobs.protocol.Change.Desired;
import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.RunSpec;
import java.time.Instant;
import java.util.Optional;

/** What the tables hold, for readers. */
public final class Rows {

    private Rows() {}

    /**
     * A job.
     *
     * @param generation the number of its newest revision
     * @param stableRevision the last revision that has proven itself, 0 for none
     */
    public record Job(
            JobKey key, long generation, Desired desired, long stableRevision, Instant createdAt) {}

    /**
     * A job with what there is of it.
     *
     * @param newest its newest epoch
     * @param last its last operation
     */
    public record Overview(Job job, Optional<Run> newest, Optional<Operation> last) {

        /** The operation that has not ended. */
        public Optional<Operation> open() {
            return last.filter(operation -> !operation.isClosed());
        }
    }

    /**
     * A revision of a job.
     *
     * @param digest the SHA-256 of the document
     * @param document the specification as it was registered
     */
    public record Revision(
            JobKey job,
            long number,
            String digest,
            String document,
            RunSpec spec,
            Instant createdAt,
            String createdBy) {}

    /**
     * An epoch, and what was last seen of it.
     *
     * @param seenState the state of the run on its cluster, or UNKNOWN; empty if never seen
     * @param seenAt when it was seen; for UNKNOWN since when
     * @param checkpointPath the last checkpoint that was seen, empty for none
     * @param endedAt null if it has not ended
     */
    public record Run(
            Deployment deployment,
            Instant endedAt,
            String seenState,
            Instant seenAt,
            String seenDetail,
            long restarts,
            String checkpointPath,
            Instant checkpointAt) {}

    /**
     * What was seen of a run that has not ended.
     *
     * @param checkpointPath its last checkpoint, empty for none
     */
    public record Sighting(Deployment run, String state, String detail, String checkpointPath) {}

    /** What happened in one step of an operation. */
    public record StepEntry(long version, Instant at, String step, String note, String seen) {}

    /** A cluster. */
    public record ClusterEntry(String name, String kind, String address) {}

    /** An artifact. */
    public record ArtifactEntry(String sha256, String name, long size) {}

    /**
     * A token, without its secret.
     *
     * @param role viewer, operator or admin
     * @param scope where it is good: a namespace, a job as NAMESPACE/NAME, or empty for everywhere
     */
    public record TokenEntry(String name, String role, String scope, Instant createdAt) {}

    /** An entry of the audit. */
    public record AuditEntry(
            long number,
            Instant at,
            String principal,
            String action,
            String subject,
            String detail,
            String hash) {}
}
