// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import com.pinterest.flink.jobs.protocol.Cluster;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Pace;
import com.pinterest.flink.jobs.protocol.Progress;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.RunStatus;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.SavepointFiles;
import com.pinterest.flink.jobs.protocol.SavepointStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A cluster without HA, in virtual time, that behaves like Flink and fails in every way the
 * protocol has to bear: requests and answers are lost, late or there twice, the leader restarts and
 * forgets while tasks live on, runs fail, savepoints take long or fail before or after they are
 * complete.
 *
 * <p>It keeps what the service must not know: which tasks run, and how far the state of each path
 * is.
 */
final class FakeCluster implements Cluster, SavepointFiles {

    /** How long the tasks of a lost leader live on: Flink's heartbeat.timeout. */
    static final Duration LINGER = Duration.ofSeconds(50);

    /** That of each run. */
    private static final Pace PACE = new Pace(100, -1);

    /** How late a request can arrive. */
    static final int MAX_DELAY_SECONDS = 20;

    /** A job that runs: what the service must never have two of. */
    static final class Execution {
        final Start start;
        final long leader;
        RunState state = RunState.STARTING;
        String cause = "";
        long position;
        long checkpoints;
        long restarts;
        String restoredFrom = "";
        Instant gone;

        Execution(Start start, long leader) {
            this.start = start;
            this.leader = leader;
        }

        boolean lives(Instant now) {
            return !state.isTerminal() && (gone == null || now.isBefore(gone));
        }
    }

    private record Event(Instant at, long number, Runnable action) {}

