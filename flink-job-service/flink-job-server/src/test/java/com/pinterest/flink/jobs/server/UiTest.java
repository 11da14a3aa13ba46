// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages, as a browser gets them. */
final class UiTest {

    private static final Pattern INPUT =
            Pattern.compile("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([^\"]*)\"");

    @TempDir private Path data;

    private UiFixture service;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();

    @BeforeEach
    void start() throws Exception {
        service = new UiFixture(data);
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return browser.send(
                request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(service.address() + path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> post(String path, Map<String, String> form, String... headers)
            throws IOException, InterruptedException {
        String body =
                form.entrySet().stream()
                        .map(
                                field ->
                                        field.getKey()
                                                + "="
                                                + URLEncoder.encode(field.getValue(), UTF_8))
                        .collect(Collectors.joining("&"));
        HttpRequest.Builder request =
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    /** The hidden inputs of a page, which a browser sends back. */
    private static Map<String, String> hidden(HttpResponse<String> page) {
        Map<String, String> inputs = new java.util.HashMap<>();
        Matcher matcher = INPUT.matcher(page.body());
        while (matcher.find()) {
            inputs.put(matcher.group(1), matcher.group(2));
        }
        return inputs;
    }

    private HttpResponse<String> signIn(String token) throws IOException, InterruptedException {
        Map<String, String> form = hidden(get("/ui/login"));
        form.put("secret", token);
        return post("/ui/login", form);
    }

    private void submit() throws Exception {
        service.register("flights", "local", 2);
        service.operate("flights", "{\"kind\": \"submit\"}", true);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }

    // ------------------------------------------------------------------ signing in

    @Test
    void nothingIsShownWithoutASession() throws Exception {
        submit();
        for (String path :
                List.of(
                        "/ui",
                        "/ui/jobs/ads/flights",
                        "/ui/jobs/ads/flights/flink",
                        "/ui/clusters",
                        "/ui/audit")) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(302);
            assertThat(location(response)).startsWith("/ui/login?next=");
            assertThat(response.body()).doesNotContain("flights</a>");
        }
        assertThat(send(request("/ui").header("HX-Request", "true")).statusCode()).isEqualTo(401);
        assertThat(get("/ui/events").statusCode()).isEqualTo(401);
        assertThat(signIn("wrong").statusCode()).isEqualTo(401);
        assertThat(get("/ui").statusCode()).isEqualTo(302);
    }

    @Test
    void sessionIsACookieThatScriptsAndOtherSitesCannotUse() throws Exception {
        HttpResponse<String> response = signIn(service.admin);

        assertThat(response.statusCode()).isEqualTo(303);
        assertThat(location(response)).isEqualTo("/ui");
        String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("; HttpOnly").contains("; SameSite=Strict");
        assertThat(cookie).contains("; Path=/ui;").doesNotContain(service.admin);
        assertThat(get("/ui").statusCode()).isEqualTo(200);
        // Of use for the pages only.
        assertThat(get("/api/v1/jobs").statusCode()).isEqualTo(401);
    }

    @Test
    void sessionEndsWithItsTokenAndWhenItsUserSignsOut() throws Exception {
        String token =
                service.api("POST", "/api/v1/tokens", "{\"name\": \"eve\", \"role\": \"viewer\"}")
                        .path("token")
                        .asText();
        signIn(token);
        assertThat(get("/ui").statusCode()).isEqualTo(200);
        assertThat(
                        send(request("/api/v1/tokens/eve")
                                        .header("Authorization", "Bearer " + service.admin)
                                        .DELETE())
                                .statusCode())
                .isEqualTo(204);
        assertThat(get("/ui").statusCode()).isEqualTo(302);

        signIn(service.admin);
        HttpResponse<String> fleet = get("/ui");
        assertThat(post("/ui/logout", hidden(fleet)).statusCode()).isEqualTo(303);
        assertThat(get("/ui").statusCode()).isEqualTo(302);
    }

    @Test
    void loginLeadsToPagesOfOursOnly() throws Exception {
        for (String next : List.of("//evil.example", "https://evil.example", "/ui//evil", "/api")) {
            Map<String, String> form = hidden(get("/ui/login"));
            form.put("secret", service.admin);
            form.put("next", next);
            assertThat(location(post("/ui/login", form))).as(next).isEqualTo("/ui");
        }
        Map<String, String> form = hidden(get("/ui/login?next=%2Fui%2Fclusters"));
        form.put("secret", service.admin);
        assertThat(location(post("/ui/login", form))).isEqualTo("/ui/clusters");
    }

    // ------------------------------------------------------------------ pages

    @Test
    void pagesHaveAStrictPolicyAndNoInlineCode() throws Exception {
        submit();
        signIn(service.admin);
        for (String path :
                List.of(
                        "/ui",
                        "/ui/login",
                        "/ui/jobs/ads/flights",
                        "/ui/jobs/ads/flights/flink",
                        "/ui/jobs/ads/flights/revisions",
                        "/ui/jobs/ads/flights/do/stop",
                        "/ui/clusters",
                        "/ui/audit",
                        "/ui/nothing")) {
            HttpResponse<String> page = get(path);
            String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
            assertThat(policy)
                    .as(path)
                    .contains("default-src 'none'")
                    .contains("script-src 'self';");
            assertThat(policy).doesNotContain("unsafe");
            assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.body())
                    .as(path)
                    .doesNotContainPattern("<script(?! defer src=\"/ui/assets/)")
                    .doesNotContainPattern("<[a-z]+[^>]* (style|on[a-z]+)=")
                    .doesNotContain("<style");
        }
        assertThat(get("/ui/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void assetsAreThoseThatPagesNameAndNoOthers() throws Exception {
        Matcher asset = Pattern.compile("\"(/ui/assets/[^\"]+)\"").matcher(get("/ui/login").body());
        int count = 0;
        while (asset.find()) {
            HttpResponse<String> file = get(asset.group(1));
            assertThat(file.statusCode()).as(asset.group(1)).isEqualTo(200);
            assertThat(file.body()).isNotEmpty();
            count++;
        }
        assertThat(count).isEqualTo(7);
        for (String path :
                List.of(
                        "/ui/assets/1/openapi.json",
                        "/ui/assets/1/..%2Fopenapi.json",
                        "/ui/assets/1/Ui.class")) {
            assertThat(get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void emptyServiceSaysHowToBegin() throws Exception {
        signIn(service.admin);

        assertThat(get("/ui").body())
                .contains("There are no jobs yet")
                .contains("flink-jobs submit");
        assertThat(get("/ui/jobs/ads/flights").statusCode()).isEqualTo(404);
    }

    @Test
    void jobShowsItsPhaseItsEvidenceAndWhatFlinkSays() throws Exception {
        submit();
        signIn(service.admin);

        // The watcher looks once a second.
        while (!get("/ui").body().contains("8 of 8 tasks run")) {
            Thread.sleep(50);
        }
        assertThat(get("/ui").body())
                .contains("/ui/jobs/ads/flights")
                .contains("running")
                .contains("8 of 8 tasks run");
        String job = get("/ui/jobs/ads/flights").body();
        assertThat(job).contains("8 of 8 tasks run").contains("data-age=").contains("no state");
        String flink = get("/ui/jobs/ads/flights/flink").body();
        assertThat(flink)
                .contains("Window: delays by airport and hour")
                .contains("data-chart=\"")
                .contains("IllegalStateException");
    }

    @Test
    void clusterThatDoesNotAnswerIsSaid() throws Exception {
        service.register("lost", "nowhere", 1);
        service.operate("lost", "{\"kind\": \"submit\"}", false);
        signIn(service.admin);

        assertThat(get("/ui/clusters").body()).contains("no answer").contains("Flink 2.3.0");
        while (get("/ui/jobs/ads/lost").body().contains("It was never started")) {
            Thread.onSpinWait();
        }
        assertThat(get("/ui/jobs/ads/lost/flink").body()).contains("The cluster does not answer");
        while (!get("/ui/jobs/ads/lost").body().contains("no answer: ")) {
            Thread.sleep(50);
        }
    }

    @Test
    void markupInNamesAndLogsIsText() throws Exception {
        submit();
        signIn(service.admin);

        for (String path :
                List.of(
                        "/ui/jobs/ads/flights/flink",
                        "/ui/jobs/ads/flights/revisions",
                        "/ui/login?next=" + URLEncoder.encode(FakeFlink.MARKUP, UTF_8),
                        "/ui?q=" + URLEncoder.encode(FakeFlink.MARKUP, UTF_8),
                        "/ui/jobs/ads/" + URLEncoder.encode(FakeFlink.MARKUP, UTF_8))) {
            // In a value, only its quotes have a meaning.
            assertThat(get(path).body().replaceAll("=\"[^\"]*\"", ""))
                    .as(path)
                    .doesNotContain("<script>alert")
                    .doesNotContain("<img")
                    .doesNotContain("<b>ads");
        }
        assertThat(get("/ui/jobs/ads/flights/flink").body()).contains("&lt;script");
    }

    @Test
    void differenceOfRevisionsIsShownLineByLine() throws Exception {
        submit();
        service.register("flights", "local", 3);
        signIn(service.admin);

        assertThat(get("/ui/jobs/ads/flights/revisions").body())
                .contains("<span class=\"old\">-     parallelism: '2'")
                .contains("<span class=\"new\">+     parallelism: '3'")
                .contains("do/upgrade?revision=2");
        assertThat(get("/ui/jobs/ads/flights").body()).contains("Revision 2 is registered");
        assertThat(get("/ui/jobs/ads/flights/revisions?to=9").statusCode()).isEqualTo(404);
    }

    // ------------------------------------------------------------------ operations

    @Test
    void questionSaysWhatWillHappenAndItsAnswerDoesItOnce() throws Exception {
        submit();
        signIn(service.admin);

        HttpResponse<String> question = get("/ui/jobs/ads/flights/do/stop");
        assertThat(question.body())
                .contains("Epoch 1 is stopped with a savepoint.")
                .contains("If the savepoint fails, the job runs on.");
        HttpResponse<String> first = post("/ui/jobs/ads/flights/do/stop", hidden(question));
        HttpResponse<String> again = post("/ui/jobs/ads/flights/do/stop", hidden(question));

        assertThat(first.statusCode()).as(first.body()).isEqualTo(303);
        assertThat(location(again)).isEqualTo(location(first)).startsWith("/ui/operations/");
        String id = location(first).substring("/ui/operations/".length());
        assertThat(
                        service.api("GET", "/api/v1/operations/" + id + "?wait=60s", "")
                                .path("state")
                                .asText())
                .isEqualTo("SUCCEEDED");
        assertThat(get(location(first)).body())
                .contains("stopped with a savepoint")
                .contains("savepoint-1")
                .contains("succeeded");
        assertThat(get("/ui/jobs/ads/flights").body()).contains("suspended").contains("do/submit");
    }

    @Test
    void formsOfOtherPagesAreRefused() throws Exception {
        submit();
        signIn(service.admin);
        String path = "/ui/jobs/ads/flights/do/stop";
        Map<String, String> form = hidden(get(path));

        assertThat(post(path, Map.of("key", "k")).statusCode()).isEqualTo(403);
        assertThat(post(path, Map.of("key", "k", "token", "0".repeat(64))).statusCode())
                .isEqualTo(403);
        assertThat(post(path, form, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
        assertThat(post("/ui/logout", Map.of()).statusCode()).isEqualTo(403);
        assertThat(post("/ui/login", Map.of("secret", service.admin)).statusCode()).isEqualTo(403);

        assertThat(service.api("GET", UiFixture.JOB, "").at("/lastOperation/kind").asText())
                .isEqualTo("SUBMIT");
    }

    @Test
    void viewerOfOneNamespaceSeesItAndOperatesNothing() throws Exception {
        submit();
        String viewer =
                service.api(
                                "POST",
                                "/api/v1/tokens",
                                "{\"name\": \"v\", \"role\": \"viewer\", \"namespace\": \"ads\"}")
                        .path("token")
                        .asText();
        String other =
                service.api(
                                "POST",
                                "/api/v1/tokens",
                                "{\"name\": \"o\", \"role\": \"operator\", \"namespace\": \"search\"}")
                        .path("token")
                        .asText();

        signIn(viewer);
        HttpResponse<String> job = get("/ui/jobs/ads/flights");
        assertThat(job.statusCode()).isEqualTo(200);
        assertThat(job.body()).doesNotContain("/do/");
        Map<String, String> form = hidden(job);
        form.put("key", "k");
        assertThat(post("/ui/jobs/ads/flights/do/stop", form).statusCode()).isEqualTo(403);
        assertThat(get("/ui/jobs/ads/flights/do/stop").statusCode()).isEqualTo(403);
        assertThat(get("/ui/audit").statusCode()).isEqualTo(403);

        signIn(other);
        assertThat(get("/ui").body()).contains("There are no jobs yet");
        assertThat(get("/ui/jobs/ads/flights").statusCode()).isEqualTo(403);
        assertThat(get("/ui/jobs/ads/flights/events").statusCode()).isEqualTo(403);
    }

    @Test
    void changesComeAsEvents() throws Exception {
        submit();
        signIn(service.admin);
        assertThat(get("/ui/jobs/ads/flights/events").statusCode()).isEqualTo(406);
        HttpResponse<InputStream> ofPage =
                browser.send(
                        request("/ui/jobs/ads/flights/events")
                                .header("Accept", "text/event-stream")
                                .build(),
                        BodyHandlers.ofInputStream());
        HttpResponse<InputStream> ofApi =
                browser.send(
                        request(UiFixture.JOB + "/events")
                                .header("Accept", "text/event-stream")
                                .header("Authorization", "Bearer " + service.admin)
                                .build(),
                        BodyHandlers.ofInputStream());

        try (BufferedReader page = lines(ofPage);
                BufferedReader api = lines(ofApi)) {
            await(page, "event: seen");
            awaitPhase(api, "RUNNING");

            service.operate("flights", "{\"kind\": \"stop\"}", true);

            await(page, "event: change");
            awaitPhase(api, "SUSPENDED");
        }
    }

    private static void awaitPhase(BufferedReader events, String phase) throws IOException {
        String data = await(events, "data: ");
        while (!data.contains("\"phase\":\"" + phase + "\"")) {
            data = await(events, "data: ");
        }
    }

    private static BufferedReader lines(HttpResponse<InputStream> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        return new BufferedReader(new InputStreamReader(response.body(), UTF_8));
    }

    private static String await(BufferedReader events, String prefix) throws IOException {
        String line = events.readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = events.readLine();
        }
        assertThat(line).as(prefix).isNotNull();
        return line;
    }
}
