// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.server.Access.Principal;
import com.pinterest.flink.jobs.server.Access.Role;
import com.pinterest.flink.jobs.server.LiveEvents.Event;
import com.pinterest.flink.jobs.server.OperationRequests.Wish;
import com.pinterest.flink.jobs.server.UiModel.Audit;
import com.pinterest.flink.jobs.server.UiModel.ClusterRow;
import com.pinterest.flink.jobs.server.UiModel.Evidence;
import com.pinterest.flink.jobs.server.UiModel.Fleet;
import com.pinterest.flink.jobs.server.UiModel.FleetRow;
import com.pinterest.flink.jobs.server.UiModel.JobView;
import com.pinterest.flink.jobs.server.UiModel.OperationView;
import com.pinterest.flink.jobs.server.UiModel.Page;
import com.pinterest.flink.jobs.server.UiModel.Question;
import com.pinterest.flink.jobs.server.UiModel.Revisions;
import com.pinterest.flink.jobs.server.UiModel.Tile;
import com.pinterest.flink.jobs.server.UiModel.TimelineEntry;
import com.pinterest.flink.jobs.server.UiModel.TimelineStep;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Overview;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import com.pinterest.flink.jobs.store.Rows.StepEntry;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The user interface: pages that the server makes. A browser signs in with a token, which it gets
 * back in a cookie that only these pages can use. Each change is a form, asks once, and carries a
 * value that only such a page knows. Stateless; thread-safe.
 */
final class Ui {

    /** Where the pages are. */
    static final String ROOT = "/ui";

    private static final int MAX_ROWS = 200;
    private static final int HISTORY = 20;
    private static final int AUDIT_ENTRIES = 200;

    /** No code, no style and no address but our own. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    private final JobDatabase database;
    private final ClusterRegistry clusters;
    private final OperationRequests requests;
    private final UiQuestions questions;
    private final Access access;
    private final UiSessions sessions;
    private final LiveEvents events;
    private final Clock clock;
    private final String cookie;
    private final UiAssets assets = new UiAssets();
    private final TemplateEngine templates =
            TemplateEngine.createPrecompiled(
                    null, ContentType.Html, Ui.class.getClassLoader(), Ui.class.getPackageName());

    Ui(
            JobDatabase database,
            ClusterRegistry clusters,
            OperationRequests requests,
            UiSessions sessions,
            LiveEvents events,
            Clock clock) {
        this.database = database;
        this.clusters = clusters;
        this.requests = requests;
        this.questions = new UiQuestions(database);
        this.access = new Access(database);
        this.sessions = sessions;
        this.events = events;
        this.clock = clock;
        // Browsers do not tell ports apart: two services on a host must not share a cookie.
        this.cookie = "flink-jobs-" + database.instance().replaceAll("[^0-9A-Za-z]", "");
    }

    void addTo(RoutesConfig routes) {
        routes.get("/", context -> context.redirect(ROOT + "/"));
        routes.get(ROOT, page(this::fleet));
        routes.get(ROOT + "/login", open(this::login));
        routes.post(ROOT + "/login", open(this::signIn));
        routes.post(ROOT + "/logout", open(this::signOut));
        routes.get(ROOT + "/assets/{version}/{file}", assets::answer);
        routes.get(ROOT + "/events", page(this::fleetEvents));
        routes.get(ROOT + "/clusters", page(this::clusters));
        routes.get(ROOT + "/audit", page(this::audit));
        String job = ROOT + "/jobs/{namespace}/{name}";
        routes.get(job, page(this::job));
        routes.get(job + "/events", page(this::jobEvents));
        routes.get(job + "/flink", page(this::details));
        routes.get(job + "/revisions", page(this::revisions));
        routes.get(job + "/do/{kind}", page(this::ask));
        routes.post(job + "/do/{kind}", form(this::act));
        String operation = ROOT + "/operations/{id}";
        routes.get(operation, page(this::operation));
        routes.get(operation + "/events", page(this::operationEvents));
        routes.get(operation + "/abort", page(this::askAbort));
        routes.post(operation + "/abort", form(this::abort));
        routes.error(404, this::notFound);
    }

    /** Whether a path is one of these pages. */
    static boolean isAt(String path) {
        return path.equals(ROOT) || path.startsWith(ROOT + "/");
    }

