// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Instant;
import java.util.UUID;

/**
 * An operation on a job: what was asked for, and how far it is. All that the next step depends on
 * is here, so that another process can go on with it.
 *
 * @param version grows by one with each write; a writer must know the last one
 * @param attempt of the step: another attempt has ids of its own
 * @param sends how often the request of this attempt may have been sent
 * @param enteredAt when the step began
 * @param lastSentAt when the request was last sent; null if never
 * @param noSince since when the leader has said without a break that it does not know the run; null
 *     if it has not
 * @param after what follows when the run is cancelled
 * @param oldEpoch the epoch that the operation ends or takes a savepoint of; 0 if there is none
 * @param epoch the epoch that the operation has started; 0 if none yet
 * @param fromRevision the revision of the old epoch; 0 if there is none
 * @param starts how many epochs the operation has started
 * @param marker of the artifact's copy on the cluster, see {@link Cluster#artifact}
 * @param baseState the state that the old run left, which a rollback begins with; empty if none
 * @param pace how fast the old run was before it was touched; null if that was not known
 * @param rejection the last refusal of a request by the cluster; empty if there is none
 * @param failure why the operation has failed, or is going back; empty if it has not
 * @param abort whether its user wants it to end
 * @param closedAt when it ended; null if it has not
 */
public record Operation(
        UUID id,
        JobKey job,
        Request request,
        long version,
        OperationState state,
        Step step,
        int attempt,
        int sends,
        Instant createdAt,
        Instant enteredAt,
        Instant lastSentAt,
        Instant noSince,
        After after,
        long oldEpoch,
        long epoch,
        long fromRevision,
        int starts,
        String marker,
        String baseState,
        Pace pace,
        String rejection,
        String failure,
        boolean abort,
        Instant closedAt) {

    /** What follows when a run is cancelled. */
    public enum After {
        /** What the operation is for. */
        GO_ON,
        /** The start of the old revision. */
        ROLL_BACK,
        /** The end of the operation, as a failure. */
        FAIL
    }

    /** A new operation, in its first step. */
    public static Operation open(
            UUID id, JobKey job, Request request, Deployment old, Instant now) {
        return new Operation(
                id,
                job,
                request,
                1,
                OperationState.OPEN,
                request.kind().first(),
                0,
                0,
                now,
                now,
                null,
                null,
                After.GO_ON,
                old == null ? 0 : old.epoch(),
                0,
                old == null ? 0 : old.revision(),
                0,
                "",
                "",
                null,
                "",
                "",
                false,
                null);
    }

    /** Whether it goes back to the old revision. */
    public boolean isRollingBack() {
        return after == After.ROLL_BACK;
    }

    /** Whether it has ended. */
    public boolean isClosed() {
        return state.isClosed();
    }

    Edit edit() {
        return new Edit(this);
    }

    /** A changed copy in the making. */
    static final class Edit {
        private final Operation old;
        private long version;
        private OperationState state;
        private Step step;
        private int attempt;
        private int sends;
        private Instant enteredAt;
        private Instant lastSentAt;
        private Instant noSince;
        private After after;
        private long epoch;
        private int starts;
        private String marker;
        private String baseState;
        private Pace pace;
        private String rejection;
        private String failure;
        private boolean abort;
        private Instant closedAt;

        private Edit(Operation old) {
            this.old = old;
            version = old.version;
            state = old.state;
            step = old.step;
            attempt = old.attempt;
            sends = old.sends;
            enteredAt = old.enteredAt;
            lastSentAt = old.lastSentAt;
            noSince = old.noSince;
            after = old.after;
            epoch = old.epoch;
            starts = old.starts;
            marker = old.marker;
            baseState = old.baseState;
            pace = old.pace;
            rejection = old.rejection;
            failure = old.failure;
            abort = old.abort;
            closedAt = old.closedAt;
        }

        Edit enter(Step next, Instant now) {
            step = next;
            state = OperationState.OPEN;
            enteredAt = now;
            attempt = 0;
            return sentNothing();
        }

        /** Gives the step its time again. */
        Edit reopen(Instant now) {
            state = OperationState.OPEN;
            enteredAt = now;
            return this;
        }

        Edit nextAttempt() {
            attempt++;
            return sentNothing();
        }

        private Edit sentNothing() {
            sends = 0;
            lastSentAt = null;
            noSince = null;
            rejection = "";
            return this;
        }

        Edit sent(Instant now) {
            sends++;
            lastSentAt = now;
            rejection = "";
            return this;
        }

        Edit noSince(Instant since) {
            noSince = since;
            return this;
        }

        Edit after(After what) {
            after = what;
            return this;
        }

        Edit state(OperationState next) {
            state = next;
            return this;
        }

        Edit started(long newEpoch) {
            epoch = newEpoch;
            starts++;
            marker = "";
            return this;
        }

        Edit marker(String copy) {
            marker = copy;
            return this;
        }

        Edit baseState(String path) {
            baseState = path;
            return this;
        }

        Edit pace(Pace ofOldRun) {
            pace = ofOldRun;
            return this;
        }

        Edit rejection(String why) {
            rejection = why;
            return this;
        }

        Edit failure(String why) {
            failure = why;
            return this;
        }

        Edit abort() {
            abort = true;
            return this;
        }

        Edit close(OperationState end, Instant now) {
            state = end;
            closedAt = now;
            return this;
        }

        private Edit nextVersion() {
            version++;
            return this;
        }

        Operation done() {
            return new Operation(
                    old.id,
                    old.job,
                    old.request,
                    version,
                    state,
                    step,
                    attempt,
                    sends,
                    old.createdAt,
                    enteredAt,
                    lastSentAt,
                    noSince,
                    after,
                    old.oldEpoch,
                    epoch,
                    old.fromRevision,
                    starts,
                    marker,
                    baseState,
                    pace,
                    rejection,
                    failure,
                    abort,
                    closedAt);
        }
    }

    /** The same, as its next version. */
    public Operation nextVersion() {
        return edit().nextVersion().done();
    }

    /** The same, with its user's wish that it ends. */
    public Operation aborted() {
        return edit().abort().done();
    }
}
