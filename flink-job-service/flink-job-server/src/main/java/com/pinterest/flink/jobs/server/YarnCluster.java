// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Progress;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.RunStatus;
import com.pinterest.flink.jobs.protocol.SavepointStatus;
import com.pinterest.flink.jobs.server.SharedFiles.Settings;
import com.pinterest.flink.jobs.server.Storage.NoAnswerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A YARN cluster on which each run is an application of its own, in application mode. YARN gives an
 * application its id, so a start that is sent twice would make two; each has the id of its run as a
 * tag, by which it is looked for before it is started. Should there be two all the same, the older
 * one stays.
 *
 * <p>YARN says whether an application lives and how it has ended, and where its JobManager is; what
 * its job does, the JobManager says.
 */
final class YarnCluster implements FlinkCluster {

    private static final Logger LOG = LoggerFactory.getLogger(YarnCluster.class);

    /** For an application to begin; it may have to wait for the resources. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** As old as this, what YARN has said is used for the next job, too. */
    private static final long MAX_AGE_NANOS = Duration.ofMillis(500).toNanos();

    private static final String TAG = "fjs-";
    private static final String TAGS = "yarn.tags";
    private static final String QUEUE = "yarn.application.queue";

    private final Optional<Driver> driver;
    private final Function<String, SessionCluster> jobManagers;
    private final SharedFiles files;
    private final Secrets secrets;
    private final String instance;
    private final Duration secondLook;

    /** The runs that the driver was asked to deploy, with its answers. */
    private final Map<String, CompletableFuture<String>> deploying = new ConcurrentHashMap<>();

    private List<Application> seen = List.of();
    private long seenAt;

    /**
     * @param jobManagers gives access to the JobManager at an address
     * @param secondLook how long after an error YARN may show an application that has begun all the
     *     same
     */
    YarnCluster(
            Optional<Driver> driver,
            Function<String, SessionCluster> jobManagers,
            SharedFiles files,
            Secrets secrets,
            String instance,
            Duration secondLook) {
        this.driver = driver;
        this.jobManagers = jobManagers;
        this.files = files;
        this.secrets = secrets;
        this.instance = instance;
        this.secondLook = secondLook;
    }

    // ------------------------------------------------------------------ applications

    /** What YARN says of an application. */
    private record Application(
            String id,
            String state,
            String finalStatus,
            long startedAt,
            String host,
            int port,
            Set<String> tags,
            String diagnostics) {

        static Application of(byte[] text) {
            String[] lines = new String(text, UTF_8).split("\n", 8);
            return new Application(
                    lines[0],
                    lines[1],
                    lines[2],
                    Long.parseLong(lines[3]),
                    lines[4],
                    Integer.parseInt(lines[5]),
                    Set.of(lines[6].split(",", -1)),
                    lines[7]);
        }

        boolean hasEnded() {
            return Set.of("FINISHED", "FAILED", "KILLED").contains(state);
        }

        boolean hasJobManager() {
            return state.equals("RUNNING") && port > 0;
        }
    }

    private Driver driver() throws IOException {
        return driver.orElseThrow(
                () -> new IOException("the service does not run in a distribution of Flink"));
    }

    private static String tagOf(String id) {
        // YARN's tags are in lower case.
        return TAG + id.toLowerCase(Locale.ROOT);
    }

    /** The applications of this service, as YARN says now. */
    private synchronized List<Application> lookUp() throws IOException {
        seen =
                driver()
                        .call("APPLICATIONS", tagOf(instance).getBytes(UTF_8))
                        .orElseThrow(() -> new IOException("YARN has no list of applications"))
                        .stream()
                        .map(Application::of)
                        .toList();
        seenAt = System.nanoTime();
        return seen;
    }

    private synchronized List<Application> applications() throws IOException {
        return !seen.isEmpty() && System.nanoTime() - seenAt < MAX_AGE_NANOS ? seen : lookUp();
    }

    /** Something has changed since. */
    private synchronized void forget() {
        seen = List.of();
    }

    private static List<Application> of(String runId, List<Application> all) {
        return all.stream()
                .filter(application -> application.tags().contains(tagOf(runId)))
                .sorted(
                        Comparator.comparingLong(Application::startedAt)
                                .thenComparing(Application::id))
                .toList();
    }

    /**
     * The application of a run, empty if there is none; ends those that were started in addition.
     *
     * @throws IOException if that cannot be said now
     */
    private Optional<Application> application(String runId) throws IOException {
        CompletableFuture<String> deployed = deploying.get(runId);
        boolean mayCome = deployed != null && !deployed.isDone();
        // What was seen before the answer does not show what it has begun.
        List<Application> found = of(runId, deployed == null ? applications() : lookUp());
        if (found.isEmpty() && mayCome) {
            throw new IOException("the application is being deployed");
        }
        deploying.remove(runId);
        boolean twice = false;
        for (int i = 1; i < found.size(); i++) {
            if (!found.get(i).hasEnded()) {
                LOG.warn("{} was started twice: {} is ended", runId, found.get(i).id());
                kill(found.get(i));
                twice = true;
            }
        }
        if (twice && found.get(0).hasEnded()) {
            throw new IOException("a second application of the run is being ended");
        }
        return found.stream().findFirst();
    }