    // ------------------------------------------------------------------ requests and answers

    /** A page that knows who asks. */
    private interface Guarded {
        void handle(Context context, Principal principal) throws Exception;
    }

    /** Handles a request whose errors are pages. */
    private Handler open(Handler handler) {
        return context -> {
            head(context);
            try {
                handler.handle(context);
            } catch (Problem problem) {
                error(context, problem);
            } catch (RefusedException e) {
                error(context, Problem.of(e));
            } catch (SpecException e) {
                error(context, Problem.of(e));
            }
        };
    }

    private Handler page(Guarded handler) {
        return open(
                context -> {
                    Optional<Principal> principal = principal(context);
                    if (principal.isEmpty()) {
                        toLogin(context);
                        return;
                    }
                    handler.handle(context, principal.get());
                });
    }

    /** As a page; but what a form changes has to come from a page of ours. */
    private Handler form(Guarded handler) {
        return page(
                (context, principal) -> {
                    requireOwnForm(context, context.cookie(cookie));
                    handler.handle(context, principal);
                });
    }

    private void requireOwnForm(Context context, String value) {
        String site = context.header("Sec-Fetch-Site");
        boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
        if (foreign || value == null || !sessions.isFormToken(value, context.formParam("token"))) {
            throw Problem.of(
                    403, "foreign-form", "this form is not of this page, or is too old; try again");
        }
    }

    private static void head(Context context) {
        context.header("Content-Security-Policy", POLICY);
        context.header("X-Content-Type-Options", "nosniff");
        context.header("X-Frame-Options", "DENY");
        context.header("Referrer-Policy", "same-origin");
        context.header("Cross-Origin-Opener-Policy", "same-origin");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        context.header("Cache-Control", "no-store");
    }

    private Optional<Principal> principal(Context context) {
        String session = context.cookie(cookie);
        if (session == null) {
            return Optional.empty();
        }
        try {
            return sessions.open(session).map(access::ofSecret);
        } catch (Problem e) {
            return Optional.empty();
        }
    }

    private static void toLogin(Context context) {
        if (context.header("HX-Request") != null || context.path().endsWith("/events")) {
            // The script of the page asks; the page itself has to go.
            context.status(401);
            context.header("HX-Redirect", ROOT + "/login");
            return;
        }
        String query = context.queryString() == null ? "" : "?" + context.queryString();
        context.redirect(
                ROOT
                        + "/login?next="
                        + URLEncoder.encode(
                                context.method().name().equals("GET")
                                        ? context.path() + query
                                        : ROOT,
                                UTF_8));
    }

