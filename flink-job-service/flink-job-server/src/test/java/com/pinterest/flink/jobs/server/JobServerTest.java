// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST interface of a real service; its cluster is one that nobody answers for. */
final class JobServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JAR = Jars.text("a jar");
    private static final String DIGEST = JobDatabase.sha256(JAR);
    private static final String JOB = "/api/v1/jobs/ads/flights";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir private Path data;

    private JobServer server;
    private String admin;

    @BeforeEach
    void start() throws Exception {
        server = JobServer.start(settings());
        admin = Files.readString(data.resolve(JobServer.TOKEN_FILE)).strip();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private JobServer.Settings settings() {
        return new JobServer.Settings(
                data,
                "localhost",
                0,
                Timing.standard(),
                Duration.ofSeconds(1),
                Set.of(),
                Optional.empty());
    }

    // ------------------------------------------------------------------ requests

    private HttpResponse<String> send(
            String token, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                        .timeout(Duration.ofMinutes(2))
                        .method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(admin, "GET", path, "");
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private static String code(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("application/problem+json"));
        return response.statusCode() + " " + json(response).path("code").asText();
    }

    private static String spec(int parallelism) {
        String text =
                """
                apiVersion: flink-job-service/v1
                kind: FlinkJob
                metadata: {name: flights, namespace: ads}
                spec:
                  target: {cluster: nowhere}
                  job: {jarURI: flights.jar, parallelism: %d}
                  savepoints: {dir: "file:///tmp/savepoints"}
                """
                        .formatted(parallelism);
        ObjectNode body = JSON.createObjectNode();
        body.putArray("files").addObject().put("name", "flights.yaml").put("text", text);
        body.putObject("artifacts").put("flights.jar", DIGEST);
        return body.toString();
    }

    private void prepare() throws IOException, InterruptedException {
        assertThat(send(admin, "PUT", "/api/v1/artifacts/" + DIGEST, JAR).statusCode())
                .isEqualTo(201);
        assertThat(
                        send(
                                        admin,
                                        "PUT",
                                        "/api/v1/clusters/nowhere",
                                        "{\"address\": \"http://localhost:9\"}")
                                .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> register(int parallelism, String... headers)
            throws IOException, InterruptedException {
        return send(admin, "PUT", JOB, spec(parallelism), headers);
    }

    private String token(String name, String role, String namespace)
            throws IOException, InterruptedException {
        String body =
                JSON.writeValueAsString(Map.of("name", name, "role", role, "namespace", namespace));
        return json(send(admin, "POST", "/api/v1/tokens", body)).path("token").asText();
    }

    /** Waits until an operation is where it needs the cluster. */
    private void awaitUpload(String id) throws IOException, InterruptedException {
        while (!json(get("/api/v1/operations/" + id)).path("step").asText().equals("UPLOAD")) {
            Thread.sleep(20);
        }
    }

    // ------------------------------------------------------------------ tests

    @Test
    void firstTokenIsReadableByItsOwnerOnly() throws Exception {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve(JobServer.TOKEN_FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void secondServiceOverTheSameDataIsRefused() {
        assertThatThrownBy(() -> JobServer.start(settings()))
                .isInstanceOfAny(
                        IOException.class, java.nio.channels.OverlappingFileLockException.class);
    }

    @Test
    void nothingIsShownWithoutAValidToken() throws Exception {
        for (String path :
                new String[] {"/api/v1/jobs", JOB, "/api/v1/tokens", "/metrics", "/api/v1/audit"}) {
            assertThat(code(send("", "GET", path, ""))).isEqualTo("401 no-token");
            assertThat(code(send("wrong", "GET", path, ""))).isEqualTo("401 bad-token");
        }
    }

    @Test
    void tokenIsGoodForItsRoleAndNamespaceOnly() throws Exception {
        prepare();
        register(1);
        String viewer = token("viewer", "viewer", "");
        String other = token("other", "operator", "search");
        String own = token("own", "operator", "ads");
        String submit = "{\"kind\": \"submit\"}";

        assertThat(send(viewer, "GET", JOB, "").statusCode()).isEqualTo(200);
        assertThat(code(send(viewer, "POST", JOB + "/operations", submit)))
                .isEqualTo("403 not-allowed");
        assertThat(code(send(other, "GET", JOB, ""))).isEqualTo("403 not-allowed");
        assertThat(json(send(other, "GET", "/api/v1/jobs", "")).path("items")).isEmpty();
        assertThat(code(send(own, "GET", "/api/v1/tokens", ""))).isEqualTo("403 not-allowed");
        assertThat(code(send(own, "PUT", "/api/v1/clusters/x", "{}"))).isEqualTo("403 not-allowed");
        assertThat(send(own, "POST", JOB + "/operations", submit).statusCode()).isEqualTo(202);
    }

    @Test
    void tokenOfAJobIsGoodForNoOther() throws Exception {
        // given two jobs of a namespace
        prepare();
        register(1);
        String otherJob = "/api/v1/jobs/ads/other";
        assertThat(
                        send(
                                        admin,
                                        "PUT",
                                        otherJob,
                                        spec(1).replace("name: flights", "name: other"))
                                .statusCode())
                .isEqualTo(200);
        String body =
                "{\"name\": \"ci\", \"role\": \"operator\", \"namespace\": \"ads\", \"job\": \"%s\"}";

        // when
        HttpResponse<String> made =
                send(admin, "POST", "/api/v1/tokens", body.formatted("flights"));
        String token = json(made).path("token").asText();

        // then
        String submit = "{\"kind\": \"submit\"}";
        assertThat(send(token, "PUT", JOB, spec(2)).statusCode()).isEqualTo(200);
        assertThat(send(token, "POST", JOB + "/operations", submit).statusCode()).isEqualTo(202);
        for (String path : List.of(otherJob, otherJob + "/revisions")) {
            assertThat(code(send(token, "GET", path, ""))).isEqualTo("403 not-allowed");
        }
        assertThat(code(send(token, "PUT", otherJob, spec(2)))).isEqualTo("403 not-allowed");
        assertThat(code(send(token, "POST", otherJob + "/operations", submit)))
                .isEqualTo("403 not-allowed");
        assertThat(json(send(token, "GET", "/api/v1/jobs", "")).path("items"))
                .singleElement()
                .extracting(job -> job.path("name").asText())
                .isEqualTo("flights");
        assertThat(json(get("/api/v1/tokens")).path("items"))
                .anyMatch(item -> item.path("job").asText().equals("flights"));

        // and such a token has to make sense
        assertThat(code(send(admin, "POST", "/api/v1/tokens", body.formatted("a/b"))))
                .isEqualTo("400 bad-name");
        assertThat(
                        code(
                                send(
                                        admin,
                                        "POST",
                                        "/api/v1/tokens",
                                        body.formatted("flights").replace("operator", "admin"))))
                .isEqualTo("400 bad-scope");
    }

    @Test
    void revokedTokenIsNotValid() throws Exception {
        String token = token("ci", "viewer", "");
        assertThat(send(token, "GET", "/api/v1/jobs", "").statusCode()).isEqualTo(200);

        assertThat(send(admin, "DELETE", "/api/v1/tokens/ci", "").statusCode()).isEqualTo(204);

        assertThat(code(send(token, "GET", "/api/v1/jobs", ""))).isEqualTo("401 bad-token");
    }

    @Test
    void jobIsRegisteredOnceAndChangedOnlyByWhoHasSeenIt() throws Exception {
        prepare();

        HttpResponse<String> first = register(1, "If-None-Match", "*");
        HttpResponse<String> again = register(1);
        HttpResponse<String> second = register(2, "If-Match", "\"1\"");

        assertThat(first.headers().firstValue("ETag")).contains("\"1\"");
        assertThat(again.headers().firstValue("ETag")).contains("\"1\"");
        assertThat(second.headers().firstValue("ETag")).contains("\"2\"");
        assertThat(code(register(3, "If-Match", "\"1\""))).isEqualTo("412 stale");
        assertThat(code(register(3, "If-None-Match", "*"))).isEqualTo("412 stale");
        assertThat(json(get(JOB)).path("phase").asText()).isEqualTo("NEW");
        assertThat(json(get(JOB + "/revisions")).path("items")).hasSize(2);
    }

    @Test
    void mistakesInASpecificationAreReportedWithTheirLines() throws Exception {
        prepare();
        String bad = spec(1).replace("savepoints:", "savepiont:");

        HttpResponse<String> response = send(admin, "PUT", JOB, bad);

        assertThat(code(response)).isEqualTo("422 bad-specification");
        assertThat(json(response).path("mistakes").toString())
                .contains("flights.yaml:7")
                .contains("did you mean");
    }

    @Test
    void jobWithoutItsArtifactOrClusterIsRefused() throws Exception {
        assertThat(code(register(1))).isEqualTo("422 no-artifact");
        send(admin, "PUT", "/api/v1/artifacts/" + DIGEST, JAR);
        assertThat(code(register(1))).isEqualTo("422 no-cluster");
    }

    @Test
    void artifactWithOtherContentIsRefused() throws Exception {
        assertThat(code(send(admin, "PUT", "/api/v1/artifacts/" + DIGEST, Jars.text("other"))))
                .isEqualTo("422 bad-artifact");
        assertThat(code(get("/api/v1/artifacts/" + DIGEST))).isEqualTo("404 not-found");
        assertThat(code(get("/api/v1/artifacts/..%2Fjobs.db"))).startsWith("400 ");
    }

    @Test
    void operationIsOpenedOnceForAKeyAndWaitsForAClusterThatDoesNotAnswer() throws Exception {
        prepare();
        register(1);
        String submit = "{\"kind\": \"submit\"}";

        HttpResponse<String> first =
                send(admin, "POST", JOB + "/operations", submit, "Idempotency-Key", "k");
        HttpResponse<String> same =
                send(admin, "POST", JOB + "/operations", submit, "Idempotency-Key", "k");
        HttpResponse<String> second = send(admin, "POST", JOB + "/operations", submit);
        HttpResponse<String> reused =
                send(
                        admin,
                        "POST",
                        JOB + "/operations",
                        "{\"kind\": \"recover\"}",
                        "Idempotency-Key",
                        "k");

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(json(same).path("id")).isEqualTo(json(first).path("id"));
        assertThat(code(second)).as(second.body()).isEqualTo("409 operation-open");
        assertThat(json(second).path("operation").asText())
                .as(second.body())
                .isEqualTo(json(first).path("id").asText());
        assertThat(code(reused)).isEqualTo("422 key-reused");

        String location = first.headers().firstValue("Location").orElseThrow();
        awaitUpload(json(first).path("id").asText());
        JsonNode operation = json(get(location));
        assertThat(operation.path("state").asText()).isEqualTo("OPEN");
        assertThat(operation.path("step").asText()).isEqualTo("UPLOAD");
        assertThat(operation.path("timeline")).hasSizeGreaterThan(1);
    }

    /** Submits the job, and returns the id of the operation once it uploads the artifact. */
    private String submitUntilUpload() throws Exception {
        String id =
                json(send(admin, "POST", JOB + "/operations", "{\"kind\": \"submit\"}"))
                        .path("id")
                        .asText();
        awaitUpload(id);
        return id;
    }

    @Test
    void abortedSubmitEndsWithNothingRunning() throws Exception {
        prepare();
        register(1);
        String id = submitUntilUpload();

        assertThat(send(admin, "POST", "/api/v1/operations/" + id + "/abort", "").statusCode())
                .isEqualTo(202);

        JsonNode operation = json(get("/api/v1/operations/" + id + "?wait=30s"));
        assertThat(operation.path("state").asText()).isEqualTo("FAILED");
        assertThat(operation.path("failure").asText()).isEqualTo("aborted");
        assertThat(json(get(JOB)).path("desired").asText()).isEqualTo("SUSPENDED");
    }

    @Test
    void operationsThatNeedARunAreRefusedWithoutOne() throws Exception {
        prepare();
        register(1);

        for (String kind : new String[] {"stop", "cancel", "savepoint", "restart"}) {
            assertThat(
                            code(
                                    send(
                                            admin,
                                            "POST",
                                            JOB + "/operations",
                                            "{\"kind\": \"" + kind + "\"}")))
                    .isEqualTo("409 wrong-phase");
        }
        assertThat(code(send(admin, "POST", JOB + "/operations", "{\"kind\": \"explode\"}")))
                .isEqualTo("400 bad-kind");
        assertThat(code(send(admin, "POST", JOB + "/operations", "not json")))
                .isEqualTo("400 bad-body");
    }

    @Test
    void everyChangeIsInTheAudit() throws Exception {
        prepare();
        register(1);
        send(admin, "POST", JOB + "/operations", "{\"kind\": \"submit\"}");

        JsonNode audit = json(get("/api/v1/audit"));

        assertThat(audit.path("items").findValuesAsText("action"))
                .contains("artifact", "cluster", "register", "submit", "token");
        assertThat(audit.path("firstForged").isNull()).isTrue();
    }

    @Test
    void metricsCountJobsByPhase() throws Exception {
        prepare();
        register(1);

        assertThat(get("/metrics").body()).contains("flink_job_service_jobs{phase=\"NEW\"} 1");
    }

    @Test
    void openOperationOfAnEarlierProcessIsCarriedOn() throws Exception {
        prepare();
        register(1);
        String id = submitUntilUpload();
        server.close();

        server = JobServer.start(settings());

        send(admin, "POST", "/api/v1/operations/" + id + "/abort", "");
        assertThat(json(get("/api/v1/operations/" + id + "?wait=30s")).path("state").asText())
                .isEqualTo("FAILED");
    }

    @Test
    void unknownPathAndUnknownJobAreProblems() throws Exception {
        assertThat(code(get("/api/v1/nothing"))).isEqualTo("404 not-found");
        assertThat(json(get(JOB)).path("detail").asText()).isEqualTo("there is no job ads/flights");
    }

    @Test
    void documentHasTheRoutesAndNoOthers() throws Exception {
        // given
        Api api = new Api(null, null, null, null, null, null, Clock.systemUTC());
        Set<String> routes =
                api.routes().stream()
                        .map(route -> route.method().name() + " " + route.path())
                        .collect(Collectors.toSet());

        // when
        JsonNode document = json(send("", "GET", "/api/v1/openapi.json", ""));
        assertThat(
                        json(send("", "GET", "/api/v1/flink-job.schema.json", ""))
                                .path("title")
                                .asText())
                .startsWith("FlinkJob");

        // then
        Set<String> described = new HashSet<>();
        document.path("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .fieldNames()
                                        .forEachRemaining(
                                                method ->
                                                        described.add(
                                                                method.toUpperCase(Locale.ROOT)
                                                                        + " "
                                                                        + path.getKey())));
        assertThat(described).isEqualTo(routes);
        // Each name in braces is a parameter.
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (JsonNode operation : path.getValue()) {
                List<String> names = new ArrayList<>();
                for (JsonNode parameter : operation.path("parameters")) {
                    if (parameter.path("in").asText().equals("path")) {
                        names.add("{" + parameter.path("name").asText() + "}");
                    }
                }
                assertThat(Pattern.compile("\\{[^}]+}").matcher(path.getKey()).results())
                        .extracting(MatchResult::group)
                        .isEqualTo(names);
            }
        }
        assertThat(
                        document.at(
                                "/paths/~1api~1v1~1jobs~1{namespace}~1{name}~1operations/post"
                                        + "/requestBody/content/application~1json/schema/properties"
                                        + "/kind/enum"))
                .extracting(kind -> kind.asText().toUpperCase(Locale.ROOT))
                .containsExactlyInAnyOrder(
                        Stream.of(Kind.values()).map(Kind::name).toArray(String[]::new));
    }
}
