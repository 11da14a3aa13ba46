// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import com.pinterest.flink.runtime.guard.JobGuardOptions.Mode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.dispatcher.JobManagerRunnerFactory;
import org.apache.flink.runtime.executiongraph.JobStatusListener;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.jobmaster.JobManagerRunner;
import org.apache.flink.runtime.jobmaster.JobManagerSharedServices;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a JobManager run a job of the job service only as its current epoch.
 *
 * <p>Every job passes {@link JobManagerRunnerFactory}, however it was submitted, and also when it
 * is recovered. There, the guard compares the job with its fence. A submission is refused; a job
 * that is recovered ends as FAILED. A job that may run gets HA services whose {@link
 * CheckpointRecoveryFactory} is guarded: the fence is read again before each checkpoint and each
 * savepoint completes, because a process can sleep for any time between a check and what follows.
 *
 * <p>A fence that cannot be read refuses a submission and the completion of checkpoints, but never
 * ends a job.
 *
 * <p>The interfaces are implemented by proxies, because their methods differ between lines.
 */
public final class JobGuard {

    private static final Logger LOG = LoggerFactory.getLogger(JobGuard.class);

    /** How long the JobManager waits for the storage of the fences. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Names that Flink gives to jobs without one. */
    private static final Set<String> NO_NAMES = Set.of("Flink Streaming Job", "Flink Batch Job");

    private final Fences fences;
    private final Mode mode;
    private final Set<JobID> recovered;

    private JobGuard(Fences fences, Mode mode, Set<JobID> recovered) {
        this.fences = fences;
        this.mode = mode;
        this.recovered = recovered;
    }

    /**
     * Returns a factory that refuses jobs, or the same one if the guard is off.
     *
     * <p>Called by the patched {@code SessionDispatcherFactory}, which makes the dispatcher of
     * every kind of cluster.
     *
     * @param recovered jobs that were recovered from the HA services
     * @throws IllegalConfigurationException if the guard has no directory
     */
    public static JobManagerRunnerFactory guard(
            JobManagerRunnerFactory factory,
            Collection<ExecutionPlan> recovered,
            Configuration cluster) {
        Mode mode = cluster.get(JobGuardOptions.MODE);
        if (mode == Mode.OFF) {
            return factory;
        }
        String directory =
                cluster.getOptional(JobGuardOptions.DIRECTORY)
                        .orElseThrow(
                                () ->
                                        new IllegalConfigurationException(
                                                JobGuardOptions.MODE.key()
                                                        + " needs "
                                                        + JobGuardOptions.DIRECTORY.key()));
        LOG.info("Jobs are guarded: {}, fences at {}", mode, directory);
        JobGuard guard =
                new JobGuard(
                        new Fences(new Path(directory)),
                        mode,
                        recovered.stream()
                                .map(ExecutionPlan::getJobID)
                                .collect(Collectors.toSet()));
        return intercept(
                JobManagerRunnerFactory.class,
                factory,
                (method, arguments) ->
                        method.getName().equals("createJobManagerRunner")
                                ? guard.create(factory, method, arguments)
                                : call(factory, method, arguments));
    }

    private Object create(JobManagerRunnerFactory factory, Method method, Object[] arguments)
            throws Throwable {
        ExecutionPlan plan = (ExecutionPlan) arguments[0];
        Executor io = find(arguments, JobManagerSharedServices.class).orElseThrow().getIoExecutor();
        boolean isRecovered = recovered.contains(plan.getJobID());
        Optional<ManagedJob> job = Optional.empty();
        try {
            job = ManagedJob.of(plan);
            Optional<ManagedJob> checked = job;
            Optional<String> refusal = within(PATIENCE, io, () -> check(plan, checked));
            if (refusal.isPresent()) {
                throw new JobRefusedException(refusal.get());
            }
        } catch (JobRefusedException e) {
            if (isRecovered) {
                LOG.error("A job is not recovered", e);
                return new RefusedJobRunner(plan, e, find(arguments, JobStatusListener.class));
            }
            throw e;
        } catch (IOException e) {
            if (!isRecovered) {
                throw new JobRefusedException(
                        plan.getName() + " is refused: its fence cannot be read: " + e);
            }
            LOG.warn("{} is recovered, although its fence cannot be read", plan.getName(), e);
        }
        if (job.isEmpty()) {
            return call(factory, method, arguments);
        }
        ManagedJob managed = job.get();
        Fence fence = new Fence(fences, managed, io);
        Object[] guarded = arguments.clone();
        for (int i = 0; i < guarded.length; i++) {
            if (guarded[i] instanceof HighAvailabilityServices) {
                guarded[i] = guarded((HighAvailabilityServices) guarded[i], fence);
            }
        }
        JobManagerRunner runner = (JobManagerRunner) call(factory, method, guarded);
        fence.setRunner(runner);
        return runner;
    }

    private Optional<String> check(ExecutionPlan plan, Optional<ManagedJob> job)
            throws IOException {
        String name = plan.getName();
        if (job.isPresent()) {
            Optional<String> refusal = fences.refusal(job.get());
            if (refusal.isEmpty() && mode == Mode.NAMES && !NO_NAMES.contains(name)) {
                fences.keepName(name, job.get());
            }
            return refusal;
        }
        if (mode != Mode.NAMES || NO_NAMES.contains(name)) {
            return Optional.empty();
        }
        return fences.ownerOf(name)
                .map(
                        owner ->
                                "\""
                                        + name
                                        + "\" is refused: it is the job "
                                        + owner
                                        + " of the job service, which starts it");
    }

    private static HighAvailabilityServices guarded(
            HighAvailabilityServices services, Fence fence) {
        return intercept(
                HighAvailabilityServices.class,
                services,
                (method, arguments) -> {
                    Object result = call(services, method, arguments);
                    return method.getName().equals("getCheckpointRecoveryFactory")
                            ? new GuardedCheckpoints((CheckpointRecoveryFactory) result, fence)
                            : result;
                });
    }

    // ------------------------------------------------------------------ calls

    /** What happens instead of a call. */
    interface Interception {
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    /** Work that reads files. */
    interface Reading<T> {
        T read() throws IOException;
    }

    static <T> T intercept(Class<T> type, T delegate, Interception interception) {
        return type.cast(
                Proxy.newProxyInstance(
                        delegate.getClass().getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) ->
                                method.getDeclaringClass() == Object.class
                                        ? call(delegate, method, arguments)
                                        : interception.call(method, arguments)));
    }

    static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> Optional<T> find(Object[] arguments, Class<T> type) {
        return Stream.of(arguments).filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Reads in another thread, so that a storage that hangs does not hold this one for long. */
    static <T> T within(Duration patience, Executor io, Reading<T> reading) throws IOException {
        CompletableFuture<T> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return reading.read();
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        io);
        try {
            return read.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