    private void render(Context context, String template, Page page, Object model) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("page", page);
        if (model != null) {
            parameters.put("model", model);
        }
        context.contentType("text/html; charset=utf-8");
        context.result(text(template, parameters));
    }

    private String text(String template, Map<String, Object> parameters) {
        TemplateOutput output = new StringOutput();
        templates.render(template + ".jte", parameters, output);
        return output.toString();
    }

    private Page describe(Context context, Principal principal, String title, String section) {
        return new Page(
                title,
                principal.name(),
                principal.describe(),
                principal.role() == Role.ADMIN && principal.isForAll(),
                sessions.formToken(context.cookie(cookie)),
                section);
    }

    private void error(Context context, Problem problem) {
        Page page =
                principal(context)
                        .map(user -> describe(context, user, problem.body().code(), ""))
                        .orElse(new Page(problem.body().code(), "", "", false, "", ""));
        context.status(problem.status());
        render(context, "error", page, problem.body());
    }

    /** Answers for a path that is none; other answers with this status are pages already. */
    private void notFound(Context context) {
        String type = context.res().getContentType();
        if (!isAt(context.path()) || (type != null && type.startsWith("text/html"))) {
            return;
        }
        head(context);
        error(context, Problem.of(404, "not-found", "there is no page at " + context.path()));
    }

    // ------------------------------------------------------------------ signing in and out

    private void login(Context context) {
        login(context, 200, "");
    }

    private void login(Context context, int status, String mistake) {
        String nonce = sessions.nonce();
        setCookie(context, cookie + "-form", nonce, ROOT + "/login", Duration.ofHours(1));
        String next = Optional.ofNullable(context.queryParam("next")).orElse(ROOT);
        Page page = new Page("Sign in", "", "", false, sessions.formToken(nonce), "");
        context.status(status);
        context.contentType("text/html; charset=utf-8");
        context.result(text("login", Map.of("page", page, "next", next, "mistake", mistake)));
    }

    private void signIn(Context context) {
        requireOwnForm(context, context.cookie(cookie + "-form"));
        String secret = Optional.ofNullable(context.formParam("secret")).orElse("").strip();
        try {
            access.ofSecret(secret);
        } catch (Problem e) {
            login(context, 401, "This token is not valid.");
            return;
        }
        setCookie(context, cookie, sessions.seal(secret), ROOT, UiSessions.LIFE);
        String next = Optional.ofNullable(context.formParam("next")).orElse(ROOT);
        context.redirect(isOwn(next) ? next : ROOT, io.javalin.http.HttpStatus.SEE_OTHER);
    }

    /** Only a path of ours: a link must not lead away from here through the login. */
    private static boolean isOwn(String path) {
        return isAt(path) && path.matches("[/A-Za-z0-9_.~?&=%+-]*") && !path.contains("//");
    }

    private void signOut(Context context) {
        requireOwnForm(context, context.cookie(cookie));
        setCookie(context, cookie, "", ROOT, Duration.ZERO);
        context.redirect(ROOT + "/login", io.javalin.http.HttpStatus.SEE_OTHER);
    }

    private static void setCookie(
            Context context, String name, String value, String path, Duration life) {
        boolean tls =
                context.scheme().equals("https")
                        || "https".equals(context.header("X-Forwarded-Proto"));
        context.res()
                .addHeader(
                        "Set-Cookie",
                        name
                                + "="
                                + value
                                + "; Path="
                                + path
                                + "; Max-Age="
                                + life.toSeconds()
                                + "; HttpOnly; SameSite=Strict"
                                + (tls ? "; Secure" : ""));
    }

    // ------------------------------------------------------------------ all jobs

    private void fleet(Context context, Principal principal) {
        String text = Optional.ofNullable(context.queryParam("q")).orElse("").strip();
        String phase = Optional.ofNullable(context.queryParam("phase")).orElse("");
        List<FleetRow> all = rows(principal);
        Map<String, Long> phases = new TreeMap<>();
        all.forEach(row -> phases.merge(row.evidence().phase(), 1L, Long::sum));
        List<Tile> tiles = new ArrayList<>();
        phases.forEach(
                (name, count) ->
                        tiles.add(
                                new Tile(
                                        name, Words.toneOfPhase(name), count, name.equals(phase))));
        tiles.sort(Comparator.comparing(Tile::tone));
        List<FleetRow> matching =
                all.stream()
                        .filter(row -> phase.isEmpty() || row.evidence().phase().equals(phase))
                        .filter(row -> row.job().job().key().toString().contains(text))
                        .toList();
        render(
                context,
                "fleet",
                describe(context, principal, "Jobs", "jobs"),
                new Fleet(
                        matching.stream().limit(MAX_ROWS).toList(),
                        tiles,
                        all.size(),
                        matching.size(),
                        text,
                        phase));
    }

    /** What needs a look first. */
    private List<FleetRow> rows(Principal principal) {
        Instant now = clock.instant();
        return database.overview().stream()
                .filter(job -> principal.sees(job.job().key()))
                .map(job -> new FleetRow(job, Evidence.of(job, now)))
                .sorted(
                        Comparator.comparing((FleetRow row) -> row.evidence().tone())
                                .thenComparing(row -> row.job().job().key()))
                .toList();
    }

    private void fleetEvents(Context context, Principal principal) {
        listen(
                context,
                principal,
                () ->
                        database.overview().stream()
                                .filter(job -> principal.sees(job.job().key()))
                                .map(Ui::mark)
                                .toList(),
                List::of);
    }

    /** What changes when a page about the job has to. */
    private static List<Object> mark(Overview job) {
        return List.of(
                job.job(),
                job.newest()
                        .map(
                                run ->
                                        List.<Object>of(
                                                run.deployment(),
                                                run.seenState(),
                                                run.checkpointPath()))
                        .orElse(List.of()),
                job.last().map(Operation::version).orElse(0L),
                job.last().map(Operation::id));
    }

    /** Sends the event change when the mark does, and more events each time. */
    private void listen(
            Context context, Principal principal, Supplier<?> mark, Supplier<List<Event>> more) {
        String session = context.cookie(cookie);
        Object[] last = {mark.get()};
        events.answer(
                context,
                () -> {
                    // The token may have been revoked since.
                    Optional<Principal> now = sessions.open(session).map(access::ofSecret);
                    if (!now.equals(Optional.of(principal))) {
                        throw Problem.of(401, "bad-token", "the session has ended");
                    }
                    List<Event> next = new ArrayList<>(more.get());
                    Object current = mark.get();
                    if (!current.equals(last[0])) {
                        last[0] = current;
                        next.add(new Event("change", "."));
                    }
                    return next;
                });
    }

    // ------------------------------------------------------------------ a job

    private static JobKey key(Context context) {
        try {
            return new JobKey(context.pathParam("namespace"), context.pathParam("name"));
        } catch (IllegalArgumentException e) {
            throw Problem.of(404, "not-found", e.getMessage());
        }
    }

    /** A job that the user may see. */
    private Overview overview(Context context, Principal principal) {
        JobKey key = key(context);
        principal.require(Role.VIEWER, key);
        return overview(key);
    }

    private Overview overview(JobKey key) {
        Job job =
                database.job(key)
                        .orElseThrow(() -> Problem.of(404, "not-found", "there is no job " + key));
        return new Overview(
                job,
                database.runs(key, 1).stream().findFirst(),
                database.operations(key, 1).stream().findFirst());
    }

    private static boolean mayOperate(Principal principal, JobKey key) {
        return principal.role().compareTo(Role.OPERATOR) >= 0 && principal.sees(key);
    }

    private void job(Context context, Principal principal) {
        Overview overview = overview(context, principal);
        JobKey key = overview.job().key();
        Instant now = clock.instant();
        JobView view =
                new JobView(
                        overview,
                        Evidence.of(overview, now),
                        overview.newest().map(run -> address(run)).orElse(""),
                        mayOperate(principal, key) ? UiQuestions.actions(overview) : List.of(),
                        database.runs(key, HISTORY),
                        database.savepoints(key),
                        database.operations(key, HISTORY),
                        now);
        render(context, "job", describe(context, principal, key.toString(), "jobs"), view);
    }

    private String address(Run run) {
        return database.clusters().stream()
                .filter(cluster -> cluster.name().equals(run.deployment().cluster()))
                .map(ClusterEntry::address)
                .findFirst()
                .orElse("");
    }

    private void jobEvents(Context context, Principal principal) {
        JobKey key = overview(context, principal).job().key();
        listen(
                context,
                principal,
                () -> mark(overview(key)),
                () ->
                        List.of(
                                new Event(
                                        "seen",
                                        text(
                                                "evidence",
                                                Map.of(
                                                        "evidence",
                                                        Evidence.of(
                                                                overview(key),
                                                                clock.instant()))))));
    }

    /** What the cluster says of the newest run: the page asks for it by itself. */
    private void details(Context context, Principal principal) {
        Overview overview = overview(context, principal);
        Finding<RunDetails> details =
                overview.newest()
                        .map(
                                run ->
                                        clusters.get(run.deployment().cluster())
                                                .details(run.deployment().runId()))
                        .orElse(Finding.no("the job was never started"));
        context.contentType("text/html; charset=utf-8");
        context.result(text("details", Map.of("finding", details)));
    }

    private void revisions(Context context, Principal principal) {
        Overview overview = overview(context, principal);
        Job job = overview.job();
        long to = number(context, "to", job.generation());
        long from = number(context, "from", Math.max(1, to - 1));
        Revision before = revision(job, from);
        Revision after = revision(job, to);
        render(
                context,
                "revisions",
                describe(context, principal, "Revisions of " + job.key(), "jobs"),
                new Revisions(
                        job,
                        database.revisions(job.key(), AUDIT_ENTRIES),
                        overview.newest()
                                .filter(run -> !run.deployment().isEnded())
                                .map(run -> run.deployment().revision())
                                .orElse(0L),
                        from,
                        to,
                        LineDiff.of(before.document(), after.document()),
                        mayOperate(principal, job.key())
                                && overview.open().isEmpty()
                                && overview.newest().isPresent()));
    }

    private Revision revision(Job job, long number) {
        return database.revision(job.key(), number)
                .orElseThrow(
                        () ->
                                Problem.of(
                                        404,
                                        "not-found",
                                        job.key() + " has no revision " + number));
    }

    private static long number(Context context, String name, long otherwise) {
        String text = context.queryParam(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,15}")) {
            throw Problem.of(400, "bad-number", name + " has to be a number: " + text);
        }
        return Long.parseLong(text);
    }

    // ------------------------------------------------------------------ questions and answers

    private static Kind kind(Context context) {
        String word = context.pathParam("kind");
        return OperationRequests.kind(word)
                .orElseThrow(
                        () ->
                                Problem.of(
                                        404,
                                        "not-found",
                                        "there is no operation \"" + word + "\""));
    }

    private void ask(Context context, Principal principal) {
        Overview overview = overview(context, principal);
        principal.require(Role.OPERATOR, overview.job().key());
        long revision = number(context, "revision", 0);
        Question question =
                questions.of(
                        overview,
                        kind(context),
                        revision == 0 ? Optional.empty() : Optional.of(revision),
                        UUID.randomUUID().toString());
        render(
                context,
                "question",
                describe(context, principal, question.title(), "jobs"),
                question);
    }

    private void act(Context context, Principal principal) throws RefusedException, SpecException {
        Job job = overview(context, principal).job();
        Wish wish = wish(context);
        String key = Optional.ofNullable(context.formParam("key")).orElse("");
        if (key.isEmpty()) {
            throw Problem.of(400, "no-key", "the form has no key");
        }
        Operation operation =
                requests.open(
                        job,
                        wish,
                        principal,
                        Optional.of("ui-" + key),
                        JobDatabase.sha256(job.key() + "\n" + wish));
        context.redirect(
                ROOT + "/operations/" + operation.id(), io.javalin.http.HttpStatus.SEE_OTHER);
    }

    private static Wish wish(Context context) {
        Map<String, String> configuration = new TreeMap<>();
        Optional.ofNullable(context.formParam("configuration"))
                .orElse("")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(
                        line -> {
                            int colon = line.indexOf(':');
                            if (colon < 1) {
                                throw Problem.of(
                                        400, "bad-configuration", "not KEY: VALUE: " + line);
                            }
                            configuration.put(
                                    line.substring(0, colon).strip(),
                                    line.substring(colon + 1).strip());
                        });
        String parallelism = Optional.ofNullable(context.formParam("parallelism")).orElse("0");
        if (!parallelism.matches("[0-9]{1,6}")) {
            throw Problem.of(400, "bad-parallelism", "not a number: " + parallelism);
        }
        String revision = Optional.ofNullable(context.formParam("revision")).orElse("");
        if (!revision.matches("[0-9]{0,15}")) {
            throw Problem.of(400, "bad-number", "not a revision: " + revision);
        }
        return new Wish(
                kind(context),
                revision.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(revision)),
                Optional.ofNullable(context.formParam("from")).orElse(""),
                context.formParam("drain") != null,
                Integer.parseInt(parallelism),
                configuration);
    }

    // ------------------------------------------------------------------ an operation

    private Operation visible(Context context, Principal principal) {
        String text = context.pathParam("id");
        Operation operation =
                Optional.of(text)
                        .filter(id -> id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                        .flatMap(id -> database.operation(UUID.fromString(id)))
                        .orElseThrow(
                                () ->
                                        Problem.of(
                                                404, "not-found", "there is no operation " + text));
        principal.require(Role.VIEWER, operation.job());
        return operation;
    }

    private void operation(Context context, Principal principal) {
        Operation operation = visible(context, principal);
        OperationView view =
                new OperationView(
                        operation,
                        timeline(operation),
                        !operation.isClosed()
                                && !operation.abort()
                                && mayOperate(principal, operation.job()),
                        clock.instant());
        render(
                context,
                "operation",
                describe(
                        context,
                        principal,
                        UiQuestions.title(operation.request().kind()) + " " + operation.job(),
                        "jobs"),
                view);
    }

    private List<TimelineStep> timeline(Operation operation) {
        List<TimelineStep> steps = new ArrayList<>();
        for (StepEntry entry : database.steps(operation.id())) {
            if (steps.isEmpty() || !steps.get(steps.size() - 1).name().equals(entry.step())) {
                steps.add(
                        new TimelineStep(entry.step(), explained(entry.step()), new ArrayList<>()));
            }
            long after = Duration.between(operation.createdAt(), entry.at()).toMillis();
            steps.get(steps.size() - 1).entries().add(new TimelineEntry(entry, Math.max(0, after)));
        }
        return steps;
    }

    private static String explained(String step) {
        return switch (step) {
            case "PREFLIGHT" -> "checks before the running job is touched";
            case "CLEAR" -> "makes sure that no earlier run is left";
            case "STOP" -> "stops the run with a savepoint";
            case "SAVEPOINT" -> "takes a savepoint";
            case "CANCEL" -> "ends the run";
            case "FIND_STATE" -> "looks for the newest state";
            case "UPLOAD" -> "brings the artifact to the cluster";
            case "START" -> "starts the run";
            case "RUNNING" -> "waits until all tasks run";
            case "RESTORED" -> "compares the state that it began with";
            case "STABLE" -> "waits for checkpoints without a restart";
            default -> "";
        };
    }

    private void operationEvents(Context context, Principal principal) {
        UUID id = visible(context, principal).id();
        listen(
                context,
                principal,
                () -> database.operation(id).map(Operation::version).orElse(0L),
                List::of);
    }

    private void askAbort(Context context, Principal principal) {
        Operation operation = visible(context, principal);
        principal.require(Role.OPERATOR, operation.job());
        Question question = UiQuestions.abort(operation);
        render(
                context,
                "question",
                describe(context, principal, question.title(), "jobs"),
                question);
    }

    private void abort(Context context, Principal principal) throws RefusedException {
        Operation operation = visible(context, principal);
        principal.require(Role.OPERATOR, operation.job());
        database.abort(operation.id(), principal.name(), clock.instant());
        context.redirect(
                ROOT + "/operations/" + operation.id(), io.javalin.http.HttpStatus.SEE_OTHER);
    }

    // ------------------------------------------------------------------ clusters, audit

    private void clusters(Context context, Principal principal) {
        principal.require(Role.VIEWER);
        Map<String, Long> jobs = new TreeMap<>();
        database.liveRuns().stream()
                .filter(run -> principal.sees(run.deployment().job()))
                .forEach(run -> jobs.merge(run.deployment().cluster(), 1L, Long::sum));
        List<ClusterRow> rows =
                database.clusters().parallelStream()
                        .map(
                                cluster -> {
                                    Finding<String> version =
                                            clusters.get(cluster.name()).version();
                                    return new ClusterRow(
                                            cluster.name(),
                                            cluster.address(),
                                            version.isYes(),
                                            version.isYes()
                                                    ? "Flink " + version.value()
                                                    : version.detail(),
                                            jobs.getOrDefault(cluster.name(), 0L));
                                })
                        .toList();
        render(context, "clusters", describe(context, principal, "Clusters", "clusters"), rows);
    }

    private void audit(Context context, Principal principal) {
        principal.requireForAll(Role.ADMIN);
        render(
                context,
                "audit",
                describe(context, principal, "Audit", "audit"),
                new Audit(database.audit(AUDIT_ENTRIES), database.firstForgedAuditEntry()));
    }
}
