// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import com.pinterest.flink.jobs.protocol.Change;
import com.pinterest.flink.jobs.protocol.Cluster;
import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.JobStore;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.OperationRunner;
import com.pinterest.flink.jobs.protocol.OperationState;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.Request.From;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.SavepointCatalogue;
import com.pinterest.flink.jobs.protocol.SavepointCleaner;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.SavepointFiles;
import com.pinterest.flink.jobs.protocol.StatePaths;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.protocol.View;
import com.pinterest.flink.jobs.store.FakeCluster.Execution;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One life of a job, in virtual time: the real protocol and the real store, a fake cluster, a user
 * who asks for this and that, and a service that crashes anywhere. A seed gives the same life
 * again.
 *
 * <p>The fake cluster knows what really runs. What must hold:
 *
 * <ul>
 *   <li>no run starts while another one has tasks, and none starts whose epoch has ended;
 *   <li>each run begins with a state that can be explained: the newest of the run before, or the
 *       one that its upgrade goes back to;
 *   <li>no savepoint is deleted that an open operation or the newest run can need;
 *   <li>when all is well again, each operation comes to an end, and what it says is true.
 * </ul>
 */
final class Simulation {

    static final JobKey JOB = new JobKey("ads", "flights");
    private static final String SAVEPOINTS = "/savepoints";

    /** The service dies. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Random random;
    private final VirtualClock clock = new VirtualClock();
    private final FakeCluster cluster;
    private final JobDatabase store;
    private final CheckedStore checked = new CheckedStore();
    private final OperationRunner runner;

    /** Its own luck, so that lives of earlier versions stay as they were. */
    private final Random cleaning;

    private final SavepointCleaner cleaner;
    private final List<String> violations = new ArrayList<>();
    private final List<UUID> operations = new ArrayList<>();

    /** Of which the state is what counts if they fail as well. */
    private final Set<Long> startedInRollBacks = new HashSet<>();

    private boolean faulty = true;
    private boolean nested;

    private Simulation(long seed) {
        random = new Random(seed);
        cluster = new FakeCluster(clock, random);
        cleaning = new Random(~seed);
        cluster.check((FakeCluster.StartCheck) this::wrongStart);
        cluster.check((FakeCluster.DeletionCheck) this::neededSavepoint);
        store = JobDatabase.inMemory(random);
        Cluster crashing = crashing(Cluster.class, cluster);
        runner =
                new OperationRunner(
                        crashing(JobStore.class, checked),
                        name -> crashing,
                        Timing.standard(),
                        clock);
        cleaner =
                new SavepointCleaner(
                        dying(SavepointCatalogue.class, store),
                        dying(SavepointFiles.class, cluster),
                        clock);
    }

    /**
     * Lives a life, counts how its operations ended and how many savepoints were deleted, and
     * returns what was wrong.
     */
    static List<String> violations(
            long seed, Map<OperationState, Integer> outcomes, AtomicInteger deletions)
            throws Exception {
        Simulation simulation = new Simulation(seed);
        try {
            simulation.live();
            for (UUID id : simulation.operations) {
                OperationState end = simulation.store.operation(id).orElseThrow().state();
                outcomes.merge(end, 1, Integer::sum);
            }
            deletions.addAndGet(simulation.cluster.deletions());
            return simulation.violations;
        } finally {
            simulation.store.close();
        }
    }

    /** As {@link #violations}, with all that happened. */
    static String story(long seed) throws Exception {
        Simulation simulation = new Simulation(seed);
        StringBuilder story = new StringBuilder();
        try {
            simulation.live();
            simulation.cluster.log().forEach(line -> story.append(line).append('\n'));
            for (UUID id : simulation.operations) {
                Operation operation = simulation.store.operation(id).orElseThrow();
                story.append(operation).append('\n');
                simulation
                        .store
                        .steps(id)
                        .forEach(step -> story.append("  ").append(step).append('\n'));
            }
            simulation.store.runs(JOB, 100).forEach(run -> story.append(run).append('\n'));
            simulation.violations.forEach(line -> story.append(line).append('\n'));
        } finally {
            simulation.store.close();
        }
        return story.toString();
    }

    // ------------------------------------------------------------------ faults of the service

