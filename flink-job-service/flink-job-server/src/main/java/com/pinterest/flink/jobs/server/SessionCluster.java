// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Pace;
import com.pinterest.flink.jobs.protocol.Progress;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.RunStatus;
import com.pinterest.flink.jobs.protocol.SavepointStatus;
import com.pinterest.flink.jobs.server.FlinkRest.Answer;
import com.pinterest.flink.jobs.server.SharedFiles.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A session cluster over its REST interface. With Flink 2.3 or later, a run is an application with
 * one job, and both have the id of the run; earlier releases have jobs only.
 */
final class SessionCluster implements FlinkCluster {

    /** Marks a copy of an artifact in a directory that outlives the JobManager. */
    private static final String PERSISTENT = "persistent:";

    private static final Pattern VERSION = Pattern.compile("^(\\d+)\\.(\\d+)");

    private final FlinkRest rest;
    private final SharedFiles files;
    private final Secrets secrets;
    private final String instance;

    SessionCluster(FlinkRest rest, SharedFiles files, Secrets secrets, String instance) {
        this.rest = rest;
        this.files = files;
        this.secrets = secrets;
        this.instance = instance;
    }

    // ------------------------------------------------------------------ requests

    /** A call whose answer only says whether the request was refused. */
    private interface Call {
        Answer send() throws IOException;
    }

    private static void request(Call call) throws ClusterException {
        Answer answer;
        try {
            answer = call.send();
        } catch (IOException e) {
            throw ClusterException.lost(e.toString());
        }
        if (answer.isRefused()) {
            throw ClusterException.rejected(answer.error());
        }
        if (!answer.isGood()) {
            throw ClusterException.lost(answer.error());
        }
    }

    @Override
    public void upload(String artifact) throws ClusterException {
        Path file = files.artifacts().file(artifact);
        if (!Files.isRegularFile(file)) {
            throw ClusterException.rejected("the service has no artifact " + artifact);
        }
        request(() -> rest.upload(file));
    }

    @Override
    public void start(Start start) throws ClusterException {
        RunSpec spec = start.spec();
        Map<String, Object> body = new LinkedHashMap<>();
        try {
            body.put(
                    "programArgsList",
                    RunConfiguration.resolved(start.job(), spec.arguments(), secrets));
            body.put("flinkConfiguration", RunConfiguration.of(start, secrets, instance));
        } catch (IOException e) {
            throw ClusterException.rejected(e.getMessage());
        }
        body.put("jobId", start.runId());
        boolean applications = hasApplications();
        if (applications) {
            body.put("applicationId", start.runId());
        }
        if (!spec.entryClass().isEmpty()) {
            body.put("entryClass", spec.entryClass());
        }
        if (spec.parallelism() > 0) {
            body.put("parallelism", spec.parallelism());
        }
        if (!start.restorePath().isEmpty()) {
            body.put("savepointPath", start.restorePath());
            body.put("allowNonRestoredState", spec.allowNonRestoredState());
            // What is in the catalogue belongs to the service.
            body.put("claimMode", "NO_CLAIM");
        }
        try {
            // The guard is the cluster's: a job's own configuration does not reach it.
            files.raiseFence(this::setting, start);
        } catch (IOException e) {
            throw ClusterException.lost(e.toString());
        }
        String jar = "/jars/" + start.marker().replace(PERSISTENT, "");
        request(() -> rest.post(jar + (applications ? "/run-application" : "/run"), body));
    }

    private boolean hasApplications() throws ClusterException {
        Finding<String> version = version();
        Matcher matcher = VERSION.matcher(version.optional().orElse(""));
        if (!matcher.find()) {
            throw ClusterException.lost("the version of Flink is not known: " + version.detail());
        }
        int major = Integer.parseInt(matcher.group(1));
        return major > 2 || (major == 2 && Integer.parseInt(matcher.group(2)) >= 3);
    }

