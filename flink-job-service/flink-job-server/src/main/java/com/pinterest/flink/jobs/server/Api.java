// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.server.Access.Principal;
import com.pinterest.flink.jobs.server.Access.Role;
import com.pinterest.flink.jobs.server.Artifacts.BadArtifactException;
import com.pinterest.flink.jobs.server.OperationRequests.Wish;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.Rows.ArtifactEntry;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The REST interface, version 1. Stateless; thread-safe. */
final class Api {

    private static final String ROOT = "/api/v1";
    private static final int MAX_PAGE = 500;
    private static final int HISTORY = 100;
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    private static final long WAIT_STEP_MILLIS = 100;
    private static final int SECRET_BYTES = 32;

    private final JobDatabase database;
    private final Artifacts artifacts;
    private final RemoteArtifacts remote;
    private final ClusterRegistry clusters;
    private final OperationRequests requests;
    private final LiveEvents events;
    private final Access access;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();
    private final SecureRandom random = new SecureRandom();

    Api(
            JobDatabase database,
            Artifacts artifacts,
            RemoteArtifacts remote,
            ClusterRegistry clusters,
            OperationRequests requests,
            LiveEvents events,
            Clock clock) {
        this.database = database;
        this.artifacts = artifacts;
        this.remote = remote;
        this.clusters = clusters;
        this.requests = requests;
        this.events = events;
        this.access = new Access(database);
        this.clock = clock;
    }

    /**
     * What can be asked for.
     *
     * @param path with names in braces
     */
    record Route(HandlerType method, String path, Guarded handler) {}