    /** The same, but the process dies now and then before or after a call, or another one acts. */
    private <T> T crashing(Class<T> type, T real) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            crashSometimes();
                            if (happens(2) && !nested) {
                                advanceElsewhere();
                            }
                            Object result;
                            try {
                                result = method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                            crashSometimes();
                            return result;
                        }));
    }

    /** The process dies now and then before or after a call of the cleaner. */
    private <T> T dying(Class<T> type, T real) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            dieSometimes();
                            Object result;
                            try {
                                result = method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                            dieSometimes();
                            return result;
                        }));
    }

    private void dieSometimes() {
        if (faulty && cleaning.nextInt(20) == 0) {
            throw new Crash();
        }
    }

    private boolean happens(int percent) {
        return faulty && random.nextInt(100) < percent;
    }

    private void crashSometimes() {
        if (happens(2)) {
            throw new Crash();
        }
    }

    /** A second process that believes it is the only one. */
    private void advanceElsewhere() {
        nested = true;
        try {
            advanceAll();
        } finally {
            nested = false;
        }
    }

    // ------------------------------------------------------------------ the life

    private void live() throws Exception {
        register("Good", UpgradeMode.SAVEPOINT);
        int wishes = 4 + random.nextInt(8);
        while (wishes > 0) {
            pass();
            if (random.nextInt(40) == 0) {
                wishes--;
                wish();
            }
        }
        faulty = false;
        cluster.setFaulty(false);
        for (int i = 0; i < 4_000 && !checked.openOperations().isEmpty(); i++) {
            pass();
        }
        check();
    }

    private void pass() {
        clock.advance(Duration.ofMillis(100 + random.nextInt(4_000)));
        cluster.tick();
        advanceAll();
        if (cleaning.nextInt(15) == 0) {
            clean();
        }
        if (cluster.living().size() > 1) {
            violations.add(clock.instant() + " two live runs");
        }
    }

    private void clean() {
        try {
            cleaner.clean();
        } catch (Crash e) {
            // The next call goes on with what is stored.
        }
        checked.hasChanged();
    }

    private void advanceAll() {
        try {
            for (UUID id : checked.openOperations()) {
                runner.advance(id);
            }
        } catch (Crash | JobStore.StaleException e) {
            // The next call begins with what is stored.
        }
    }

    private void register(String entryClass, UpgradeMode mode) throws RefusedException {
        RunSpec spec =
                new RunSpec(
                        "fake",
                        "a" + random.nextInt(3),
                        entryClass,
                        List.of(),
                        0,
                        Map.of(),
                        false,
                        SAVEPOINTS,
                        mode,
                        2,
                        80,
                        null,
                        0,
                        new Retention(
                                1 + cleaning.nextInt(2),
                                Duration.ofSeconds(cleaning.nextInt(300))));
        store.register(
                JOB,
                "revision " + random.nextLong(),
                spec,
                Optional.empty(),
                "user",
                clock.instant());
    }

    private void wish() throws RefusedException {
        try {
            ask();
        } finally {
            checked.hasChanged();
        }
    }

    private void ask() throws RefusedException {
        Kind[] kinds = Kind.values();
        Kind kind = kinds[random.nextInt(kinds.length)];
        if (store.runs(JOB, 1).isEmpty()) {
            kind = Kind.SUBMIT;
        }
        if (kind.replaces() && kind != Kind.RESTART) {
            UpgradeMode[] modes = UpgradeMode.values();
            register(
                    random.nextInt(3) == 0 ? "Bad" : "Good",
                    random.nextBoolean()
                            ? UpgradeMode.SAVEPOINT
                            : modes[random.nextInt(modes.length)]);
        }
        long revision = store.job(JOB).orElseThrow().generation();
        try {
            Optional<String> key = Optional.of("key-" + random.nextInt(1000));
            Request request = Request.of(kind, revision, "user");
            Operation operation =
                    store.openOperation(JOB, request, key, request.toString(), clock.instant());
            if (!operations.contains(operation.id())) {
                operations.add(operation.id());
            }
        } catch (RefusedException e) {
            abortSometimes(e);
        }
    }

    private void abortSometimes(RefusedException e) {
        if (!e.operation().isEmpty() && random.nextInt(4) == 0) {
            try {
                store.abort(UUID.fromString(e.operation()), "user", clock.instant());
            } catch (RefusedException closedMeanwhile) {
                throw new AssertionError(closedMeanwhile);
            }
        }
    }

    // ------------------------------------------------------------------ what must hold

    /**
     * The store; looks at each new epoch as it is written. Most looks of the service find nothing
     * new: what was read is kept until something is written.
     */
    private final class CheckedStore implements JobStore {
        private View view;
        private List<UUID> open;

        @Override
        public View view(UUID operation) {
            if (view == null || !view.operation().id().equals(operation)) {
                view = store.view(operation);
            }
            return view;
        }

        @Override
        public List<UUID> openOperations() {
            if (open == null) {
                open = store.openOperations();
            }
            return open;
        }

        @Override
        public Operation write(Change change, Instant now) throws StaleException {
            Optional<String> wrong = unexplained(change, now).or(() -> givenUp(change, now));
            Operation written = store.write(change, now);
            hasChanged();
            wrong.ifPresent(violations::add);
            return written;
        }

        void hasChanged() {
            view = null;
            open = null;
        }
    }

    private Optional<String> wrongStart(Start start, Instant now) {
        Deployment own =
                store.runs(JOB, 100).stream()
                        .map(Run::deployment)
                        .filter(run -> run.epoch() == start.epoch())
                        .findFirst()
                        .orElse(null);
        if (own == null || own.isEnded()) {
            return Optional.of(now + " epoch " + start.epoch() + " starts after its end");
        }
        if (!own.restorePath().equals(start.restorePath())) {
            return Optional.of(now + " starts from another state than " + own);
        }
        return Optional.empty();
    }

    /**
     * A decision that loses state of the run before, other than by going back. That run has ended,
     * so that its states are final; whether it was ever started does not matter.
     */
    private Optional<String> unexplained(Change change, Instant now) {
        if (change.started().isEmpty()) {
            return Optional.empty();
        }
        Operation operation = change.operation();
        List<Run> runs = store.runs(JOB, 1);
        if (operation.request().from() != From.LATEST || runs.isEmpty() || isStateless(operation)) {
            return Optional.empty();
        }
        Deployment started = change.started().get();
        Deployment before = runs.get(0).deployment();
        long begins = cluster.position(started.restorePath());
        long left = cluster.left(before, SAVEPOINTS);
        boolean goesBack =
                operation.isRollingBack()
                        && !operation.baseState().isEmpty()
                        && !startedInRollBacks.contains(before.epoch());
        if (operation.isRollingBack()) {
            startedInRollBacks.add(started.epoch());
        }
        long due = goesBack ? cluster.position(operation.baseState()) : left;
        return begins == due
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                "%s epoch %d begins at %d (%s), not at %d; epoch %d has left %d",
                                now,
                                started.epoch(),
                                begins,
                                started.restorePath(),
                                due,
                                before.epoch(),
                                left));
    }

    /** An operation that ends as if nothing ran, while something does. */
    private Optional<String> givenUp(Change change, Instant now) {
        Operation operation = change.operation();
        return operation.state() == OperationState.FAILED && !cluster.living().isEmpty()
                ? Optional.of(now + " failed, though a run lives: " + operation)
                : Optional.empty();
    }

    /** A savepoint that an operation or a recovery can still begin with. */
    private Optional<String> neededSavepoint(SavepointEntry savepoint) {
        List<String> needed = new ArrayList<>();
        for (UUID id : store.openOperations()) {
            needed.add(store.operation(id).orElseThrow().baseState());
        }
        for (Run run : store.runs(JOB, 1)) {
            needed.add(run.deployment().restorePath());
            needed.add(run.deployment().finalState());
        }
        return needed.stream().anyMatch(path -> StatePaths.same(path, savepoint.path()))
                ? Optional.of(
                        clock.instant() + " a savepoint is deleted that is needed: " + savepoint)
                : Optional.empty();
    }

    private boolean isStateless(Operation operation) {
        return operation.request().kind().replaces()
                && store.revision(JOB, operation.fromRevision()).orElseThrow().spec().upgradeMode()
                        == UpgradeMode.STATELESS;
    }

    private void check() {
        violations.addAll(cluster.violations());
        for (UUID id : operations) {
            Operation operation = store.operation(id).orElseThrow();
            if (!operation.isClosed()) {
                violations.add("operation never ends: " + operation);
            }
        }
        if (operations.isEmpty()) {
            return;
        }
        Operation last = store.operations(JOB, 1).get(0);
        List<Execution> living = cluster.living();
        Optional<Run> live =
                store.runs(JOB, 1).stream().filter(run -> run.endedAt() == null).findFirst();
        boolean nothingRuns =
                last.state() == OperationState.FAILED
                        || (last.state() == OperationState.SUCCEEDED
                                && (last.request().kind() == Kind.STOP
                                        || last.request().kind() == Kind.CANCEL));
        if (nothingRuns && !living.isEmpty()) {
            violations.add("a run lives after " + last);
        }
        if (!living.isEmpty()
                && (live.isEmpty()
                        || live.get().deployment().epoch() != living.get(0).start.epoch())) {
            violations.add("a run lives that the store does not know: " + living.get(0).start);
        }
        if (last.state() == OperationState.SUCCEEDED && !nothingRuns && living.isEmpty()) {
            boolean ended =
                    cluster.executions().stream()
                            .anyMatch(
                                    execution ->
                                            execution.start.epoch()
                                                            == store.runs(JOB, 1)
                                                                    .get(0)
                                                                    .deployment()
                                                                    .epoch()
                                                    && (execution.state == RunState.FAILED
                                                            || execution.gone != null));
            if (!ended) {
                violations.add("nothing runs after " + last);
            }
        }
    }
}