    private void kill(Application application) throws IOException {
        forget();
        driver().call("KILL", application.id().getBytes(UTF_8));
    }

    private SessionCluster jobManager(Application application) throws IOException {
        boolean tls = driver().setting("security.ssl.rest.enabled").equals("true");
        return jobManagers.apply(
                (tls ? "https://" : "http://") + application.host() + ":" + application.port());
    }

    // ------------------------------------------------------------------ requests

    /** YARN gets it with the run. */
    @Override
    public void upload(String artifact) throws ClusterException {
        throw ClusterException.rejected("the service has no artifact " + artifact);
    }

    @Override
    public void start(Start start) throws ClusterException {
        try {
            if (!of(start.runId(), lookUp()).isEmpty()) {
                return;
            }
            List<byte[]> request = request(start);
            files.raiseFence(settingsOf(start.spec()), start);
            forget();
            CompletableFuture<String> answer = driver().ask("DEPLOY", request);
            deploying.put(start.runId(), answer);
            driver().await(answer, PATIENCE);
        } catch (NoSuchFileException e) {
            throw ClusterException.rejected(e.getMessage());
        } catch (NoAnswerException e) {
            throw ClusterException.lost(e.getMessage());
        } catch (IOException e) {
            String why = secrets.hide(String.valueOf(e.getMessage()));
            throw isThere(start.runId())
                    ? ClusterException.lost(why)
                    : ClusterException.rejected(why);
        }
    }

