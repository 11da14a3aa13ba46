// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.runtime.guard.JobGuardOptions.Mode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.runtime.dispatcher.JobManagerRunnerFactory;
import org.apache.flink.runtime.executiongraph.JobStatusListener;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobGraphTestUtils;
import org.apache.flink.runtime.jobmaster.JobManagerRunner;
import org.apache.flink.runtime.jobmaster.JobManagerSharedServices;
import org.apache.flink.runtime.jobmaster.TestingJobManagerSharedServicesBuilder;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are submitted, recovered, and fenced while they run. */
@Timeout(600)
final class JobGuardTest {

    private static final String KEY = "ads/flights";

    @TempDir private Path directory;

    private Path fences;
    private final JobID id = JobID.generate();
    private JobClient running;

    @BeforeEach
    void prepare() throws IOException {
        GuardedJob.reset();
        fences = Files.createDirectories(directory.resolve("fences"));
    }

    @AfterEach
    void stop() {
        GuardedJob.open();
        if (running != null) {
            running.cancel().handle((done, failure) -> null).join();
            running.getJobExecutionResult().handle((done, failure) -> null).join();
        }
    }

    // ------------------------------------------------------------------ submission

    @Test
    void currentEpochRuns() throws Exception {
        raise(1, id);
        start(Mode.MANAGED, managed(1), "flights");
        await("a checkpoint", () -> GuardedJob.COMMITTED.get() > 0);
    }

    @Test
    void jobWithoutFenceIsRefused() {
        assertRefused(() -> start(Mode.MANAGED, managed(1), "flights"), "it has no fence at");
    }

    @Test
    void anotherEpochIsRefused() throws Exception {
        raise(2, id);
        for (long epoch : new long[] {1, 3}) {
            assertRefused(
                    () -> start(Mode.MANAGED, managed(epoch), "flights"),
                    KEY + " epoch " + epoch + " (" + id + ") is refused: epoch 2 (" + id);
        }
    }

    @Test
    void copyOfTheCurrentEpochIsRefused() throws Exception {
        JobID other = JobID.generate();
        raise(1, other);
        assertRefused(
                () -> start(Mode.MANAGED, managed(1), "flights"),
                "is refused: epoch 1 (" + other + ") may run");
    }

    @Test
    void unreadableFenceRefusesASubmission() throws Exception {
        Files.delete(fences);
        assertRefused(() -> start(Mode.MANAGED, managed(1), "flights"), "its fence cannot be read");
        Files.createDirectories(fences.resolve("ads"));
        Files.writeString(fences.resolve(KEY), "nonsense");
        assertRefused(() -> start(Mode.MANAGED, managed(1), "flights"), "is not a fence: nonsense");
    }

    @Test
    void nameThatLeavesTheDirectoryIsRefused() {
        Map<String, String> options =
                Map.of("pinterest.job.name", "../flights", "pinterest.job.epoch", "1");
        assertRefused(() -> start(Mode.MANAGED, options, "flights"), "is not NAMESPACE/NAME");
    }

    @Test
    void otherJobsMustNotHaveTheNameOfAManagedOne() throws Exception {
        // given
        raise(1, id);
        start(Mode.NAMES, managed(1), "flight-delays");
        stop();
        running = null;

        // when, then
        assertRefused(
                () -> start(Mode.NAMES, Map.of(), "flight-delays"),
                "\"flight-delays\" is refused: it is the job " + KEY);
        start(Mode.NAMES, Map.of(), "other");
        stop();
        start(Mode.MANAGED, Map.of(), "flight-delays");
    }

    @Test
    void guardThatIsOffLeavesTheFactory() {
        JobManagerRunnerFactory factory = new FailingFactory().proxy();
        assertThat(JobGuard.guard(factory, List.of(), new Configuration())).isSameAs(factory);
        assertThatThrownBy(
                        () ->
                                JobGuard.guard(
                                        factory,
                                        List.of(),
                                        new Configuration().set(JobGuardOptions.MODE, Mode.NAMES)))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessage("job-guard.mode needs job-guard.directory");
    }

    // ------------------------------------------------------------------ running jobs