    @Override
    public void savepoint(Savepoint savepoint) throws ClusterException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(savepoint.stop() ? "targetDirectory" : "target-directory", savepoint.directory());
        body.put("triggerId", savepoint.trigger());
        if (savepoint.stop()) {
            body.put("drain", savepoint.drain());
        } else {
            body.put("cancel-job", false);
        }
        String path = "/jobs/" + savepoint.runId() + (savepoint.stop() ? "/stop" : "/savepoints");
        request(() -> rest.post(path, body));
    }

    @Override
    public void cancel(String runId) throws ClusterException {
        Answer application;
        try {
            application = rest.post("/applications/" + runId + "/cancel", Map.of());
        } catch (IOException e) {
            throw ClusterException.lost(e.toString());
        }
        if (!application.isGood()) {
            request(() -> rest.patch("/jobs/" + runId));
        }
    }

    // ------------------------------------------------------------------ observations

    /** A question to the leader. */
    private interface Question<T> {
        Finding<T> ask() throws IOException;
    }

    private static <T> Finding<T> answer(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            return Finding.unknown(e.toString());
        }
    }

    private static <T> Finding<T> strange(Answer answer) {
        return Finding.unknown("the answer was " + answer.error());
    }

    @Override
    public Finding<String> ready(JobKey job, RunSpec spec, String oldRun) {
        Finding<String> shared = files.ready(spec);
        if (!shared.isYes()) {
            return shared;
        }
        return answer(
                () -> {
                    Answer overview = rest.get("/overview");
                    if (!overview.isGood()) {
                        return strange(overview);
                    }
                    int slots = overview.body().path("slots-total").asInt();
                    if (slots < Math.max(1, spec.parallelism())) {
                        return Finding.no(
                                "the cluster has "
                                        + slots
                                        + " slots, and the job needs "
                                        + Math.max(1, spec.parallelism()));
                    }
                    return plan(job, spec, oldRun);
                });
    }

    /** Lets the cluster make the plan of the job, which finds mistakes in its main method. */
    private Finding<String> plan(JobKey job, RunSpec spec, String oldRun) throws IOException {
        Optional<JsonNode> jar = jar(spec.artifact());
        if (jar.isEmpty()) {
            Answer upload = rest.upload(files.artifacts().file(spec.artifact()));
            if (upload.isRefused()) {
                return Finding.no("the cluster does not take the artifact: " + upload.error());
            }
            return Finding.unknown("the artifact is being uploaded");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        try {
            body.put("programArgsList", RunConfiguration.resolved(job, spec.arguments(), secrets));
            for (String value : spec.configuration().values()) {
                secrets.resolve(job.namespace(), value);
            }
        } catch (NoSuchFileException e) {
            return Finding.no(e.getMessage());
        }
        if (!spec.entryClass().isEmpty()) {
            body.put("entryClass", spec.entryClass());
        }
        if (spec.parallelism() > 0) {
            body.put("parallelism", spec.parallelism());
        }
        Answer plan = rest.post("/jars/" + jar.get().path("id").asText() + "/plan", body);
        if (plan.isGood()) {
            return PlanCheck.check(rest, plan.body(), spec, oldRun);
        }
        // Also a 500: this is how Flink says that the main method failed.
        return plan.body().has("errors")
                ? Finding.no("the job has no plan: " + plan.error())
                : strange(plan);
    }

    private Optional<JsonNode> jar(String artifact) throws IOException {
        Answer jars = rest.get("/jars");
        if (!jars.isGood()) {
            throw new IOException("the answer was " + jars.error());
        }
        for (JsonNode file : jars.body().path("files")) {
            if (file.path("name").asText().equals(artifact + ".jar")) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    @Override
    public Finding<String> artifact(String artifact) {
        return answer(
                () -> {
                    Optional<JsonNode> jar = jar(artifact);
                    if (jar.isEmpty()) {
                        return Finding.no("the cluster does not have it");
                    }
                    String id = jar.get().path("id").asText();
                    boolean persistent = !setting("web.upload.dir").isEmpty();
                    return Finding.yes(persistent ? PERSISTENT + id : id, id);
                });
    }

    /** The value of a key in the configuration of the JobManager, empty if it is not set. */
    private String setting(String key) throws IOException {
        Answer answer = rest.get("/jobmanager/config");
        if (!answer.isGood()) {
            throw new IOException("the answer was " + answer.error());
        }
        for (JsonNode entry : answer.body()) {
            if (entry.path("key").asText().equals(key)) {
                return entry.path("value").asText();
            }
        }
        return "";
    }

    @Override
    public Finding<RunStatus> run(String runId, String marker) {
        return answer(
                () -> {
                    Answer job = rest.get("/jobs/" + runId);
                    if (job.isGood()) {
                        return found(runId, job.body());
                    }
                    if (!job.isNotFound(runId)) {
                        return strange(job);
                    }
                    Answer application = rest.get("/applications/" + runId);
                    if (application.isGood()) {
                        return ofApplication(runId, application.body());
                    }
                    if (!application.isNotFound(runId)) {
                        return strange(application);
                    }
                    // Only after the others: it is this leader that did not know the run.
                    return hasCopy(marker)
                            ? Finding.noOfSameLeader("the leader, still the same, does not know it")
                            : Finding.no("the leader does not know it");
                });
    }

    private boolean hasCopy(String marker) throws IOException {
        if (marker.isEmpty() || marker.startsWith(PERSISTENT)) {
            return false;
        }
        for (JsonNode file : rest.get("/jars").body().path("files")) {
            if (file.path("id").asText().equals(marker)) {
                return true;
            }
        }
        return false;
    }

    private Finding<RunStatus> found(String runId, JsonNode job) throws IOException {
        String state = job.path("state").asText();
        JsonNode tasks = job.path("status-counts");
        return switch (state) {
            case "RUNNING" -> running(tasks);
            case "CREATED", "INITIALIZING", "RECONCILING" -> yes(RunState.STARTING, state);
            case "RESTARTING", "FAILING" -> yes(RunState.RESTARTING, state);
            case "CANCELLING" -> yes(RunState.ENDING, state);
            case "FINISHED" -> yes(RunState.FINISHED, state);
            case "CANCELED" -> yes(RunState.CANCELED, state);
            case "FAILED" -> Finding.yes(new RunStatus(RunState.FAILED, causeOfJob(runId)), state);
            // The JobMaster has lost its leadership, or a state of a later release.
            default -> Finding.unknown("the state is " + state);
        };
    }

    private static Finding<RunStatus> yes(RunState state, String detail) {
        return Finding.yes(RunStatus.of(state), detail);
    }

    private static Finding<RunStatus> running(JsonNode tasks) {
        int all = 0;
        for (JsonNode count : tasks) {
            all += count.asInt();
        }
        int up = tasks.path("RUNNING").asInt() + tasks.path("FINISHED").asInt();
        return yes(
                all > 0 && up == all ? RunState.RUNNING : RunState.STARTING,
                up + " of " + all + " tasks run");
    }

    private String causeOfJob(String runId) throws IOException {
        JsonNode history =
                rest.get("/jobs/" + runId + "/exceptions?maxExceptions=1")
                        .body()
                        .at("/exceptionHistory/entries/0/stacktrace");
        return rest.cause(history.asText());
    }

    private Finding<RunStatus> ofApplication(String runId, JsonNode application)
            throws IOException {
        String status = application.path("status").asText();
        return switch (status) {
            case "FAILED", "FAILING" ->
                    Finding.yes(
                            new RunStatus(RunState.FAILED, causeOfApplication(runId)),
                            "the application failed before its job");
            case "CANCELED", "CANCELING" -> yes(RunState.CANCELED, "the application was cancelled");
            case "FINISHED" ->
                    Finding.yes(
                            new RunStatus(RunState.FAILED, "the main method started no job"),
                            "the application ended without a job");
            default -> yes(RunState.STARTING, "the application is " + status);
        };
    }

    private String causeOfApplication(String runId) throws IOException {
        JsonNode body = rest.get("/applications/" + runId + "/exceptions").body();
        JsonNode trace = body.findValue("stacktrace");
        return trace == null ? "" : rest.cause(trace.asText());
    }

    @Override
    public Finding<SavepointStatus> savepointStatus(String runId, String trigger) {
        return answer(
                () -> {
                    Answer answer = rest.get("/jobs/" + runId + "/savepoints/" + trigger);
                    if (answer.isNotFound(trigger) || answer.isNotFound(runId)) {
                        return Finding.no("the leader does not know the savepoint");
                    }
                    if (!answer.isGood()) {
                        return strange(answer);
                    }
                    if (!answer.body().at("/status/id").asText().equals("COMPLETED")) {
                        return Finding.yes(SavepointStatus.inProgress(), "in progress");
                    }
                    JsonNode failure = answer.body().at("/operation/failure-cause");
                    if (!failure.isMissingNode() && !failure.isNull()) {
                        return Finding.yes(
                                SavepointStatus.failed(
                                        rest.cause(failure.path("stack-trace").asText())),
                                "failed");
                    }
                    String location = answer.body().at("/operation/location").asText();
                    return Finding.yes(SavepointStatus.completed(location), location);
                });
    }

    @Override
    public Finding<String> stored(String directory) {
        return files.states().stored(directory);
    }

    @Override
    public Finding<String> restored(String runId) {
        return answer(
                () -> {
                    Answer answer = rest.get("/jobs/" + runId + "/checkpoints");
                    if (!answer.isGood()) {
                        return strange(answer);
                    }
                    JsonNode path = answer.body().at("/latest/restored/external_path");
                    return path.isTextual()
                            ? Finding.yes(path.asText(), path.asText())
                            : Finding.no("it was not restored");
                });
    }

    @Override
    public Finding<Progress> progress(String runId) {
        return answer(
                () -> {
                    Answer checkpoints = rest.get("/jobs/" + runId + "/checkpoints");
                    Answer config = rest.get("/jobs/" + runId + "/checkpoints/config");
                    Answer failures = rest.get("/jobs/" + runId + "/exceptions?maxExceptions=100");
                    Answer job = rest.get("/jobs/" + runId);
                    for (Answer one : List.of(checkpoints, failures, job)) {
                        if (!one.isGood()) {
                            return strange(one);
                        }
                    }
                    boolean checkpointing =
                            config.isGood()
                                    && config.body().path("interval").asLong() > 0
                                    && config.body().path("interval").asLong() < Long.MAX_VALUE / 2;
                    long completed = checkpoints.body().at("/counts/completed").asLong();
                    long restarts = failures.body().at("/exceptionHistory/entries").size();
                    Pace pace = SourceMetrics.pace(rest, runId, job.body()).orElse(null);
                    return Finding.yes(
                            new Progress(checkpointing, completed, restarts, pace),
                            completed
                                    + " checkpoints, "
                                    + restarts
                                    + " failures"
                                    + (pace == null ? "" : ", " + pace));
                });
    }

    @Override
    public Finding<String> newestState(
            RunSpec spec, String runId, String savepoints, List<String> candidates) {
        return answer(
                () ->
                        files.newestState(
                                Settings.of(spec, this::setting), runId, savepoints, candidates));
    }

    // ------------------------------------------------------------------ watching

    @Override
    public Finding<Map<String, String>> healthyRuns() {
        return answer(
                () -> {
                    Answer overview = rest.get("/jobs/overview");
                    if (!overview.isGood()) {
                        return strange(overview);
                    }
                    Map<String, String> healthy = new HashMap<>();
                    for (JsonNode job : overview.body().path("jobs")) {
                        JsonNode tasks = job.path("tasks");
                        int all = tasks.path("total").asInt();
                        int up = tasks.path("running").asInt() + tasks.path("finished").asInt();
                        if (job.path("state").asText().equals("RUNNING") && all > 0 && up == all) {
                            healthy.put(job.path("jid").asText(), up + " of " + all + " tasks run");
                        }
                    }
                    return Finding.yes(healthy, healthy.size() + " runs");
                });
    }

    @Override
    public Finding<String> lastCheckpoint(String runId) {
        return answer(
                () -> {
                    Answer answer = rest.get("/jobs/" + runId + "/checkpoints");
                    if (!answer.isGood()) {
                        return strange(answer);
                    }
                    JsonNode path = answer.body().at("/latest/completed/external_path");
                    String text = path.isTextual() ? path.asText() : "";
                    return Finding.yes(text, text);
                });
    }

    @Override
    public Finding<RunDetails> details(String runId) {
        return answer(
                () -> {
                    Answer job = rest.get("/jobs/" + runId);
                    if (job.isNotFound(runId)) {
                        return Finding.no("the cluster does not know the run");
                    }
                    Answer checkpoints = rest.get("/jobs/" + runId + "/checkpoints");
                    Answer failures = rest.get("/jobs/" + runId + "/exceptions?maxExceptions=20");
                    for (Answer one : List.of(job, checkpoints, failures)) {
                        if (!one.isGood()) {
                            return strange(one);
                        }
                    }
                    return Finding.yes(
                            RunDetails.of(
                                    job.body(), checkpoints.body(), failures.body(), secrets::hide),
                            "answers");
                });
    }

    @Override
    public Finding<String> version() {
        return answer(
                () -> {
                    Answer config = rest.get("/config");
                    return config.isGood()
                            ? Finding.yes(config.body().path("flink-version").asText(), "answers")
                            : strange(config);
                });
    }
}
