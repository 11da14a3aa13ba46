// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import com.pinterest.flink.jobs.protocol.Change.Desired;
import com.pinterest.flink.jobs.protocol.Operation.After;
import com.pinterest.flink.jobs.protocol.Request.From;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The rules: which step follows from what was observed. A pure function of what is stored, what was
 * seen, and the time.
 *
 * <p>Each call begins with an observation, also the first one after a crash: whether a request was
 * sent is not known, whether it had its effect can be seen. Three rules keep a job single:
 *
 * <ol>
 *   <li>A start has an epoch, and its ids come from the epoch. A start that is sent twice is
 *       refused by the cluster.
 *   <li>An epoch begins only when all earlier ones have ended. The store enforces this.
 *   <li>An epoch has ended when its leader reports a terminal state, or has said for the time
 *       {@link Timing#settle} without a break that it does not know the run. By then, the tasks of
 *       a lost JobManager are gone, and so is any request that was on its way.
 * </ol>
 *
 * <p>An answer that is missing proves nothing: it never starts, ends or fails anything. When it has
 * been missing for the time of the step, the operation is {@link OperationState#BLOCKED}, and goes
 * on when the answer comes.
 */
final class Protocol {

    /** Starts of one operation: the new revision, the old one, and some that a cluster lost. */
    private static final int MAX_STARTS = 6;

    private static final int MAX_SENDS = 6;
    private static final int MAX_SAVEPOINTS = 3;

    /** A JobManager gathers the metrics of its TaskManagers only when someone asks for them. */
    private static final Duration METRICS = Duration.ofSeconds(5);

    private final Timing timing;

    Protocol(Timing timing) {
        this.timing = timing;
    }

    Timing timing() {
        return timing;
    }

    /** The run that the step is about. */
    static Optional<Deployment> subject(View view) {
        return switch (view.operation().step()) {
            case PREFLIGHT -> Optional.empty();
            case FIND_STATE -> view.newest();
            default -> view.live();
        };
    }

    Decision decide(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        if (op.state() == OperationState.BLOCKED && facts.isAnswered()) {
            return write(op.edit().reopen(now).done(), "goes on");
        }
        if (op.abort() && op.failure().isEmpty()) {
            Decision aborted = abort(view, now);
            if (aborted != null) {
                return aborted;
            }
        }
        return switch (op.step()) {
            case PREFLIGHT -> preflight(view, facts, now);
            case CLEAR -> clear(view, facts, now);
            case STOP -> stop(view, facts, now);
            case SAVEPOINT -> savepoint(view, facts, now);
            case CANCEL -> cancel(view, facts, now);
            case FIND_STATE -> findState(view, facts, now);
            case UPLOAD -> upload(view, facts, now);
            case START -> start(view, facts, now);
            case RUNNING -> running(view, facts, now);
            case RESTORED -> restored(view, facts, now);
            case STABLE -> stable(view, facts, now);
        };
    }

    // ------------------------------------------------------------------ before the start

    /** An abort ends what has changed nothing, and fails what has started something. */
    private Decision abort(View view, Instant now) {
        Operation op = view.operation();
        return switch (op.step()) {
            case PREFLIGHT, SAVEPOINT -> close(op, OperationState.ABORTED, "aborted", now);
            case CLEAR, FIND_STATE ->
                    // An upgrade has ended the old run by then: it has to start one.
                    op.request().kind().replaces() || op.starts() > 0
                            ? null
                            : close(op, OperationState.ABORTED, "aborted", now);
            case STOP ->
                    op.sends() == 0 && op.attempt() == 0
                            ? close(op, OperationState.ABORTED, "aborted", now)
                            : null;
            case CANCEL ->
                    op.sends() == 0 && op.after() == After.GO_ON
                            ? close(op, OperationState.ABORTED, "aborted", now)
                            : null;
            case UPLOAD, START, RUNNING, RESTORED, STABLE -> fail(view, "aborted", now);
        };
    }

    private Decision preflight(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Finding<String> ready = facts.ready();
        if (ready.isNo()) {
            return close(
                    op.edit().failure("preflight: " + ready.detail()).done(),
                    OperationState.FAILED_RUNS_ON,
                    "preflight says no; the running job was not touched",
                    now);
        }
        if (ready.isUnknown()) {
            return waitFor(op, ready, now);
        }
        Finding<Progress> progress = facts.progress();
        Pace pace = progress == null ? null : progress.optional().map(Progress::pace).orElse(null);
        // Who has lost the run never tells its pace.
        if (progress != null && pace == null && now.isBefore(op.enteredAt().plus(METRICS))) {
            return Decision.NOTHING;
        }
        UpgradeMode mode = view.revision(op.fromRevision()).upgradeMode();
        Step next =
                op.request().kind() == Kind.UPGRADE && mode != UpgradeMode.SAVEPOINT
                        ? Step.CANCEL
                        : Step.STOP;
        return write(
                op.edit().pace(pace).enter(next, now).done(),
                pace == null ? "preflight passed" : "preflight passed; the job reads " + pace);
    }

    private Decision clear(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Optional<Deployment> live = view.live();
        if (live.isPresent()) {
            Finding<RunStatus> run = facts.run();
            Decision end = endIfGone(view, live.get(), run, now);
            if (end != null) {
                return end;
            }
            if (run.isYes()) {
                return close(
                        op.edit().failure("the job runs, as epoch " + live.get().epoch()).done(),
                        OperationState.FAILED_RUNS_ON,
                        "nothing was started",
                        now);
            }
            return run.isNo() ? keepNo(op, now) : waitForRun(op, run, now);
        }
        Request request = op.request();
        if (request.kind().replaces()) {
            return replace(view, now);
        }
        Optional<Deployment> last = view.newest();
        if (request.from() == From.PATH) {
            return startEpoch(view, request.path(), "starts from the chosen state", now);
        }
        if (request.from() == From.FRESH || last.isEmpty()) {
            return startEpoch(view, "", "starts without state", now);
        }
        if (!last.get().finalState().isEmpty()) {
            return startEpoch(
                    view, last.get().finalState(), "starts from the savepoint it ended with", now);
        }
        if (last.get().end() == RunState.FINISHED) {
            return close(
                    op.edit()
                            .failure(
                                    "the job has finished by itself; choose the state to start"
                                            + " from, or to start without state")
                            .done(),
                    OperationState.FAILED,
                    "nothing was started",
                    now);
        }
        return write(op.edit().enter(Step.FIND_STATE, now).done(), "looks for the newest state");
    }

    /** Starts what takes the place of the run that the operation has ended. */
    private Decision replace(View view, Instant now) {
        Operation op = view.operation();
        String what = op.isRollingBack() ? "starts the old revision" : "starts the new revision";
        if (!op.baseState().isEmpty()) {
            return startEpoch(view, op.baseState(), what, now);
        }
        if (view.revision(op.fromRevision()).upgradeMode() == UpgradeMode.STATELESS) {
            return startEpoch(view, "", what + " without state", now);
        }
        return write(op.edit().enter(Step.FIND_STATE, now).done(), "looks for the newest state");
    }

    private Decision findState(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Finding<String> newest = facts.newest();
        if (newest.isUnknown()) {
            return waitFor(op, newest, now);
        }
        Deployment last = view.newest().orElseThrow();
        // A run without a state of its own has not gone beyond the one that it began with.
        String path = newest.optional().orElse(last.restorePath());
        String note =
                newest.isYes()
                        ? "starts from the newest state"
                        : "starts from where the last run began, which left no state";
        return startEpoch(view, path, note, now);
    }

    private Decision startEpoch(View view, String restorePath, String note, Instant now) {
        Operation op = view.operation();
        if (op.starts() == MAX_STARTS) {
            String why = "the cluster has lost the run " + MAX_STARTS + " times";
            Operation failed = op.edit().failure(why).close(OperationState.FAILED, now).done();
            return Decision.write(Change.of(failed, "nothing runs").desired(Desired.SUSPENDED));
        }
        long epoch = view.newest().map(Deployment::epoch).orElse(0L) + 1;
        long revision = view.wantedRevision();
        Deployment deployment =
                new Deployment(
                        op.job(),
                        epoch,
                        revision,
                        view.revision(revision).cluster(),
                        Ids.run(view.instance(), op.job(), epoch),
                        restorePath,
                        now,
                        null,
                        "",
                        "");
        Operation next =
                op.edit()
                        .enter(Step.UPLOAD, now)
                        .started(epoch)
                        // What a rollback begins with, too.
                        .baseState(op.starts() == 0 ? restorePath : op.baseState())
                        .done();
        return Decision.write(Change.of(next, note).started(deployment).desired(Desired.RUNNING));
    }

    // ------------------------------------------------------------------ the start

    private Decision upload(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Finding<String> artifact = facts.artifact();
        if (artifact.isYes()) {
            return write(
                    op.edit().enter(Step.START, now).marker(artifact.value()).done(),
                    "the artifact is on the cluster");
        }
        if (artifact.isUnknown()) {
            return waitFor(op, artifact, now);
        }
        if (!op.rejection().isEmpty() || op.sends() == MAX_SENDS || isLate(op, now)) {
            return fail(view, "the artifact cannot be uploaded: " + lastWord(op, artifact), now);
        }
        if (!mayResend(op, now)) {
            return Decision.NOTHING;
        }
        String sha = view.revision(live(view).revision()).artifact();
        return act(op, now, "uploads the artifact", cluster -> cluster.upload(sha));
    }

    private Decision start(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Deployment deployment = live(view);
        Finding<RunStatus> run = facts.run();
        if (run.isYes()) {
            return write(op.edit().enter(Step.RUNNING, now).done(), "the cluster has the run");
        }
        if (run.isUnknown()) {
            return waitForRun(op, run, now);
        }
        if (op.sends() == 0) {
            return sendStart(view, deployment, now);
        }
        if (!op.rejection().isEmpty()) {
            return refused(view, facts.artifact(), now);
        }
        if (!run.isOfSameLeader()) {
            // The leader that may have got the request is gone, with the run, but not yet its
            // tasks.
            return lostIfSettled(view, deployment, run, now);
        }
        if (op.sends() == MAX_SENDS) {
            return fail(view, "the cluster does not take the run: " + run.detail(), now);
        }
        return mayResend(op, now) ? sendStart(view, deployment, now) : keepOn(op);
    }

    /** A new leader refuses a run only because it does not have the artifact yet. */
    private Decision refused(View view, Finding<String> artifact, Instant now) {
        Operation op = view.operation();
        if (artifact.isUnknown()) {
            return waitFor(op, artifact, now);
        }
        boolean sameCopy = artifact.isYes() && artifact.value().equals(op.marker());
        if (sameCopy || op.sends() > 1) {
            return fail(view, op.rejection(), now);
        }
        return write(op.edit().enter(Step.UPLOAD, now).done(), "another leader needs the artifact");
    }

    private Decision sendStart(View view, Deployment deployment, Instant now) {
        Cluster.Start start =
                new Cluster.Start(
                        deployment.job(),
                        deployment.epoch(),
                        deployment.runId(),
                        view.operation().marker(),
                        view.revision(deployment.revision()),
                        deployment.restorePath());
        return act(view.operation(), now, "starts the run", cluster -> cluster.start(start));
    }

    private Decision running(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Finding<RunStatus> run = facts.run();
        Decision trouble = troubleOfStart(view, run, now);
        if (trouble != null) {
            return trouble;
        }
        return switch (run.value().state()) {
            case RUNNING -> write(op.edit().enter(Step.RESTORED, now).done(), "all tasks run");
            case FINISHED ->
                    write(op.edit().enter(Step.RESTORED, now).done(), "it has finished already");
            default ->
                    isLate(op, now)
                            ? fail(view, "not all tasks run in time: " + run.detail(), now)
                            : keepOn(op);
        };
    }

    /** A job with an end can reach it before one looks. */
    private Decision finishedEarly(View view, Instant now) {
        Operation op = view.operation();
        Deployment ended = live(view).ended(RunState.FINISHED, "finished by itself", "");
        Change change =
                Change.of(
                        op.edit().close(endOf(op, OperationState.SUCCEEDED), now).done(),
                        "the job has finished");
        return Decision.write(change.ended(ended).stable(live(view).revision()));
    }

    private Decision restored(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Deployment deployment = live(view);
        Decision trouble = troubleOfStart(view, facts.run(), now);
        if (trouble != null) {
            return trouble;
        }
        Finding<String> restored = facts.restored();
        if (restored.isGone() && facts.run().value().state() == RunState.FINISHED) {
            return finishedEarly(view, now);
        }
        if (restored.isUnknown()) {
            return waitFor(op, restored, now);
        }
        String asked = deployment.restorePath();
        String actual = restored.optional().orElse("");
        boolean asAsked = StatePaths.same(actual, asked) || actual.contains(deployment.runId());
        if (!asAsked) {
            return fail(
                    view,
                    "the run began with "
                            + (actual.isEmpty() ? "no state" : actual)
                            + " instead of "
                            + (asked.isEmpty() ? "no state" : asked),
                    now);
        }
        String note = asked.isEmpty() ? "began without state" : "began with the right state";
        if (facts.run().value().state() == RunState.FINISHED) {
            return finishedEarly(view, now);
        }
        if (!op.request().kind().replaces()) {
            return Decision.write(
                    Change.of(op.edit().close(OperationState.SUCCEEDED, now).done(), note));
        }
        return write(op.edit().enter(Step.STABLE, now).done(), note);
    }

    private Decision stable(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Finding<RunStatus> run = facts.run();
        Decision trouble = troubleOfStart(view, run, now);
        if (trouble != null) {
            return trouble;
        }
        if (run.value().state() == RunState.FINISHED) {
            return finishedEarly(view, now);
        }
        Finding<Progress> progress = facts.progress();
        if (progress.isUnknown()) {
            return waitFor(op, progress, now);
        }
        if (progress.isYes() && progress.value().restarts() > 0) {
            return fail(view, "not stable: it was restarted", now);
        }
        RunSpec spec = view.revision(live(view).revision());
        boolean proven =
                progress.isYes()
                        && run.value().state() == RunState.RUNNING
                        && (progress.value().checkpointing()
                                ? progress.value().checkpoints() >= spec.stableCheckpoints()
                                : now.isAfter(op.enteredAt().plus(timing.resend())));
        if (proven && keepsPace(op, spec, progress.value())) {
            Change change =
                    Change.of(
                            op.edit().close(endOf(op, OperationState.SUCCEEDED), now).done(),
                            op.isRollingBack() ? "the old revision runs again" : "it is stable");
            return Decision.write(change.stable(live(view).revision()));
        }
        Duration timeout = spec.stableTimeout() == null ? timing.stable() : spec.stableTimeout();
        if (now.isAfter(op.enteredAt().plus(timeout))) {
            String slow = proven ? "; the run before read " + op.pace() : "";
            return fail(
                    view,
                    "not stable in time: " + run.detail() + ", " + progress.detail() + slow,
                    now);
        }
        return keepOn(op);
    }

    /** Whether a new revision reads as fast as the old one did. */
    private static boolean keepsPace(Operation op, RunSpec spec, Progress progress) {
        if (op.pace() == null || spec.stableThroughput() == 0 || op.isRollingBack()) {
            return true;
        }
        return progress.pace() != null && progress.pace().holds(op.pace(), spec.stableThroughput());
    }

    /** What can go wrong with a run that was started; null if nothing has. */
    private Decision troubleOfStart(View view, Finding<RunStatus> run, Instant now) {
        if (run.isUnknown()) {
            return waitForRun(view.operation(), run, now);
        }
        if (run.isNo()) {
            return lostIfSettled(view, live(view), run, now);
        }
        RunState state = run.value().state();
        if (state == RunState.FAILED || state == RunState.CANCELED) {
            return fail(view, "the run ended: " + run.value(), now);
        }
        return null;
    }

    /** Goes on with a new epoch when a run is gone that the operation has started. */
    private Decision lostIfSettled(
            View view, Deployment deployment, Finding<RunStatus> run, Instant now) {
        Operation op = view.operation();
        if (!isSettled(op, now)) {
            return keepNo(op, now);
        }
        Operation next = op.edit().enter(Step.FIND_STATE, now).done();
        return Decision.write(
                Change.of(next, "the cluster has lost the run")
                        .ended(deployment.ended(RunState.LOST, run.detail(), "")));
    }

    // ------------------------------------------------------------------ the end of a run

    private Decision stop(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Deployment deployment = live(view);
        Finding<RunStatus> run = facts.run();
        Optional<String> path = savepointPath(facts);
        boolean gone = run.isNo() && isSettled(op, now);
        boolean terminal = run.isYes() && run.value().state().isTerminal();
        if (gone || terminal) {
            RunState end = gone ? RunState.LOST : run.value().state();
            String cause = run.isYes() ? run.value().cause() : run.detail();
            if (path.isPresent()) {
                return stopped(view, deployment, end, cause, path.get(), now);
            }
            if (facts.stored().isNo() || (op.sends() == 0 && op.attempt() == 0)) {
                return endedWithoutSavepoint(view, deployment.ended(end, cause, ""), now);
            }
            return waitFor(op, facts.stored(), now);
        }
        if (run.isUnknown()) {
            return waitForRun(op, run, now);
        }
        if (run.isNo()) {
            return keepNo(op, now);
        }
        if (facts.savepoint().isUnknown()) {
            return waitFor(op, facts.savepoint(), now);
        }
        boolean none = facts.stored().isNo();
        if (facts.savepoint().isYes()) {
            SavepointStatus status = facts.savepoint().value();
            if (status.state() == SavepointStatus.State.FAILED) {
                return none || op.attempt() + 1 == MAX_SAVEPOINTS
                        ? runsOn(op, "it was not stopped: " + status.cause(), now)
                        : newAttempt(op, path, "the stop failed after its savepoint");
            }
            return isLate(op, now)
                    ? runsOn(op, "it was not stopped in time: " + run.detail(), now)
                    : keepOn(op);
        }
        if (op.sends() > 0 && path.isPresent()) {
            return op.attempt() + 1 == MAX_SAVEPOINTS
                    ? runsOn(op, "it goes on after each savepoint", now)
                    : newAttempt(op, path, "a savepoint was taken, but the run goes on");
        }
        return request(view, deployment, true, now);
    }

    private Decision newAttempt(Operation op, Optional<String> left, String note) {
        String what = left.map(path -> note + ": " + path).orElse(note);
        return keep(op.edit().nextAttempt().noSince(null).done(), what);
    }

    /** Asks for a savepoint, or again if nobody has heard of it. */
    private Decision request(View view, Deployment deployment, boolean stop, Instant now) {
        Operation op = view.operation();
        if (!op.rejection().isEmpty()) {
            return runsOn(op, op.rejection(), now);
        }
        if (op.sends() == MAX_SENDS || isLate(op, now)) {
            return runsOn(op, "the cluster does not take the request", now);
        }
        if (!mayResend(op, now)) {
            return keepOn(op);
        }
        Cluster.Savepoint savepoint =
                new Cluster.Savepoint(
                        deployment.runId(),
                        Ids.trigger(op.id(), op.attempt()),
                        view.savepointDirectory(deployment, op.attempt()),
                        stop,
                        op.request().drain());
        return act(
                op,
                now,
                stop ? "stops the run with a savepoint" : "takes a savepoint",
                cluster -> cluster.savepoint(savepoint));
    }

    /**
     * The run has ended, and its savepoint is complete. If the run has finished, the savepoint is
     * its last state. If it failed after the savepoint, a checkpoint can be newer.
     */
    private Decision stopped(
            View view, Deployment run, RunState end, String cause, String path, Instant now) {
        Operation op = view.operation();
        boolean last = end == RunState.FINISHED;
        Deployment ended = run.ended(end, cause, last ? path : "");
        Operation next;
        if (op.request().kind() == Kind.STOP) {
            next = op.edit().baseState(path).close(OperationState.SUCCEEDED, now).done();
        } else if (last) {
            next = op.edit().baseState(path).enter(Step.CLEAR, now).done();
        } else {
            next = op.edit().enter(Step.FIND_STATE, now).done();
        }
        Change change =
                Change.of(next, "stopped with a savepoint")
                        .ended(ended)
                        .savepoint(ended.epoch(), path);
        return Decision.write(next.isClosed() ? change.desired(Desired.SUSPENDED) : change);
    }

    private Decision endedWithoutSavepoint(View view, Deployment ended, Instant now) {
        Operation op = view.operation();
        String why = "the run ended before it was stopped: " + ended.end() + " " + ended.cause();
        boolean finished = ended.end() == RunState.FINISHED;
        if (op.request().kind() == Kind.STOP || finished) {
            Operation closed =
                    op.edit()
                            .failure(finished ? "" : why)
                            .close(
                                    finished && op.request().kind() == Kind.STOP
                                            ? OperationState.SUCCEEDED
                                            : OperationState.FAILED,
                                    now)
                            .done();
            return Decision.write(
                    Change.of(closed, why.strip()).ended(ended).desired(Desired.SUSPENDED));
        }
        // The upgrade goes back, to what the old revision has left.
        Operation next =
                op.edit()
                        .failure(why.strip())
                        .after(After.ROLL_BACK)
                        .enter(Step.FIND_STATE, now)
                        .done();
        return Decision.write(Change.of(next, "goes back to the old revision").ended(ended));
    }

    private Decision savepoint(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Deployment deployment = live(view);
        Optional<String> path = savepointPath(facts);
        if (path.isPresent()) {
            return Decision.write(
                    Change.of(
                                    op.edit()
                                            .baseState(path.get())
                                            .close(OperationState.SUCCEEDED, now)
                                            .done(),
                                    "a savepoint was taken")
                            .savepoint(deployment.epoch(), path.get()));
        }
        Finding<RunStatus> run = facts.run();
        if (run.isUnknown()) {
            return waitForRun(op, run, now);
        }
        if (op.sends() > 0 && facts.stored().isUnknown()) {
            return waitFor(op, facts.stored(), now);
        }
        if (run.isYes() && run.value().state().isTerminal()) {
            return Decision.write(
                    Change.of(
                                    op.edit()
                                            .failure("the run ended: " + run.value())
                                            .close(OperationState.FAILED, now)
                                            .done(),
                                    "no savepoint was taken")
                            .ended(deployment.ended(run.value().state(), run.value().cause(), "")));
        }
        if (run.isNo()) {
            return isSettled(op, now)
                    ? Decision.write(
                            Change.of(
                                            op.edit()
                                                    .failure("the cluster has lost the run")
                                                    .close(OperationState.FAILED, now)
                                                    .done(),
                                            "no savepoint was taken")
                                    .ended(deployment.ended(RunState.LOST, run.detail(), "")))
                    : keepNo(op, now);
        }
        Finding<SavepointStatus> status = facts.savepoint();
        if (status.isUnknown()) {
            return waitFor(op, status, now);
        }
        if (status.isYes()) {
            if (status.value().state() == SavepointStatus.State.FAILED) {
                return runsOn(op, "no savepoint was taken: " + status.value().cause(), now);
            }
            return isLate(op, now) ? runsOn(op, "no savepoint was taken in time", now) : keepOn(op);
        }
        return request(view, deployment, false, now);
    }

    /** The savepoint of this attempt, if it is complete: the storage decides. */
    private static Optional<String> savepointPath(Facts facts) {
        if (facts.stored().isYes()) {
            return facts.stored().optional();
        }
        if (facts.stored().isUnknown() && facts.savepoint().isYes()) {
            SavepointStatus status = facts.savepoint().value();
            if (status.state() == SavepointStatus.State.COMPLETED) {
                return Optional.of(status.path());
            }
        }
        return Optional.empty();
    }

    private Decision cancel(View view, Facts facts, Instant now) {
        Operation op = view.operation();
        Optional<Deployment> live = view.live();
        if (live.isEmpty()) {
            return cancelled(view, Optional.empty(), now);
        }
        Finding<RunStatus> run = facts.run();
        if (run.isYes() && run.value().state().isTerminal()) {
            Deployment ended = live.get().ended(run.value().state(), run.value().cause(), "");
            return cancelled(view, Optional.of(ended), now);
        }
        if (run.isNo() && isSettled(op, now)) {
            Deployment ended = live.get().ended(RunState.LOST, run.detail(), "");
            return cancelled(view, Optional.of(ended), now);
        }
        if (run.isNo()) {
            return keepNo(op, now);
        }
        if (run.isUnknown()) {
            return waitForRun(op, run, now);
        }
        if (!mayResend(op, now)) {
            return keepOn(op);
        }
        String runId = live.get().runId();
        return act(op, now, "cancels the run", cluster -> cluster.cancel(runId));
    }

    private Decision cancelled(View view, Optional<Deployment> ended, Instant now) {
        Operation op = view.operation();
        if (op.after() == After.FAIL) {
            return withEnd(
                    Change.of(op.edit().close(OperationState.FAILED, now).done(), "nothing runs")
                            .desired(Desired.SUSPENDED),
                    ended);
        }
        if (op.request().kind() == Kind.CANCEL) {
            return withEnd(
                    Change.of(
                                    op.edit().close(OperationState.SUCCEEDED, now).done(),
                                    "the run is gone")
                            .desired(Desired.SUSPENDED),
                    ended);
        }
        return withEnd(
                Change.of(op.edit().enter(Step.CLEAR, now).done(), "the run is gone"), ended);
    }

    private static Decision withEnd(Change change, Optional<Deployment> ended) {
        return Decision.write(ended.map(change::ended).orElse(change));
    }

    /** Notes that an earlier run has ended; null if that is not proven. */
    private Decision endIfGone(
            View view, Deployment deployment, Finding<RunStatus> run, Instant now) {
        Operation op = view.operation();
        if (run.isYes() && run.value().state().isTerminal()) {
            return Decision.write(
                    Change.of(op.edit().noSince(null).done(), "the last run has ended")
                            .ended(deployment.ended(run.value().state(), run.value().cause(), "")));
        }
        if (run.isNo() && isSettled(op, now)) {
            return Decision.write(
                    Change.of(op.edit().noSince(null).done(), "the last run is gone")
                            .ended(deployment.ended(RunState.LOST, run.detail(), "")));
        }
        return null;
    }

    // ------------------------------------------------------------------ failures

    /** Undoes a start: the new run goes, and the old revision comes back if there was one. */
    private Decision fail(View view, String why, Instant now) {
        Operation op = view.operation();
        boolean back = op.request().kind().replaces() && !op.isRollingBack();
        String failure =
                op.failure().isEmpty() ? why : op.failure() + "; going back failed: " + why;
        Operation next =
                op.edit()
                        .failure(failure)
                        .after(back ? After.ROLL_BACK : After.FAIL)
                        .enter(Step.CANCEL, now)
                        .done();
        Change change = Change.of(next, back ? "goes back: " + why : "gives up: " + why);
        if (wasNeverStarted(op)) {
            return Decision.write(
                    change.ended(live(view).ended(RunState.CANCELED, "was never started", "")));
        }
        return Decision.write(change);
    }

    /** No request to start the run can be on its way, and none was accepted. */
    private static boolean wasNeverStarted(Operation op) {
        return op.step() == Step.UPLOAD
                || (op.step() == Step.START && op.sends() == 0)
                || (op.step() == Step.START && op.sends() == 1 && !op.rejection().isEmpty());
    }

    private Decision runsOn(Operation op, String why, Instant now) {
        return close(
                op.edit().failure(why).done(),
                OperationState.FAILED_RUNS_ON,
                "failed; the job runs on",
                now);
    }

    private static OperationState endOf(Operation op, OperationState good) {
        return op.isRollingBack() ? OperationState.ROLLED_BACK : good;
    }

    private static Decision close(Operation op, OperationState end, String note, Instant now) {
        return Decision.write(Change.of(op.edit().close(end, now).done(), note));
    }

    private static String lastWord(Operation op, Finding<?> finding) {
        return op.rejection().isEmpty() ? finding.detail() : op.rejection();
    }

    // ------------------------------------------------------------------ waiting

    /** No answer: nothing happens, however long. */
    private Decision waitFor(Operation op, Finding<?> finding, Instant now) {
        return isLate(op, now) ? blocked(op, finding.detail()) : Decision.NOTHING;
    }

    /** As {@link #waitFor}; and a leader that was not there may be another one when it comes. */
    private Decision waitForRun(Operation op, Finding<?> finding, Instant now) {
        Operation next = op.edit().noSince(null).done();
        if (isLate(op, now)) {
            return blocked(next, finding.detail());
        }
        return next.equals(op) ? Decision.NOTHING : keep(next, "no answer");
    }

    private static Decision blocked(Operation op, String why) {
        return op.state() == OperationState.BLOCKED
                ? Decision.NOTHING
                : keep(op.edit().state(OperationState.BLOCKED).done(), "blocked: " + why);
    }

    /** The leader knows the run, or does not have to yet. */
    private static Decision keepOn(Operation op) {
        Operation next = op.edit().noSince(null).done();
        return next.equals(op) ? Decision.NOTHING : keep(next, "the leader knows the run again");
    }

    /** The leader does not know the run: since when? */
    private static Decision keepNo(Operation op, Instant now) {
        return op.noSince() != null
                ? Decision.NOTHING
                : keep(op.edit().noSince(now).done(), "the leader does not know the run");
    }

    private boolean isLate(Operation op, Instant now) {
        return now.isAfter(op.enteredAt().plus(timing.of(op.step())));
    }

    private boolean isSettled(Operation op, Instant now) {
        return op.noSince() != null && !now.isBefore(op.noSince().plus(timing.settle()));
    }

    private boolean mayResend(Operation op, Instant now) {
        Duration pause = timing.resend();
        return op.lastSentAt() == null || !now.isBefore(op.lastSentAt().plus(pause));
    }

    private static Decision act(Operation op, Instant now, String note, Decision.Effect effect) {
        Operation next = op.edit().sent(now).noSince(null).done();
        return Decision.act(Change.of(next, note), effect);
    }

    private static Decision write(Operation next, String note) {
        return Decision.write(Change.of(next, note));
    }

    private static Decision keep(Operation next, String note) {
        return Decision.write(Change.of(next, note));
    }

    private static Deployment live(View view) {
        return view.live()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        view.operation().job() + " has no live epoch"));
    }
}