    /** All routes that need a token. */
    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/metrics", this::metrics),
                new Route(HandlerType.POST, ROOT + "/lint", this::lint),
                new Route(HandlerType.GET, ROOT + "/jobs", this::jobs),
                new Route(HandlerType.GET, ROOT + "/jobs/{namespace}/{name}", this::job),
                new Route(HandlerType.PUT, ROOT + "/jobs/{namespace}/{name}", this::putJob),
                new Route(
                        HandlerType.GET,
                        ROOT + "/jobs/{namespace}/{name}/revisions",
                        this::revisions),
                new Route(
                        HandlerType.GET,
                        ROOT + "/jobs/{namespace}/{name}/deployments",
                        this::deployments),
                new Route(
                        HandlerType.GET,
                        ROOT + "/jobs/{namespace}/{name}/savepoints",
                        this::savepoints),
                new Route(
                        HandlerType.GET,
                        ROOT + "/jobs/{namespace}/{name}/operations",
                        this::operations),
                new Route(
                        HandlerType.POST,
                        ROOT + "/jobs/{namespace}/{name}/operations",
                        this::operate),
                new Route(HandlerType.GET, ROOT + "/jobs/{namespace}/{name}/events", this::events),
                new Route(HandlerType.GET, ROOT + "/operations/{id}", this::operation),
                new Route(HandlerType.POST, ROOT + "/operations/{id}/abort", this::abort),
                new Route(HandlerType.GET, ROOT + "/artifacts/{sha256}", this::artifact),
                new Route(HandlerType.PUT, ROOT + "/artifacts/{sha256}", this::putArtifact),
                new Route(HandlerType.GET, ROOT + "/clusters", this::clusters),
                new Route(HandlerType.PUT, ROOT + "/clusters/{name}", this::putCluster),
                new Route(HandlerType.GET, ROOT + "/tokens", this::tokens),
                new Route(HandlerType.POST, ROOT + "/tokens", this::putToken),
                new Route(HandlerType.DELETE, ROOT + "/tokens/{name}", this::revokeToken),
                new Route(HandlerType.GET, ROOT + "/audit", this::audit));
    }

    void addTo(RoutesConfig routes) {
        routes.get("/healthz", context -> context.result("ok\n"));
        // Neither needs a token.
        routes.get(ROOT + "/openapi.json", context -> document(context, "openapi.json"));
        routes.get(
                ROOT + "/flink-job.schema.json",
                context -> document(context, "flink-job.schema.json"));
        for (Route route : routes()) {
            routes.addHttpHandler(route.method(), route.path(), guarded(route.handler()));
        }
        routes.exception(Problem.class, (problem, context) -> problem(context, problem));
        routes.exception(SpecException.class, (e, context) -> problem(context, Problem.of(e)));
        routes.exception(RefusedException.class, (e, context) -> problem(context, Problem.of(e)));
        routes.error(404, this::notFound);
    }

    // ------------------------------------------------------------------ requests and answers

    /** A handler that knows who asks. */
    interface Guarded {
        void handle(Context context, Principal principal) throws Exception;
    }

    private Handler guarded(Guarded handler) {
        return context ->
                handler.handle(context, access.principal(context.header("Authorization")));
    }

    private static void document(Context context, String name) throws IOException {
        try (InputStream in = Api.class.getResourceAsStream(name)) {
            context.contentType("application/json");
            context.result(requireNonNull(in).readAllBytes());
        }
    }

    private void problem(Context context, Problem problem) {
        if (problem.status() == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        context.status(problem.status());
        answer(context, problem.body());
        context.contentType("application/problem+json");
    }

    private void notFound(Context context) {
        String type = context.res().getContentType();
        if (!Ui.isAt(context.path()) && (type == null || !type.contains("json"))) {
            problem(context, Problem.of(404, "not-found", "there is nothing at " + context.path()));
        }
    }

    private void answer(Context context, Object body) {
        context.contentType("application/json");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Cache-Control", "no-store");
        context.result(text(body) + "\n");
    }

    private String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer cannot be written", e);
        }
    }

    private JsonNode body(Context context) {
        try {
            JsonNode body = json.readTree(context.body());
            if (body == null || !body.isObject()) {
                throw Problem.of(400, "bad-body", "the body has to be a JSON object");
            }
            return body;
        } catch (JsonProcessingException e) {
            throw Problem.of(400, "bad-body", "the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static JobKey key(Context context) {
        try {
            return new JobKey(context.pathParam("namespace"), context.pathParam("name"));
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "bad-name", e.getMessage());
        }
    }

    private static UUID operationId(Context context) {
        try {
            return UUID.fromString(context.pathParam("id"));
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "bad-id", "not an id: " + context.pathParam("id"));
        }
    }

    private static int limit(Context context) {
        String text = context.queryParam("limit");
        if (text == null) {
            return HISTORY;
        }
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_PAGE) {
            throw Problem.of(400, "bad-limit", "limit has to be a number from 1 to " + MAX_PAGE);
        }
        return Integer.parseInt(text);
    }

    private Job find(JobKey key) {
        return database.job(key)
                .orElseThrow(() -> Problem.of(404, "not-found", "there is no job " + key));
    }

    private static String time(Instant instant) {
        return instant == null ? null : instant.toString();
    }

    // ------------------------------------------------------------------ jobs

    private static List<JobSpec.File> files(JsonNode body) {
        List<JobSpec.File> files = new ArrayList<>();
        for (JsonNode file : body.path("files")) {
            files.add(new JobSpec.File(file.path("name").asText(), file.path("text").asText()));
        }
        if (files.isEmpty()) {
            throw Problem.of(400, "bad-body", "\"files\" is missing");
        }
        return files;
    }

    private void lint(Context context, Principal principal) throws SpecException {
        JobSpec spec = JobSpec.check(files(body(context)));
        principal.require(Role.VIEWER, spec.key());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("namespace", spec.key().namespace());
        answer.put("name", spec.key().name());
        answer.put("jarURI", spec.jarUri());
        answer(context, answer);
    }

    private void jobs(Context context, Principal principal) {
        int limit = limit(context);
        Optional<JobKey> after = Optional.ofNullable(context.queryParam("cursor")).map(Api::cursor);
        List<Map<String, Object>> items = new ArrayList<>();
        List<Job> page = database.jobs(principal.namespace(), after, limit);
        page.stream()
                .filter(job -> principal.sees(job.key()))
                .forEach(job -> items.add(describe(job)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("items", items);
        if (page.size() == limit) {
            String last = page.get(limit - 1).key().toString();
            answer.put(
                    "next",
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(last.getBytes(StandardCharsets.UTF_8)));
        }
        answer(context, answer);
    }

    private static JobKey cursor(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return JobKey.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "bad-cursor", "not a cursor: " + text);
        }
    }

    private void job(Context context, Principal principal) {
        JobKey key = key(context);
        principal.require(Role.VIEWER, key);
        Job job = find(key);
        context.header("ETag", "\"" + job.generation() + "\"");
        Map<String, Object> answer = describe(job);
        answer.put("spec", database.revision(key, job.generation()).orElseThrow().document());
        answer(context, answer);
    }

    private Map<String, Object> describe(Job job) {
        Optional<Run> newest = database.runs(job.key(), 1).stream().findFirst();
        Optional<Operation> last = database.operations(job.key(), 1).stream().findFirst();
        Optional<Operation> open = last.filter(operation -> !operation.isClosed());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("namespace", job.key().namespace());
        answer.put("name", job.key().name());
        answer.put("generation", job.generation());
        answer.put("desired", job.desired().name());
        answer.put("phase", Phases.of(newest, open));
        answer.put("stableRevision", job.stableRevision());
        newest.ifPresent(run -> answer.put("run", describe(run)));
        last.ifPresent(operation -> answer.put("lastOperation", describe(operation)));
        return answer;
    }

    private Map<String, Object> describe(Run run) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("epoch", run.deployment().epoch());
        answer.put("revision", run.deployment().revision());
        answer.put("cluster", run.deployment().cluster());
        answer.put("flinkJobId", run.deployment().runId());
        answer.put("restorePath", run.deployment().restorePath());
        answer.put("startedAt", time(run.deployment().startedAt()));
        if (run.deployment().isEnded()) {
            answer.put("endedAt", time(run.endedAt()));
            answer.put("end", run.deployment().end().name());
            answer.put("cause", run.deployment().cause());
            answer.put("finalState", run.deployment().finalState());
        } else {
            answer.put("seen", run.seenState());
            answer.put("seenDetail", run.seenDetail());
            answer.put(
                    "evidenceAgeSeconds",
                    Duration.between(run.seenAt(), clock.instant()).toSeconds());
            answer.put("checkpointPath", run.checkpointPath());
        }
        return answer;
    }

    private void putJob(Context context, Principal principal)
            throws SpecException, RefusedException, InterruptedException {
        JobKey key = key(context);
        principal.require(Role.OPERATOR, key);
        JsonNode body = body(context);
        Map<String, String> uploaded = new LinkedHashMap<>();
        body.path("artifacts")
                .properties()
                .forEach(entry -> uploaded.put(entry.getKey(), entry.getValue().asText()));
        JobSpec spec = JobSpec.read(files(body), uploaded);
        if (!spec.key().equals(key)) {
            throw Problem.of(
                    422, "other-name", "the specification is of " + spec.key() + ", not " + key);
        }
        String sha256 = spec.run().artifact();
        if (RemoteArtifacts.isRemote(spec.jarUri()) && !artifacts.contains(sha256)) {
            long size = remote.fetch(spec.jarUri(), sha256);
            database.putArtifact(
                    new ArtifactEntry(sha256, "job.jar", size), principal.name(), clock.instant());
        }
        register(context, principal, spec, expected(context));
    }

    private long register(
            Context context, Principal principal, JobSpec spec, Optional<Long> expected)
            throws RefusedException {
        if (!artifacts.contains(spec.run().artifact())) {
            throw Problem.of(
                    422,
                    "no-artifact",
                    "there is no artifact " + spec.run().artifact() + "; upload it first");
        }
        Optional<ClusterEntry> cluster = clusters.find(spec.run().cluster());
        if (cluster.isPresent() && !cluster.get().kind().equals(spec.targetKind())) {
            throw Problem.of(
                    422,
                    "wrong-kind",
                    "target.kind is "
                            + spec.targetKind()
                            + ", but the cluster "
                            + spec.run().cluster()
                            + " is of kind "
                            + cluster.get().kind());
        }
        if (cluster.isEmpty()) {
            throw Problem.of(
                    422,
                    "no-cluster",
                    "there is no cluster "
                            + spec.run().cluster()
                            + Names.nearest(
                                            spec.run().cluster(),
                                            database.clusters().stream()
                                                    .map(ClusterEntry::name)
                                                    .toList())
                                    .map(name -> "; did you mean \"" + name + "\"?")
                                    .orElse(""));
        }
        long generation =
                database.register(
                        spec.key(),
                        spec.document(),
                        spec.run(),
                        expected,
                        principal.name(),
                        clock.instant());
        context.header("ETag", "\"" + generation + "\"");
        answer(context, describe(find(spec.key())));
        return generation;
    }

    private static Optional<Long> expected(Context context) {
        if ("*".equals(context.header("If-None-Match"))) {
            return Optional.of(0L);
        }
        String tag = context.header("If-Match");
        if (tag == null) {
            return Optional.empty();
        }
        if (!tag.matches("\"[0-9]{1,15}\"")) {
            throw Problem.of(400, "bad-etag", "If-Match has to be an ETag of this job: " + tag);
        }
        return Optional.of(Long.parseLong(tag.substring(1, tag.length() - 1)));
    }

    /** The key of an existing job, which the caller may look at. */
    private JobKey viewed(Context context, Principal principal) {
        JobKey key = key(context);
        principal.require(Role.VIEWER, key);
        find(key);
        return key;
    }

    private void revisions(Context context, Principal principal) {
        JobKey key = viewed(context, principal);
        List<Map<String, Object>> items = new ArrayList<>();
        for (Revision revision : database.revisions(key, limit(context))) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("number", revision.number());
            item.put("digest", revision.digest());
            item.put("createdAt", time(revision.createdAt()));
            item.put("createdBy", revision.createdBy());
            item.put("spec", revision.document());
            items.add(item);
        }
        answer(context, Map.of("items", items));
    }

    private void deployments(Context context, Principal principal) {
        JobKey key = viewed(context, principal);
        answer(
                context,
                Map.of(
                        "items",
                        database.runs(key, limit(context)).stream().map(this::describe).toList()));
    }

    private void savepoints(Context context, Principal principal) {
        JobKey key = viewed(context, principal);
        List<Map<String, Object>> items = new ArrayList<>();
        database.savepoints(key)
                .forEach(
                        savepoint -> {
                            Map<String, Object> item = new LinkedHashMap<>();
                            item.put("path", savepoint.path());
                            item.put("epoch", savepoint.epoch());
                            item.put("operation", savepoint.operation());
                            item.put("createdAt", time(savepoint.createdAt()));
                            items.add(item);
                        });
        answer(context, Map.of("items", items));
    }

    /**
     * The job, at once and after each change; without the age of what was seen, which only grows.
     */
    private void events(Context context, Principal principal) {
        JobKey key = viewed(context, principal);
        String header = context.header("Authorization");
        String[] last = {""};
        events.answer(
                context,
                () -> {
                    access.principal(header).require(Role.VIEWER, key);
                    Map<String, Object> job = describe(find(key));
                    if (job.get("run") instanceof Map<?, ?> run) {
                        run.remove("evidenceAgeSeconds");
                    }
                    String text = text(job);
                    if (text.equals(last[0])) {
                        return List.of();
                    }
                    last[0] = text;
                    return List.of(new LiveEvents.Event("job", text));
                });
    }

    // ------------------------------------------------------------------ operations

    private void operations(Context context, Principal principal) {
        JobKey key = viewed(context, principal);
        answer(
                context,
                Map.of(
                        "items",
                        database.operations(key, limit(context)).stream()
                                .map(Api::describe)
                                .toList()));
    }

    private static Map<String, Object> describe(Operation operation) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", operation.id().toString());
        answer.put("namespace", operation.job().namespace());
        answer.put("name", operation.job().name());
        answer.put("kind", operation.request().kind().name());
        answer.put("state", operation.state().name());
        answer.put("step", operation.step().name());
        answer.put("revision", operation.request().revision());
        answer.put("epoch", operation.epoch() == 0 ? operation.oldEpoch() : operation.epoch());
        answer.put("savepoint", operation.baseState());
        answer.put("failure", operation.failure());
        answer.put("by", operation.request().by());
        answer.put("createdAt", time(operation.createdAt()));
        answer.put("closedAt", time(operation.closedAt()));
        return answer;
    }

    private void operate(Context context, Principal principal)
            throws RefusedException, SpecException {
        JobKey key = key(context);
        principal.require(Role.OPERATOR, key);
        JsonNode body = body(context);
        Optional<String> idempotency = Optional.ofNullable(context.header("Idempotency-Key"));
        String digest = JobDatabase.sha256(key + "\n" + body);
        Kind kind = kind(body.path("kind").asText());
        Operation operation =
                requests.open(find(key), wish(kind, body), principal, idempotency, digest);
        context.status(202);
        context.header("Location", ROOT + "/operations/" + operation.id());
        answer(context, describe(operation));
    }

    private static Kind kind(String word) {
        return OperationRequests.kind(word)
                .orElseThrow(
                        () ->
                                Problem.of(
                                        400, "bad-kind", "there is no operation \"" + word + "\""));
    }

    private static Wish wish(Kind kind, JsonNode body) {
        Map<String, String> configuration = new LinkedHashMap<>();
        body.path("configuration")
                .properties()
                .forEach(entry -> configuration.put(entry.getKey(), entry.getValue().asText()));
        return new Wish(
                kind,
                body.has("revision")
                        ? Optional.of(body.path("revision").asLong())
                        : Optional.empty(),
                body.path("from").asText(""),
                body.path("drain").asBoolean(false),
                body.path("parallelism").asInt(),
                configuration);
    }

    private void operation(Context context, Principal principal) throws InterruptedException {
        UUID id = operationId(context);
        Operation operation = visible(id, principal);
        Instant until = clock.instant().plus(wait(context));
        while (!operation.isClosed() && clock.instant().isBefore(until)) {
            Thread.sleep(WAIT_STEP_MILLIS);
            operation = visible(id, principal);
        }
        Map<String, Object> answer = describe(operation);
        List<Map<String, Object>> timeline = new ArrayList<>();
        database.steps(id)
                .forEach(
                        step -> {
                            Map<String, Object> item = new LinkedHashMap<>();
                            item.put("at", time(step.at()));
                            item.put("step", step.step());
                            item.put("note", step.note());
                            item.put("seen", step.seen());
                            timeline.add(item);
                        });
        answer.put("timeline", timeline);
        answer(context, answer);
    }

    private Operation visible(UUID id, Principal principal) {
        Operation operation =
                database.operation(id)
                        .orElseThrow(
                                () -> Problem.of(404, "not-found", "there is no operation " + id));
        principal.require(Role.VIEWER, operation.job());
        return operation;
    }

    private static Duration wait(Context context) {
        String text = context.queryParam("wait");
        if (text == null) {
            return Duration.ZERO;
        }
        if (!text.matches("[0-9]{1,3}s")) {
            throw Problem.of(400, "bad-wait", "wait has to be seconds, such as 30s: " + text);
        }
        Duration wait = Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
        return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
    }

    private void abort(Context context, Principal principal) throws RefusedException {
        UUID id = operationId(context);
        Operation operation = visible(id, principal);
        principal.require(Role.OPERATOR, operation.job());
        context.status(202);
        answer(context, describe(database.abort(id, principal.name(), clock.instant())));
    }

    // ------------------------------------------------------------------ artifacts, clusters

    private static String digest(Context context) {
        String sha256 = context.pathParam("sha256");
        if (!Artifacts.isDigest(sha256)) {
            throw Problem.of(400, "bad-digest", "not a SHA-256: " + sha256);
        }
        return sha256;
    }

    private void artifact(Context context, Principal principal) {
        principal.require(Role.VIEWER);
        String sha256 = digest(context);
        ArtifactEntry artifact =
                database.artifact(sha256)
                        .filter(entry -> artifacts.contains(entry.sha256()))
                        .orElseThrow(
                                () ->
                                        Problem.of(
                                                404,
                                                "not-found",
                                                "there is no artifact " + sha256));
        answer(context, artifact);
    }

    private void putArtifact(Context context, Principal principal) throws IOException {
        principal.require(Role.OPERATOR);
        String sha256 = digest(context);
        try {
            long size = artifacts.put(sha256, context.bodyInputStream());
            String name = Optional.ofNullable(context.queryParam("name")).orElse("job.jar");
            database.putArtifact(
                    new ArtifactEntry(sha256, name, size), principal.name(), clock.instant());
            context.status(201);
            answer(context, new ArtifactEntry(sha256, name, size));
        } catch (BadArtifactException e) {
            throw Problem.of(422, "bad-artifact", e.getMessage());
        }
    }

    private void clusters(Context context, Principal principal) {
        principal.require(Role.VIEWER);
        List<Map<String, Object>> items = new ArrayList<>();
        for (ClusterEntry cluster : database.clusters()) {
            Finding<String> version = clusters.get(cluster.name()).version();
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("name", cluster.name());
            item.put("kind", cluster.kind());
            item.put("address", cluster.address());
            item.put("reachable", version.evidence().name());
            item.put("flinkVersion", version.optional().orElse(""));
            items.add(item);
        }
        answer(context, Map.of("items", items));
    }

    private void putCluster(Context context, Principal principal) {
        principal.requireForAll(Role.ADMIN);
        String name = context.pathParam("name");
        JsonNode body = body(context);
        String kind = body.path("kind").asText(ClusterRegistry.SESSION);
        boolean yarn = kind.equals(ClusterRegistry.YARN);
        String address = body.path("address").asText(yarn ? ClusterRegistry.OWN_DISTRIBUTION : "");
        if (!JobKey.isName(name)) {
            throw Problem.of(400, "bad-name", "not a name of a cluster: " + name);
        }
        if (!yarn && !kind.equals(ClusterRegistry.SESSION)) {
            throw Problem.of(
                    400, "bad-kind", "the kind has to be session or yarn-application: " + kind);
        }
        if (!yarn && !isHttp(address)) {
            throw Problem.of(
                    400, "bad-address", "the address has to be http(s)://HOST:PORT: " + address);
        }
        if (yarn && !ClusterRegistry.isDistribution(address)) {
            throw Problem.of(
                    400,
                    "bad-address",
                    "the address of a YARN cluster is the directory of the distribution of Flink"
                            + " that the service starts jobs with, or "
                            + ClusterRegistry.OWN_DISTRIBUTION
                            + " for its own: "
                            + address);
        }
        ClusterEntry cluster = new ClusterEntry(name, kind, address);
        database.putCluster(cluster, principal.name(), clock.instant());
        answer(context, cluster);
    }

    private static boolean isHttp(String address) {
        try {
            URI uri = URI.create(address);
            return uri.getHost() != null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    // ------------------------------------------------------------------ administration

    private void tokens(Context context, Principal principal) {
        principal.requireForAll(Role.ADMIN);
        List<Map<String, Object>> items = new ArrayList<>();
        for (TokenEntry token : database.tokens()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("name", token.name());
            item.put("role", token.role());
            String[] scope = token.scope().split("/", 2);
            item.put("namespace", scope[0]);
            item.put("job", scope.length == 1 ? "" : scope[1]);
            item.put("createdAt", time(token.createdAt()));
            items.add(item);
        }
        answer(context, Map.of("items", items));
    }

    private void putToken(Context context, Principal principal) throws RefusedException {
        principal.requireForAll(Role.ADMIN);
        JsonNode body = body(context);
        String name = body.path("name").asText();
        String namespace = body.path("namespace").asText("");
        String job = body.path("job").asText("");
        Role role =
                Role.of(body.path("role").asText())
                        .orElseThrow(
                                () ->
                                        Problem.of(
                                                400,
                                                "bad-role",
                                                "role has to be viewer, operator or admin"));
        for (String given : List.of(name, namespace, job)) {
            if (!JobKey.isName(given) && (given.equals(name) || !given.isEmpty())) {
                throw Problem.of(400, "bad-name", "not a name: \"" + given + '"');
            }
        }
        if (!job.isEmpty() && (namespace.isEmpty() || role == Role.ADMIN)) {
            throw Problem.of(
                    400, "bad-scope", "a token for a job needs its namespace, and is no admin's");
        }
        String secret = secret(random);
        database.putToken(
                new TokenEntry(
                        name,
                        role.word(),
                        job.isEmpty() ? namespace : namespace + "/" + job,
                        clock.instant()),
                secret,
                principal.name());
        context.status(201);
        answer(context, Map.of("name", name, "token", secret));
    }

    /** A new secret of 256 bits. */
    static String secret(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void revokeToken(Context context, Principal principal) throws RefusedException {
        principal.requireForAll(Role.ADMIN);
        database.revokeToken(context.pathParam("name"), principal.name(), clock.instant());
        context.status(204);
    }

    private void audit(Context context, Principal principal) {
        principal.requireForAll(Role.ADMIN);
        List<Map<String, Object>> items = new ArrayList<>();
        database.audit(limit(context))
                .forEach(
                        entry -> {
                            Map<String, Object> item = new LinkedHashMap<>();
                            item.put("number", entry.number());
                            item.put("at", time(entry.at()));
                            item.put("principal", entry.principal());
                            item.put("action", entry.action());
                            item.put("subject", entry.subject());
                            item.put("detail", entry.detail());
                            item.put("hash", entry.hash());
                            items.add(item);
                        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("items", items);
        answer.put("firstForged", database.firstForgedAuditEntry().orElse(null));
        answer(context, answer);
    }

    private void metrics(Context context, Principal principal) {
        principal.requireForAll(Role.VIEWER);
        context.contentType("text/plain; version=0.0.4");
        context.result(Metrics.text(database, clock.instant()));
    }
}
