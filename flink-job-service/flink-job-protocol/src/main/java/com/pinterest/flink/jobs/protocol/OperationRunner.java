// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import com.pinterest.flink.jobs.protocol.JobStore.StaleException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * Carries operations on, one observation at a time: observe, decide, write, and only then act.
 * Whatever happens in between, the next call begins with an observation.
 *
 * <p>Thread-safe; but two calls at the same time for the same operation only cost time, as one of
 * them finds that the other was faster.
 */
public final class OperationRunner {

    private final JobStore store;
    private final Clusters clusters;
    private final Protocol protocol;
    private final Clock clock;

    public OperationRunner(JobStore store, Clusters clusters, Timing timing, Clock clock) {
        this.store = store;
        this.clusters = clusters;
        this.protocol = new Protocol(timing);
        this.clock = clock;
    }

    /** What a call has brought. */
    public enum Result {
        /** The next call may bring something at once. */
        MOVED,
        /** Nothing has changed: call again after a while. */
        WAITS,
        /** The operation has ended. */
        CLOSED
    }

    /**
     * Carries an operation on by one observation.
     *
     * @throws StaleException if someone else has carried it on meanwhile
     */
    public Result advance(UUID id) throws StaleException {
        View view = store.view(id);
        if (view.operation().isClosed()) {
            return Result.CLOSED;
        }
        Cluster cluster = clusters.get(cluster(view));
        Facts facts = observe(cluster, view);
        Decision decision = protocol.decide(view, facts, clock.instant());
        if (decision.change() == null) {
            return Result.WAITS;
        }
        Operation written = store.write(decision.change().seen(facts.describe()), clock.instant());
        if (decision.effect() != null) {
            act(cluster, decision, written);
        }
        return written.isClosed() ? Result.CLOSED : Result.MOVED;
    }

    private void act(Cluster cluster, Decision decision, Operation written) throws StaleException {
        try {
            decision.effect().on(cluster);
        } catch (ClusterException e) {
            // What has come of it will be seen. Only a refusal is worth keeping: it says why.
            if (e.isRejected()) {
                Operation refused = written.edit().rejection(e.getMessage()).done();
                store.write(Change.of(refused, "refused: " + e.getMessage()), clock.instant());
            } else {
                store.write(Change.of(written, "no answer: " + e.getMessage()), clock.instant());
            }
        }
    }

    private static String cluster(View view) {
        return Protocol.subject(view)
                .map(Deployment::cluster)
                .orElseGet(() -> view.revision(view.wantedRevision()).cluster());
    }

    private Facts observe(Cluster cluster, View view) {
        Operation op = view.operation();
        Deployment run = Protocol.subject(view).orElse(null);
        if (op.step() == Step.PREFLIGHT) {
            RunSpec wanted = view.revision(view.wantedRevision());
            return Facts.ready(
                    cluster.ready(
                            op.job(),
                            wanted,
                            view.live()
                                    .filter(old -> old.cluster().equals(wanted.cluster()))
                                    .map(Deployment::runId)
                                    .orElse("")),
                    // It is compared with that of the run that follows.
                    wanted.stableThroughput() == 0
                            ? null
                            : view.live()
                                    .map(old -> clusters.get(old.cluster()).progress(old.runId()))
                                    .orElse(null));
        }
        if (run == null) {
            return Facts.NONE;
        }
        RunSpec spec = view.revision(run.revision());
        return switch (op.step()) {
            case PREFLIGHT -> throw new IllegalStateException("has no run");
            case CLEAR, CANCEL, RUNNING -> Facts.run(cluster.run(run.runId(), op.marker()));
            case START ->
                    Facts.start(
                            cluster.run(run.runId(), op.marker()),
                            // Only a refusal asks for it.
                            op.rejection().isEmpty() ? null : cluster.artifact(spec.artifact()));
            case STOP, SAVEPOINT -> savepoint(cluster, view, run);
            case FIND_STATE ->
                    Facts.newest(
                            cluster.newestState(
                                    spec,
                                    run.runId(),
                                    // The directory may not even exist otherwise.
                                    view.mayHaveSavepoints() ? view.savepointsDirectory(run) : "",
                                    view.states()));
            case UPLOAD -> Facts.artifact(cluster.artifact(spec.artifact()));
            case RESTORED ->
                    Facts.restored(
                            cluster.run(run.runId(), op.marker()), cluster.restored(run.runId()));
            case STABLE ->
                    Facts.progress(
                            cluster.run(run.runId(), op.marker()), cluster.progress(run.runId()));
        };
    }

    private static Facts savepoint(Cluster cluster, View view, Deployment run) {
        Operation op = view.operation();
        // The run last: what it says must not be older than what the others say. A run that ends
        // in between is seen as ended, with its savepoint seen at the next call.
        Finding<SavepointStatus> status =
                cluster.savepointStatus(run.runId(), Ids.trigger(op.id(), op.attempt()));
        Finding<RunStatus> state = cluster.run(run.runId(), op.marker());
        boolean finished = state.isYes() && state.value().state() == RunState.FINISHED;
        // A request of an earlier attempt may have arrived late, and have ended the run.
        List<String> directories =
                finished
                        ? view.savepointDirectories(run)
                        : List.of(view.savepointDirectory(run, op.attempt()));
        return Facts.savepoint(state, status, stored(cluster, directories));
    }

    /**
     * The savepoint of the last attempt that has one. While it is not known whether an attempt has
     * one, the savepoint of an earlier attempt says nothing: the run may have gone on behind it.
     */
    private static Finding<String> stored(Cluster cluster, List<String> directories) {
        Finding<String> stored = null;
        for (String directory : directories) {
            stored = cluster.stored(directory);
            if (!stored.isNo()) {
                break;
            }
        }
        return stored;
    }
}
