// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.pinterest.flink.jobs.server.Api.Route;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.sun.net.httpserver.HttpServer;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people without the right to something get. The pages have the same in {@code UiTest}, jars
 * in {@code ArtifactsTest}, specifications in {@code JobSpecTest}.
 */
final class SecurityTest {

    private static final String SECRET = "correct-horse-battery";
    private static final String REMOTE_JAR = Jars.text("from far away");
    private static final String REMOTE_DIGEST = JobDatabase.sha256(REMOTE_JAR);

    @TempDir private Path data;

    private HttpServer repository;
    private UiFixture service;

    @BeforeEach
    void start() throws Exception {
        repository =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        repository.createContext(
                "/",
                exchange -> {
                    boolean moved = exchange.getRequestURI().getPath().equals("/moved.jar");
                    if (moved) {
                        exchange.getResponseHeaders().add("Location", "/flights.jar");
                    }
                    byte[] jar = REMOTE_JAR.getBytes(US_ASCII);
                    exchange.sendResponseHeaders(moved ? 302 : 200, jar.length);
                    exchange.getResponseBody().write(jar);
                    exchange.close();
                });
        repository.start();
        Path secrets = Files.createDirectories(data.resolve("secrets/search"));
        Files.writeString(data.resolve("secrets/db"), SECRET + "\n");
        Files.writeString(secrets.resolve("index"), "of-another-namespace");
        service =
                new UiFixture(
                        data, Duration.ofSeconds(1), Set.of("localhost:" + port(), "jars.example"));
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        repository.stop(0);
    }

    private int port() {
        return repository.getAddress().getPort();
    }

    // ------------------------------------------------------------------ tokens

    /** All routes, with names in place of those in braces. */
    private static Stream<Route> routes() {
        return new Api(null, null, null, null, null, null, Clock.systemUTC())
                .routes().stream()
                        .map(
                                route ->
                                        new Route(
                                                route.method(),
                                                route.path()
                                                        .replace("{namespace}", "ads")
                                                        .replace("{sha256}", "0".repeat(64))
                                                        .replace("{id}", operation())
                                                        .replaceAll("\\{[^}]+}", "flights"),
                                                route.handler()));
    }

    /** Of nobody. */
    private static String operation() {
        return "00000000-0000-7000-8000-000000000000";
    }