    @Test
    void jobThatIsFencedCompletesNoCheckpointAndIsCancelled() throws Exception {
        // given
        raise(1, id);
        start(Mode.MANAGED, managed(1), "flights");
        await("a checkpoint", () -> GuardedJob.COMMITTED.get() > 0);
        GuardedJob.close();
        await("the next checkpoint", () -> GuardedJob.HELD.get() > 0);

        // when the next epoch may run, while a checkpoint is on its way
        raise(2, JobID.generate());
        GuardedJob.open();

        // then
        assertCancelled();
        assertThat(GuardedJob.COMMITTED.get()).isLessThan(GuardedJob.HELD.get());
    }

    @Test
    void jobThatIsFencedDoesNotCompleteAStopWithSavepoint() throws Exception {
        // given
        raise(1, id);
        start(Mode.MANAGED, with(managed(1), "execution.checkpointing.interval", "1 h"), "flights");
        await("the job", () -> running.getJobStatus().get() == JobStatus.RUNNING);
        GuardedJob.close();
        Path savepoints = directory.resolve("savepoints");
        CompletableFuture<String> savepoint = stopOnceRunning(savepoints);

        // when
        raise(2, JobID.generate());
        GuardedJob.open();

        // then
        assertCancelled();
        assertThatThrownBy(savepoint::get).isInstanceOf(ExecutionException.class);
        assertThat(GuardedJob.COMMITTED.get()).isZero();
        try (Stream<Path> files = Files.walk(savepoints)) {
            assertThat(files.filter(file -> file.endsWith("_metadata"))).isEmpty();
        }
    }

    @Test
    void unreadableFenceHoldsCheckpointsButNotTheJob() throws Exception {
        // given
        raise(1, id);
        start(
                Mode.MANAGED,
                with(
                        with(managed(1), "execution.checkpointing.timeout", "2 s"),
                        "execution.checkpointing.tolerable-failed-checkpoints",
                        "1000"),
                "flights");
        await("a checkpoint", () -> GuardedJob.COMMITTED.get() > 0);
        GuardedJob.close();
        await("the next checkpoint", () -> GuardedJob.HELD.get() > 0);
        long held = GuardedJob.HELD.get();

        // when
        Path away = directory.resolve("away");
        Files.move(fences, away);
        GuardedJob.open();
        GuardedJob.close();
        await("the checkpoint after it", () -> GuardedJob.HELD.get() > held);

        // then
        assertThat(GuardedJob.COMMITTED.get()).isLessThan(held);
        assertThat(running.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);

        // when
        Files.move(away, fences);
        GuardedJob.open();

        // then
        await("a later checkpoint", () -> GuardedJob.COMMITTED.get() > held);
    }

    // ------------------------------------------------------------------ recovery

    @Test
    void jobThatIsRecoveredAndFencedEndsWithoutRunning() throws Exception {
        // given a job that was recovered, of an epoch that is over
        raise(2, JobID.generate());
        JobGraph job = JobGraphTestUtils.singleNoOpJobGraph();
        job.getJobConfiguration().setString("pinterest.job.name", KEY);
        job.getJobConfiguration().setString("pinterest.job.epoch", "1");
        FailingFactory factory = new FailingFactory();
        JobManagerRunnerFactory guarded =
                JobGuard.guard(
                        factory.proxy(),
                        List.of(job),
                        new Configuration()
                                .set(JobGuardOptions.MODE, Mode.MANAGED)
                                .set(JobGuardOptions.DIRECTORY, fences.toUri().toString()));

        // when
        AtomicReference<JobStatus> heard = new AtomicReference<>();
        JobManagerRunner runner = create(guarded, job, (id, status, time) -> heard.set(status));
        runner.start();

        // then
        assertThat(runner.getResultFuture().get().isSuccess()).isTrue();
        assertThat(
                        runner.getResultFuture()
                                .get()
                                .getExecutionGraphInfo()
                                .getArchivedExecutionGraph()
                                .getFailureInfo()
                                .getExceptionAsString())
                .contains("is refused: epoch 2");
        assertThat(runner.requestJobStatus(Duration.ofSeconds(1)).get())
                .isEqualTo(JobStatus.FAILED);
        boolean canHear =
                List.of(factoryMethod().getParameterTypes()).contains(JobStatusListener.class);
        assertThat(heard.get()).isEqualTo(canHear ? JobStatus.FAILED : null);

        // when its fence cannot be read, then it is upstream's turn
        Files.move(fences, directory.resolve("away"));
        assertThatThrownBy(() -> create(guarded, job, null)).hasMessage("upstream's turn");
    }

