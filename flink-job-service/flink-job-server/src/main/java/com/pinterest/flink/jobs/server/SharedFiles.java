// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.RunSpec;
import java.io.IOException;
import java.util.List;

/** What the service shares with the clusters: artifacts, state and fences. Thread-safe. */
final class SharedFiles {

    /** Reads the configuration of a cluster. */
    interface Settings {

        /**
         * Returns the value of a key, empty if it is not set.
         *
         * @throws IOException if that cannot be said now
         */
        String get(String key) throws IOException;

        /** The configuration of a run on a cluster. */
        static Settings of(RunSpec spec, Settings cluster) {
            return key -> {
                String value = spec.configuration().get(key);
                return value == null ? cluster.get(key) : value;
            };
        }
    }

    private final Artifacts artifacts;
    private final StateFiles states;
    private final FenceFiles fences;

    SharedFiles(Artifacts artifacts, Storages storages) {
        this.artifacts = artifacts;
        this.states = new StateFiles(storages);
        this.fences = new FenceFiles(storages);
    }

    /** The artifacts of the service. */
    Artifacts artifacts() {
        return artifacts;
    }

    /** Savepoints and checkpoints. */
    StateFiles states() {
        return states;
    }

    /** Whether a run has its artifact, and a place for savepoints; a NO says what it lacks. */
    Finding<String> ready(RunSpec spec) {
        return artifacts.contains(spec.artifact())
                ? states.writable(spec.savepointDirectory())
                : Finding.no("the service has no artifact " + spec.artifact());
    }

    /**
     * The newest complete state of a run, as in {@link StateFiles#newest}.
     *
     * @param settings tell the directory of checkpoints
     */
    Finding<String> newestState(
            Settings settings, String runId, String savepoints, List<String> candidates)
            throws IOException {
        String directory = settings.get("execution.checkpointing.dir");
        if (directory.isEmpty()) {
            directory = settings.get("state.checkpoints.dir");
        }
        return states.newest(directory, runId, savepoints, candidates);
    }

    /**
     * Tells the guard, if there is one, which epoch may run.
     *
     * @param settings of the JobManager that the guard is in
     */
    void raiseFence(Settings settings, Start start) throws ClusterException, IOException {
        String mode = settings.get("job-guard.mode");
        if (!mode.isEmpty() && !mode.equalsIgnoreCase("off")) {
            fences.raise(settings.get("job-guard.directory"), start);
        }
    }
}
