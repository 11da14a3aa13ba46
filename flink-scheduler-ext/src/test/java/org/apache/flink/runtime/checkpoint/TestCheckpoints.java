// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.checkpoint;

import java.util.Map;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;

/**
 * Completed checkpoints of a job with one vertex, as Flink remembers them. Stands in Flink's
 * package as only that may report the state of a subtask. Not thread-safe.
 */
public final class TestCheckpoints {

    private final JobVertexID vertex;
    private final DefaultCheckpointStatsTracker tracker =
            new DefaultCheckpointStatsTracker(
                    10, UnregisteredMetricGroups.createUnregisteredJobManagerJobMetricGroup());
    private long id;

    public TestCheckpoints(JobVertexID vertex) {
        this.vertex = vertex;
    }

    /** Adds a checkpoint with the bytes of all state and those that were written. */
    public TestCheckpoints add(long timestamp, long stateSize, long written) {
        return add(
                CheckpointProperties.forCheckpoint(
                        CheckpointRetentionPolicy.NEVER_RETAIN_AFTER_TERMINATION),
                timestamp,
                stateSize,
                written);
    }

    /** Adds a savepoint. */
    public TestCheckpoints addSavepoint(long timestamp, long stateSize) {
        return add(
                CheckpointProperties.forSavepoint(false, SavepointFormatType.CANONICAL),
                timestamp,
                stateSize,
                stateSize);
    }

    private TestCheckpoints add(
            CheckpointProperties properties, long timestamp, long stateSize, long written) {
        id++;
        PendingCheckpointStats pending =
                tracker.reportPendingCheckpoint(id, timestamp, properties, Map.of(vertex, 1));
        pending.reportSubtaskStats(
                vertex,
                new SubtaskStateStats(
                        0, timestamp + 1, written, stateSize, 0, 0, 0, 0, 0, 0, false, true));
        tracker.reportCompletedCheckpoint(pending.toCompletedCheckpointStats("path", 0));
        return this;
    }

    public CheckpointStatsSnapshot snapshot() {
        return tracker.createSnapshot();
    }
}