    private static Method factoryMethod() {
        return Stream.of(JobManagerRunnerFactory.class.getMethods())
                .filter(one -> one.getName().equals("createJobManagerRunner"))
                .findFirst()
                .orElseThrow();
    }

    /** The arguments differ between lines: those of which the guard needs nothing are null. */
    private static JobManagerRunner create(
            JobManagerRunnerFactory factory, JobGraph job, JobStatusListener listener)
            throws Exception {
        Method method = factoryMethod();
        Object[] arguments =
                Stream.of(method.getParameterTypes())
                        .map(type -> argument(type, job, listener))
                        .toArray();
        try {
            return (JobManagerRunner) method.invoke(factory, arguments);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    private static Object argument(Class<?> type, JobGraph job, JobStatusListener listener) {
        if (type.isInstance(job)) {
            return job;
        }
        if (type == JobStatusListener.class) {
            return listener;
        }
        if (type == JobManagerSharedServices.class) {
            return new TestingJobManagerSharedServicesBuilder().build();
        }
        return type == long.class ? 0L : null;
    }

    /** Stands for upstream's factory. */
    private static final class FailingFactory {
        JobManagerRunnerFactory proxy() {
            return (JobManagerRunnerFactory)
                    java.lang.reflect.Proxy.newProxyInstance(
                            JobGuardTest.class.getClassLoader(),
                            new Class<?>[] {JobManagerRunnerFactory.class},
                            (proxy, method, arguments) -> {
                                throw new IllegalStateException("upstream's turn");
                            });
        }
    }

    // ------------------------------------------------------------------ helpers

    private void raise(long epoch, JobID run) throws IOException {
        Files.createDirectories(fences.resolve("ads"));
        Path next = Files.writeString(directory.resolve("next"), epoch + " " + run + "\n");
        Files.move(next, fences.resolve(KEY), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static Map<String, String> managed(long epoch) {
        return Map.of("pinterest.job.name", KEY, "pinterest.job.epoch", Long.toString(epoch));
    }

    private static Map<String, String> with(Map<String, String> options, String key, String value) {
        Map<String, String> more = new java.util.HashMap<>(options);
        more.put(key, value);
        return more;
    }

    private void start(Mode mode, Map<String, String> options, String name) throws Exception {
        Configuration configuration =
                new Configuration()
                        .set(JobGuardOptions.MODE, mode)
                        .set(JobGuardOptions.DIRECTORY, fences.toUri().toString());
        configuration.setString("$internal.pipeline.job-id", id.toHexString());
        configuration.setString("execution.checkpointing.interval", "20 ms");
        configuration.setString(
                "execution.checkpointing.dir", directory.resolve("checkpoints").toUri().toString());
        configuration.setString("restart-strategy.type", "none");
        options.forEach(configuration::setString);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        GuardedJob.define(env);
        running = env.executeAsync(name);
    }

    /** A stop is refused as long as not all tasks run. */
    private CompletableFuture<String> stopOnceRunning(Path savepoints) throws Exception {
        Files.createDirectories(savepoints);
        CompletableFuture<String> stopped = stopWithSavepoint(savepoints);
        while (GuardedJob.HELD.get() == 0) {
            if (stopped.isCompletedExceptionally()) {
                stopped = stopWithSavepoint(savepoints);
            }
            Thread.sleep(5);
        }
        return stopped;
    }

    private CompletableFuture<String> stopWithSavepoint(Path savepoints) {
        return running.stopWithSavepoint(
                false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL);
    }

    /** Waits for the end of the job, and with it of its cluster. */
    private void assertCancelled() {
        assertThatThrownBy(() -> running.getJobExecutionResult().get())
                .satisfies(
                        failure ->
                                assertThat(
                                                ExceptionUtils.findThrowable(
                                                        failure, JobCancellationException.class))
                                        .isPresent());
        running = null;
    }

    /** A piece of a test that can fail. */
    private interface Step {
        void run() throws Exception;
    }

    private static void assertRefused(Step step, String message) {
        assertThatThrownBy(step::run)
                .satisfies(
                        failure ->
                                assertThat(ExceptionUtils.stringifyException(failure))
                                        .contains(message));
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(5);
        }
    }
}