    private final VirtualClock clock;
    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparingLong(Event::number));
    private long eventNumber;

    private boolean faulty = true;
    private Instant unreachableUntil = Instant.MIN;
    private long leader = 1;
    private final Set<String> uploads = new HashSet<>();
    private final Map<String, Execution> known = new HashMap<>();
    private final Map<String, SavepointStatus> triggers = new HashMap<>();

    /** How far the state of each path is. Survives leaders. */
    private final Map<String, Long> states = new TreeMap<>();

    /** How far those were that the service has deleted. */
    private final Map<String, Long> deleted = new TreeMap<>();

    private final List<Execution> executions = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private StartCheck check = (start, now) -> Optional.empty();
    private DeletionCheck deletionCheck = savepoint -> Optional.empty();

    /** Looks at each start that takes effect; what it returns is a violation. */
    interface StartCheck {
        Optional<String> wrong(Start start, Instant now);
    }

    /** Looks at each savepoint before it is deleted; what it returns is a violation. */
    interface DeletionCheck {
        Optional<String> wrong(SavepointEntry savepoint);
    }

    FakeCluster(VirtualClock clock, Random random) {
        this.clock = clock;
        this.random = random;
    }

    void check(StartCheck startCheck) {
        check = startCheck;
    }

    void check(DeletionCheck check) {
        deletionCheck = check;
    }

    /** How many savepoints the service has deleted. */
    int deletions() {
        return deleted.size();
    }

    void setFaulty(boolean faults) {
        faulty = faults;
    }

    List<String> violations() {
        return violations;
    }

    List<String> log() {
        return log;
    }

    List<Execution> executions() {
        return executions;
    }

    /** How far the state of a path is; 0 for no state. */
    long position(String path) {
        return path.isEmpty() ? 0 : states.getOrDefault(path, -1L);
    }

    List<Execution> living() {
        return executions.stream().filter(one -> one.lives(clock.instant())).toList();
    }

    private void log(String text) {
        log.add(clock.instant() + " " + text);
    }

    private void at(int seconds, Runnable action) {
        events.add(new Event(clock.instant().plusSeconds(seconds), eventNumber++, action));
    }

    private boolean happens(int percent) {
        return faulty && random.nextInt(100) < percent;
    }

    /** Lets everything happen that is due by now. */
    void tick() {
        while (!events.isEmpty() && !events.peek().at().isAfter(clock.instant())) {
            events.poll().action().run();
        }
        for (Execution execution : living()) {
            if (execution.state == RunState.RUNNING) {
                execution.position += 1 + random.nextInt(5);
                if (random.nextInt(3) == 0) {
                    checkpoint(execution);
                }
                if (happens(1)) {
                    execution.restarts++;
                    log("restart of " + execution.start.runId());
                }
                if (happens(1)) {
                    end(execution, RunState.FAILED, "it failed");
                }
            }
        }
        if (happens(1)) {
            restartLeader();
        }
        if (happens(2)) {
            unreachableUntil = clock.instant().plusSeconds(random.nextInt(120));
            log("unreachable until " + unreachableUntil);
        }
    }

    private void checkpoint(Execution execution) {
        execution.checkpoints++;
        String path = checkpoints(execution.start.runId()) + "chk-" + execution.checkpoints;
        states.put(path, execution.position);
    }

    /** The leader forgets all; the tasks of its runs live on for a while. */
    void restartLeader() {
        leader++;
        log("leader " + leader);
        for (Execution execution : known.values()) {
            if (!execution.state.isTerminal()) {
                execution.gone =
                        clock.instant().plusSeconds(random.nextInt((int) LINGER.toSeconds()));
            }
        }
        known.clear();
        triggers.clear();
        uploads.clear();
        unreachableUntil = clock.instant().plusSeconds(random.nextInt(30));
    }

    private void end(Execution execution, RunState state, String cause) {
        if (execution.state.isTerminal()) {
            return;
        }
        log(execution.start.runId() + " is " + state);
        execution.state = state;
        execution.cause = cause;
    }

    private boolean isUnreachable() {
        return faulty && clock.instant().isBefore(unreachableUntil);
    }

    // ------------------------------------------------------------------ requests

    /** A request that the leader handles. */
    private interface Handler {
        void handle() throws ClusterException;
    }

    private void request(String what, Handler handler) throws ClusterException {
        if (isUnreachable()) {
            throw ClusterException.lost("unreachable");
        }
        long to = leader;
        Runnable late =
                () -> {
                    // A connection does not outlive its leader.
                    if (leader == to) {
                        try {
                            log("late: " + what);
                            handler.handle();
                        } catch (ClusterException e) {
                            log("late and refused: " + what);
                        }
                    }
                };
        if (happens(8)) {
            log("request lost: " + what);
            throw ClusterException.lost("request lost");
        }
        if (happens(8)) {
            at(1 + random.nextInt(MAX_DELAY_SECONDS), late);
            throw ClusterException.lost("request late");
        }
        if (happens(4)) {
            at(1 + random.nextInt(MAX_DELAY_SECONDS), late);
        }
        handler.handle();
        if (happens(8)) {
            log("answer lost: " + what);
            throw ClusterException.lost("answer lost");
        }
    }

    @Override
    public void upload(String artifact) throws ClusterException {
        request("upload", () -> uploads.add(artifact));
    }

    @Override
    public void start(Start start) throws ClusterException {
        request(
                "start " + start.epoch(),
                () -> {
                    if (known.containsKey(start.runId())) {
                        throw ClusterException.rejected("a job of this id was submitted already");
                    }
                    if (!uploads.contains(start.spec().artifact())) {
                        throw ClusterException.rejected("there is no such jar");
                    }
                    execute(start);
                });
    }

    private void execute(Start start) {
        Instant now = clock.instant();
        for (Execution other : living()) {
            if (other.start.job().equals(start.job())) {
                violations.add(
                        now
                                + " epoch "
                                + start.epoch()
                                + " starts while epoch "
                                + other.start.epoch()
                                + " lives");
            }
        }
        check.wrong(start, now).ifPresent(violations::add);
        Execution execution = new Execution(start, leader);
        execution.position = position(start.restorePath());
        execution.restoredFrom = start.restorePath();
        log("start of epoch " + start.epoch() + " from " + start.restorePath());
        executions.add(execution);
        known.put(start.runId(), execution);
        if (execution.position < 0) {
            end(execution, RunState.FAILED, "there is no state at " + start.restorePath());
            return;
        }
        boolean bad = start.spec().entryClass().equals("Bad");
        at(
                random.nextInt(20),
                () -> {
                    if (execution.state == RunState.STARTING && execution.gone == null) {
                        execution.state =
                                bad && random.nextBoolean() ? RunState.FAILED : RunState.RUNNING;
                        execution.restarts += bad ? 1 : 0;
                    }
                });
    }

    @Override
    public void savepoint(Savepoint savepoint) throws ClusterException {
        request(
                "savepoint " + savepoint.directory(),
                () -> {
                    Execution execution = known.get(savepoint.runId());
                    if (execution == null || execution.state.isTerminal()) {
                        throw ClusterException.lost("there is no such job");
                    }
                    if (triggers.containsKey(savepoint.trigger())) {
                        return;
                    }
                    if (execution.state != RunState.RUNNING) {
                        triggers.put(
                                savepoint.trigger(), SavepointStatus.failed("not all tasks run"));
                        return;
                    }
                    triggers.put(savepoint.trigger(), SavepointStatus.inProgress());
                    long to = leader;
                    at(random.nextInt(60), () -> complete(savepoint, execution, to));
                });
    }

    private void complete(Savepoint savepoint, Execution execution, long to) {
        if (leader != to) {
            return;
        }
        if (execution.state != RunState.RUNNING || happens(10)) {
            triggers.put(savepoint.trigger(), SavepointStatus.failed("it failed"));
            return;
        }
        String path = savepoint.directory() + "/savepoint";
        states.put(path, execution.position);
        log("savepoint " + path + " at " + execution.position);
        if (savepoint.stop() && happens(15)) {
            triggers.put(
                    savepoint.trigger(), SavepointStatus.failed("it failed after the savepoint"));
            if (random.nextBoolean()) {
                // It has gone on for a moment.
                execution.position++;
                checkpoint(execution);
                end(execution, RunState.FAILED, "the stop failed");
            }
            return;
        }
        triggers.put(savepoint.trigger(), SavepointStatus.completed(path));
        if (savepoint.stop()) {
            end(execution, RunState.FINISHED, "");
        }
    }

    @Override
    public void cancel(String runId) throws ClusterException {
        request(
                "cancel",
                () -> {
                    Execution execution = known.get(runId);
                    if (execution == null) {
                        throw ClusterException.lost("there is no such job");
                    }
                    if (!execution.state.isTerminal()) {
                        execution.state = RunState.ENDING;
                        at(random.nextInt(15), () -> end(execution, RunState.CANCELED, ""));
                    }
                });
    }

    // ------------------------------------------------------------------ observations

    private <T> Optional<Finding<T>> noAnswer() {
        return isUnreachable() || happens(10)
                ? Optional.of(Finding.unknown("no answer"))
                : Optional.empty();
    }

    @Override
    public Finding<String> ready(JobKey job, RunSpec spec, String oldRun) {
        return this.<String>noAnswer().orElse(Finding.yes("", "answers"));
    }

    @Override
    public Finding<String> artifact(String artifact) {
        return this.<String>noAnswer()
                .orElseGet(
                        () ->
                                uploads.contains(artifact)
                                        ? Finding.yes(leader + "-" + artifact, "is there")
                                        : Finding.no("is not there"));
    }

    @Override
    public Finding<RunStatus> run(String runId, String marker) {
        return this.<RunStatus>noAnswer()
                .orElseGet(
                        () -> {
                            Execution execution = known.get(runId);
                            if (execution != null) {
                                return Finding.yes(
                                        new RunStatus(execution.state, execution.cause),
                                        execution.state.toString());
                            }
                            boolean same = marker.startsWith(leader + "-");
                            return same
                                    ? Finding.noOfSameLeader("not known to the same leader")
                                    : Finding.no("not known");
                        });
    }

    @Override
    public Finding<SavepointStatus> savepointStatus(String runId, String trigger) {
        return this.<SavepointStatus>noAnswer()
                .orElseGet(
                        () ->
                                triggers.containsKey(trigger)
                                        ? Finding.yes(
                                                triggers.get(trigger),
                                                triggers.get(trigger).state().toString())
                                        : Finding.no("not known"));
    }

    @Override
    public Finding<String> stored(String directory) {
        String path = directory + "/savepoint";
        if (happens(10)) {
            return Finding.unknown("the storage is slow");
        }
        return states.containsKey(path) ? Finding.yes(path, path) : Finding.no("empty");
    }

    @Override
    public Finding<String> restored(String runId) {
        return this.<String>noAnswer()
                .orElseGet(
                        () -> {
                            Execution execution = known.get(runId);
                            if (execution == null) {
                                return Finding.unknown("not known");
                            }
                            return execution.restoredFrom.isEmpty()
                                    ? Finding.no("nothing")
                                    : Finding.yes(execution.restoredFrom, execution.restoredFrom);
                        });
    }

    @Override
    public Finding<Progress> progress(String runId) {
        return this.<Progress>noAnswer()
                .orElseGet(
                        () -> {
                            Execution execution = known.get(runId);
                            return execution == null
                                    ? Finding.unknown("not known")
                                    : Finding.yes(
                                            new Progress(
                                                    true,
                                                    execution.checkpoints,
                                                    execution.restarts,
                                                    PACE),
                                            execution.checkpoints + " checkpoints");
                        });
    }

    @Override
    public Finding<String> newestState(
            RunSpec spec, String runId, String savepoints, List<String> candidates) {
        if (happens(10)) {
            return Finding.unknown("the storage is slow");
        }
        return states.keySet().stream()
                .filter(
                        path ->
                                path.startsWith(checkpoints(runId))
                                        || (!savepoints.isEmpty()
                                                && path.startsWith(savepoints + "/"))
                                        || candidates.contains(path))
                .max(Comparator.comparingLong(states::get))
                .<Finding<String>>map(path -> Finding.yes(path, path))
                .orElse(Finding.no("nothing"));
    }

    private static String checkpoints(String runId) {
        return "/checkpoints/" + runId + "/";
    }

    @Override
    public Finding<String> delete(SavepointEntry savepoint) {
        String path = savepoint.path();
        deletionCheck.wrong(savepoint).ifPresent(violations::add);
        log("delete " + path);
        Long position = states.remove(path);
        if (position != null) {
            deleted.put(path, position);
        }
        return Finding.yes(path, "gone");
    }

    /**
     * The truth: the newest of the states that a run has left, also if they were deleted, and of
     * the one it began with.
     */
    long left(Deployment run, String savepointRoot) {
        long newest = deleted.getOrDefault(run.restorePath(), position(run.restorePath()));
        String savepoints = savepointRoot + "/" + run.job() + "/" + run.epoch() + "/";
        Map<String, Long> all = new TreeMap<>(states);
        all.putAll(deleted);
        for (Map.Entry<String, Long> state : all.entrySet()) {
            boolean own =
                    state.getKey().startsWith(checkpoints(run.runId()))
                            || state.getKey().startsWith(savepoints);
            if (own) {
                newest = Math.max(newest, state.getValue());
            }
        }
        return newest;
    }
}