    /** Whether there may be an application of a run: YARN may show it only after a while. */
    private boolean isThere(String runId) {
        try {
            if (!of(runId, lookUp()).isEmpty()) {
                return true;
            }
            Thread.sleep(secondLook.toMillis());
            return !of(runId, lookUp()).isEmpty();
        } catch (IOException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private List<byte[]> request(Start start) throws IOException {
        RunSpec spec = start.spec();
        Path jar = files.artifacts().file(spec.artifact());
        if (!Files.isRegularFile(jar)) {
            throw new NoSuchFileException("the service has no artifact " + spec.artifact());
        }
        Map<String, String> configuration = RunConfiguration.of(start, secrets, instance);
        configuration.putIfAbsent("yarn.application.name", start.job().toString());
        // For so long, a JobManager that is to end waits for someone to read the result of a stop;
        // the service may have seen the savepoint itself. Flink's default is 5 minutes.
        configuration.putIfAbsent("rest.async.store-duration", "10 s");
        configuration.merge(
                TAGS,
                tagOf(instance) + "," + tagOf(start.runId()),
                (user, ours) -> user + "," + ours);
        configuration.put("$internal.application.id", start.runId());
        configuration.put("$internal.pipeline.job-id", start.runId());
        configuration.put("execution.target", "yarn-application");
        configuration.put("pipeline.jars", jar.toUri().toString());
        if (spec.parallelism() > 0) {
            configuration.put("parallelism.default", Integer.toString(spec.parallelism()));
        }
        if (!start.restorePath().isEmpty()) {
            configuration.put("execution.state-recovery.path", start.restorePath());
            configuration.put(
                    "execution.state-recovery.ignore-unclaimed-state",
                    Boolean.toString(spec.allowNonRestoredState()));
            // What is in the catalogue belongs to the service.
            configuration.put("execution.state-recovery.claim-mode", "NO_CLAIM");
        }
        List<String> fields = new ArrayList<>();
        fields.add(spec.entryClass());
        fields.add(Integer.toString(spec.arguments().size()));
        fields.addAll(RunConfiguration.resolved(start.job(), spec.arguments(), secrets));
        configuration.forEach(
                (key, value) -> {
                    fields.add(key);
                    fields.add(value);
                });
        return fields.stream().map(field -> field.getBytes(UTF_8)).toList();
    }

    /** An application has a JobManager of its own, which its job configures. */
    private Settings settingsOf(RunSpec spec) {
        return Settings.of(spec, key -> driver().setting(key));
    }

    @Override
    public void savepoint(Savepoint savepoint) throws ClusterException {
        try {
            Optional<Application> application = application(savepoint.runId());
            if (application.isEmpty() || !application.get().hasJobManager()) {
                throw ClusterException.lost("there is no JobManager");
            }
            jobManager(application.get()).savepoint(savepoint);
        } catch (IOException e) {
            throw ClusterException.lost(e.getMessage());
        }
    }

    /** By the JobManager, if it answers, so that the job can end in order. */
    @Override
    public void cancel(String runId) throws ClusterException {
        try {
            Optional<Application> application = application(runId);
            if (application.isEmpty() || application.get().hasEnded()) {
                return;
            }
            if (application.get().hasJobManager()) {
                try {
                    jobManager(application.get()).cancel(runId);
                    return;
                } catch (ClusterException e) {
                    LOG.info("{} is ended by YARN: {}", runId, e.getMessage());
                }
            }
            kill(application.get());
        } catch (IOException e) {
            throw ClusterException.lost(e.getMessage());
        }
    }

    // ------------------------------------------------------------------ observations

    /** A question to a JobManager. */
    private interface Question<T> {
        Finding<T> ask(SessionCluster jobManager);
    }

    private <T> Finding<T> ask(String runId, Question<T> question) {
        try {
            Optional<Application> application = application(runId);
            if (application.isEmpty()) {
                return Finding.no("YARN does not know the run");
            }
            if (application.get().hasEnded()) {
                return Finding.gone("the application has ended");
            }
            return application.get().hasJobManager()
                    ? question.ask(jobManager(application.get()))
                    : Finding.unknown("the application is " + application.get().state());
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
    }

    @Override
    public Finding<String> ready(JobKey job, RunSpec spec, String oldRun) {
        Finding<String> shared = files.ready(spec);
        if (!shared.isYes()) {
            return shared;
        }
        try {
            RunConfiguration.resolved(job, spec.arguments(), secrets);
            RunConfiguration.resolved(job, List.copyOf(spec.configuration().values()), secrets);
            String queue = settingsOf(spec).get(QUEUE);
            String name = queue.isEmpty() ? "default" : queue;
            Optional<List<byte[]>> state = driver().call("QUEUE", name.getBytes(UTF_8));
            if (state.isEmpty()) {
                return Finding.no("YARN has no queue " + name);
            }
            String text = new String(state.get().get(0), UTF_8);
            return text.equals("RUNNING")
                    ? Finding.yes("", shared.detail() + "; the queue " + name + " is open")
                    : Finding.no("the queue " + name + " is " + text);
        } catch (NoSuchFileException e) {
            return Finding.no(e.getMessage());
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
    }

    @Override
    public Finding<String> artifact(String artifact) {
        // An application gets a copy of its own.
        return files.artifacts().contains(artifact)
                ? Finding.yes("", "YARN gets it with the run")
                : Finding.no("the service has no artifact " + artifact);
    }

    @Override
    public Finding<RunStatus> run(String runId, String marker) {
        Optional<Application> found;
        SessionCluster jobManager;
        try {
            found = application(runId);
            if (found.isEmpty()) {
                return Finding.no("YARN has no application of the run");
            }
            if (found.get().hasEnded()) {
                return ended(found.get());
            }
            if (!found.get().hasJobManager()) {
                return yes(RunState.STARTING, "application", found.get());
            }
            jobManager = jobManager(found.get());
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
        Finding<RunStatus> run = jobManager.run(runId, "");
        // The main method has not come to the job yet, or a next attempt has not.
        return run.isNo() ? yes(RunState.STARTING, "JobManager without the job", found.get()) : run;
    }

    private static Finding<RunStatus> yes(RunState state, String what, Application application) {
        return Finding.yes(
                RunStatus.of(state), what + " " + application.id() + " is " + application.state());
    }

    private Finding<RunStatus> ended(Application application) {
        return switch (application.finalStatus()) {
            case "SUCCEEDED" -> yes(RunState.FINISHED, "application", application);
            case "KILLED" -> yes(RunState.CANCELED, "application", application);
            default ->
                    Finding.yes(
                            new RunStatus(RunState.FAILED, causeOf(application)),
                            "application " + application.id() + " has failed");
        };
    }

    private String causeOf(Application application) {
        String cause = FlinkRest.causes(secrets.hide(application.diagnostics()));
        // YARN has them if they are aggregated, or as long as the node keeps them.
        return cause.isEmpty() || cause.equals("null")
                ? "YARN gives no reason; see yarn logs -applicationId " + application.id()
                : cause;
    }

    @Override
    public Finding<SavepointStatus> savepointStatus(String runId, String trigger) {
        Finding<SavepointStatus> status =
                ask(runId, jobManager -> jobManager.savepointStatus(runId, trigger));
        // The files will tell.
        return status.isGone() ? Finding.no(status.detail()) : status;
    }

    @Override
    public Finding<String> stored(String directory) {
        return files.states().stored(directory);
    }

    @Override
    public Finding<String> restored(String runId) {
        return ask(runId, jobManager -> jobManager.restored(runId));
    }

    @Override
    public Finding<Progress> progress(String runId) {
        return ask(runId, jobManager -> jobManager.progress(runId));
    }

    @Override
    public Finding<String> newestState(
            RunSpec spec, String runId, String savepoints, List<String> candidates) {
        try {
            return files.newestState(settingsOf(spec), runId, savepoints, candidates);
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
    }

    // ------------------------------------------------------------------ watching

    /** None, if YARN answers: each run has a JobManager of its own to ask. */
    @Override
    public Finding<Map<String, String>> healthyRuns() {
        try {
            return Finding.yes(Map.of(), applications().size() + " applications");
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
    }

    @Override
    public Finding<String> lastCheckpoint(String runId) {
        return ask(runId, jobManager -> jobManager.lastCheckpoint(runId));
    }

    @Override
    public Finding<RunDetails> details(String runId) {
        return ask(runId, jobManager -> jobManager.details(runId));
    }

    @Override
    public Finding<String> version() {
        try {
            lookUp();
            return Finding.yes(driver().version(), "answers");
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
    }
}