    @Test
    void everyRouteNeedsAValidToken() throws Exception {
        String revoked = service.token("eve", "admin", "");
        assertThat(service.send(service.admin, "DELETE", "/api/v1/tokens/eve", "").statusCode())
                .isEqualTo(204);
        for (Route route : routes().toList()) {
            for (String token : List.of("", "wrong", revoked, service.admin + "0", "' OR 1=1 --")) {
                HttpResponse<String> answer =
                        service.send(token, route.method().name(), route.path(), "{}");
                assertThat(answer.statusCode()).as(route + " " + token).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
        }
    }

    @Test
    void viewerChangesNothingAndOtherNamespacesAreNotSeen() throws Exception {
        service.register("flights", "local", 1);
        String viewer = service.token("viewer", "viewer", "ads");
        String other = service.token("other", "operator", "search");
        for (Route route : routes().toList()) {
            boolean changes =
                    !route.method().equals(HandlerType.GET) && !route.path().endsWith("/lint");
            String path = route.path();
            if (changes && !path.contains("/operations/")) {
                assertThat(service.send(viewer, route.method().name(), path, "{}").statusCode())
                        .as(route.toString())
                        .isEqualTo(403);
            }
            if (path.contains("/jobs/ads/") || path.matches(".*/(tokens|audit)")) {
                assertThat(service.send(other, route.method().name(), path, "{}").statusCode())
                        .as(route.toString())
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void operationOfAnotherNamespaceIsNotSeenAndNotEnded() throws Exception {
        service.register("lost", "nowhere", 1);
        String id = service.operate("lost", "{\"kind\": \"submit\"}", false);
        String viewer = service.token("viewer", "viewer", "ads");
        String other = service.token("other", "operator", "search");

        for (String path : List.of("/api/v1/operations/" + id, "/api/v1/jobs/ads/lost/events")) {
            assertThat(service.send(other, "GET", path, "").statusCode()).isEqualTo(403);
        }
        for (String token : List.of(viewer, other)) {
            assertThat(
                            service.send(token, "POST", "/api/v1/operations/" + id + "/abort", "")
                                    .statusCode())
                    .isEqualTo(403);
        }
    }

    /** Not even by the cursor, which is a key. */
    @Test
    void pagesOfJobsDoNotNameThoseOfOtherNamespaces() throws Exception {
        service.register("flights", "local", 1);
        service.register("views", "local", 1);
        String other = service.token("other", "viewer", "search");
        String own = service.token("own", "viewer", "ads");

        assertThat(service.send(other, "GET", "/api/v1/jobs?limit=1", "").body().strip())
                .isEqualTo("{\"items\":[]}");
        assertThat(service.send(own, "GET", "/api/v1/jobs?limit=1", "").body()).contains("next");
    }

    /** A page of another site can send these without asking, but has no token. */
    @Test
    void formOfAnotherSiteIsRefused() throws Exception {
        service.register("flights", "local", 1);

        assertThat(
                        service.send(
                                        "",
                                        "POST",
                                        UiFixture.JOB + "/operations",
                                        "{\"kind\": \"submit\"}")
                                .statusCode())
                .isEqualTo(401);
        assertThat(service.api("GET", UiFixture.JOB, "").has("lastOperation")).isFalse();
    }

    // ------------------------------------------------------------------ names and paths

    @Test
    void namesDoNotLeadToOtherFiles() throws Exception {
        for (String name : List.of("..%2F..%2Fjobs.db", "%2e%2e", "jobs.db", "a%00b")) {
            for (String path :
                    List.of("/api/v1/artifacts/", "/api/v1/jobs/ads/", "/api/v1/jobs/")) {
                HttpResponse<String> answer = service.send(service.admin, "GET", path + name, "");
                assertThat(answer.statusCode()).as(path + name).isIn(400, 404);
                assertThat(answer.body()).doesNotContain("SQLite format");
            }
            // Without a body, and on a connection of its own: a server that refuses a path may
            // close the connection before it has read a body, or the next request.
            HttpRequest put =
                    HttpRequest.newBuilder(
                                    URI.create(service.address() + "/api/v1/artifacts/" + name))
                            .header("Authorization", "Bearer " + service.admin)
                            .PUT(BodyPublishers.noBody())
                            .build();
            assertThat(HttpClient.newHttpClient().send(put, BodyHandlers.ofString()).statusCode())
                    .as(name)
                    .isIn(400, 404);
        }
    }

    @Test
    void markupInAnAnswerIsNotForABrowser() throws Exception {
        HttpResponse<String> answer =
                service.send(service.admin, "GET", "/api/v1/jobs/ads/%3Cscript%3E", "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("json"));
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    // ------------------------------------------------------------------ artifacts

    private String registerRemote(String address) throws IOException, InterruptedException {
        try {
            service.register(
                    "remote",
                    "local",
                    1,
                    text -> text.replace("flights.jar", "\"" + address + "\""));
            return "registered";
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }

    @Test
    void artifactComesFromAnAllowedAddressOnly() throws Exception {
        String digest = "#sha256=" + REMOTE_DIGEST;
        String good = "localhost:" + port();
        for (String address :
                List.of(
                        "http://evil.example/flights.jar",
                        "http://" + good + "@evil.example/flights.jar",
                        "http://user@" + good + "/flights.jar",
                        "http://127.0.0.1:" + port() + "/flights.jar",
                        "http://localhost:" + (port() - 1) + "/flights.jar",
                        "http://localhost/flights.jar",
                        "http://jars.example:9/flights.jar",
                        "http:///flights.jar")) {
            assertThat(registerRemote(address + digest))
                    .as(address)
                    .containsAnyOf("artifact-address", "bad-specification");
        }
        assertThat(registerRemote("file:///etc/passwd")).contains("bad-specification");
        assertThat(registerRemote("http://" + good + "/flights.jar")).contains("needs the digest");
        assertThat(registerRemote("http://" + good + "/moved.jar" + digest)).contains("302");
        assertThat(registerRemote("http://" + good + "/flights.jar#sha256=" + "0".repeat(64)))
                .contains("has the SHA-256 " + REMOTE_DIGEST);

        assertThat(registerRemote("http://" + good + "/flights.jar?a=b" + digest))
                .isEqualTo("registered");
        assertThat(service.api("GET", "/api/v1/jobs/ads/remote", "").path("spec").asText())
                .contains("artifact://flights.jar@sha256:" + REMOTE_DIGEST);
        assertThat(data.resolve("artifacts/" + REMOTE_DIGEST + ".jar")).hasContent(REMOTE_JAR);
    }

    // ------------------------------------------------------------------ secrets

    private static UnaryOperator<String> argument(String value) {
        return text ->
                text.replace("parallelism:", "args: [--password, \"" + value + "\"], parallelism:");
    }

    @Test
    void secretIsGivenToTheClusterAndStoredAndShownNowhere() throws Exception {
        // given
        service.flink.leak = "login of " + SECRET + " failed ";
        service.register("flights", "local", 1, argument("${secret:db}"));

        // when
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        service.register("flights", "local", 2, argument("${secret:db}"));
        service.flink.refuses = true;
        String refused = service.operate("flights", "{\"kind\": \"upgrade\"}", true);

        // then
        assertThat(service.flink.starts.get(0)).contains(SECRET);
        JsonNode operation = service.api("GET", "/api/v1/operations/" + refused, "");
        assertThat(operation.toString()).contains("login of ${secret:db} failed");
        for (String path :
                List.of(
                        UiFixture.JOB,
                        UiFixture.JOB + "/revisions",
                        UiFixture.JOB + "/deployments",
                        UiFixture.JOB + "/operations",
                        "/api/v1/operations/" + refused,
                        "/api/v1/audit")) {
            assertThat(service.api("GET", path, "").toString()).as(path).doesNotContain(SECRET);
        }
        for (String file : List.of("jobs.db", "jobs.db-wal")) {
            assertThat(Files.readString(data.resolve(file), ISO_8859_1)).doesNotContain(SECRET);
        }
    }

    @Test
    void exceptionOfAJobDoesNotShowASecret() throws Exception {
        service.flink.leak = "login of " + SECRET + " failed ";
        service.register("flights", "local", 1);
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        SessionCluster cluster =
                new SessionCluster(
                        new FlinkRest(
                                java.net.http.HttpClient.newHttpClient(),
                                new com.fasterxml.jackson.databind.ObjectMapper(),
                                service.flink.address(),
                                new Secrets(data.resolve("secrets"))),
                        new SharedFiles(null, new Storages(java.util.Optional.empty())),
                        new Secrets(data.resolve("secrets")),
                        "instance");
        String run = service.api("GET", UiFixture.JOB, "").at("/run/flinkJobId").asText();

        assertThat(cluster.details(run).value().failures())
                .singleElement()
                .extracting(RunDetails.Failure::trace)
                .asString()
                .contains("login of ${secret:db} failed")
                .doesNotContain(SECRET);
    }

    @Test
    void secretOfAnotherNamespaceIsNotGiven() throws Exception {
        Secrets secrets = new Secrets(data.resolve("secrets"));

        assertThat(secrets.resolve("search", "${secret:index} ${secret:db}"))
                .isEqualTo("of-another-namespace " + SECRET);
        assertThatThrownBy(() -> secrets.resolve("ads", "${secret:index}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no secret index for the namespace ads");

        service.register("flights", "local", 1, argument("${secret:index}"));
        String id = service.operate("flights", "{\"kind\": \"submit\"}", true);
        assertThat(service.api("GET", "/api/v1/operations/" + id, "").path("failure").asText())
                .contains("no secret index");
        assertThat(service.flink.starts).isEmpty();
    }

    @Test
    void literalSecretIsRefusedWithoutBeingShown() throws Exception {
        assertThatThrownBy(() -> service.register("flights", "local", 1, argument(SECRET)))
                .hasMessageContaining("looks like a secret")
                .hasMessageNotContaining(SECRET);
        service.register("flights", "local", 1);
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        HttpResponse<String> hotfix =
                service.send(
                        service.admin,
                        "POST",
                        UiFixture.JOB + "/operations",
                        "{\"kind\": \"hotfix\", \"configuration\": {\"s3.secret-key\": \""
                                + SECRET
                                + "\"}}");
        assertThat(hotfix.statusCode()).isEqualTo(422);
        assertThat(hotfix.body()).contains("looks like a secret").doesNotContain(SECRET);
    }

    // ------------------------------------------------------------------ retention

    @Test
    void savepointsOfAStoppedJobAreDeletedByItsPolicy() throws Exception {
        service.close();
        service = new UiFixture(data, Duration.ofMillis(50), Set.of());
        service.register(
                "flights",
                "local",
                1,
                text -> text.replace("savepoints\"}", "savepoints\", maxCount: 2}"));
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        for (int i = 0; i < 3; i++) {
            service.operate("flights", "{\"kind\": \"savepoint\"}", true);
        }
        String stop = service.operate("flights", "{\"kind\": \"stop\"}", true);

        while (directories().size() > 2) {
            Thread.onSpinWait();
        }

        JsonNode left = service.api("GET", UiFixture.JOB + "/savepoints", "").path("items");
        assertThat(left).hasSize(2);
        assertThat(left.get(0).path("operation").asText()).isEqualTo(stop);
        assertThat(directories()).contains(stop + "-0");
    }

    private List<String> directories() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("savepoints/ads/flights/1"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
