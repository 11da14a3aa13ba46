// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.cli.FakeService.Asked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands, over a service that answers as it is told. */
final class FlinkJobsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSWORD = "password";
    private static final String JOB = "/api/v1/jobs/ads/flights";

    @TempDir private Path directory;

    private FakeService service;
    private Path token;

    /** What a command has printed, and its exit code. */
    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        service = new FakeService();
        token = Files.writeString(directory.resolve("token"), "secret\n");
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--server", service.address(), "--token-file", token.toString()));
        return execute(all.toArray(new String[0]));
    }

    private static Result execute(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
        try {
            int code = FlinkJobs.execute(arguments);
            return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    private static String operation(String state, String... notes) {
        StringBuilder timeline = new StringBuilder();
        for (String note : notes) {
            timeline.append(timeline.isEmpty() ? "" : ",")
                    .append("{\"at\":\"now\",\"step\":\"STOP\",\"note\":\"")
                    .append(note)
                    .append("\"}");
        }
        return "{\"id\":\"op-1\",\"kind\":\"UPGRADE\",\"state\":\""
                + state
                + "\",\"failure\":\"\",\"timeline\":["
                + timeline
                + "]}";
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    // ------------------------------------------------------------------ exit codes

    @ParameterizedTest
    @CsvSource({"400, 2", "401, 9", "403, 9", "404, 3", "409, 4", "412, 4", "422, 4", "500, 1"})
    void exitCodeTellsWhatTheServiceSaid(int status, int exitCode) {
        service.on("GET " + JOB, status, "{\"detail\": \"what it was\", \"hint\": \"a hint\"}");

        Result result = run("status", "ads/flights");

        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.err()).isEqualTo("flink-jobs: what it was\na hint\n");
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCEEDED, 0",
        "FAILED_RUNS_ON, 6",
        "ROLLED_BACK, 6",
        "ABORTED, 6",
        "FAILED, 7",
        "OPEN, 8",
        "BLOCKED, 8"
    })
    void exitCodeTellsHowAnOperationEnded(String state, int exitCode) {
        service.on("GET /api/v1/operations/op-1?wait=1s", 200, operation(state));

        assertThat(run("wait", "op-1", "--timeout", "0").exitCode()).isEqualTo(exitCode);
    }

    @Test
    void wrongUsageIsNotAnErrorOfTheService() {
        assertThat(run("explode").exitCode()).isEqualTo(2);
        assertThat(run("status", "../tokens").exitCode()).isEqualTo(2);
        assertThat(run("list", "-o", "xml").err())
                .contains("-o has to be table, json or yaml: xml");
        assertThat(service.asked()).isEmpty();
    }

    @Test
    void serviceThatIsAwayHasACodeOfItsOwn() {
        service.close();
        Result result = run("list");
        assertThat(result.exitCode()).isEqualTo(10);
        assertThat(result.err()).contains("Is it running? bin/flink-job-service.sh status");
    }

    // ------------------------------------------------------------------ operations

    @Test
    void eachOperationIsSentWithAKeyAndTheToken() throws Exception {
        service.on("POST " + JOB + "/operations", 202, operation("OPEN"));

        Result first = run("stop", "ads/flights", "--drain");
        run("stop", "ads/flights", "--idempotency-key", "commit-7");

        assertThat(first.out()).isEqualTo("UPGRADE op-1\n");
        Asked sent = service.asked().get(0);
        assertThat(json(sent.body())).isEqualTo(json("{\"kind\": \"stop\", \"drain\": true}"));
        assertThat(sent.token()).isEqualTo("Bearer secret");
        assertThat(sent.idempotencyKey()).hasSize(36);
        assertThat(service.asked().get(1).idempotencyKey()).isEqualTo("commit-7");
    }

    @Test
    void waitShowsEachStepOnce() {
        service.on("POST " + JOB + "/operations", 202, operation("OPEN"))
                .on("GET /api/v1/operations/op-1?wait=1s", 200, operation("OPEN", "one"))
                .on("GET /api/v1/operations/op-1?wait=1s", 200, operation("OPEN", "one", "two"))
                .on(
                        "GET /api/v1/operations/op-1?wait=1s",
                        200,
                        operation("ROLLED_BACK", "one", "two"));

        Result result = run("restart", "ads/flights", "--wait");

        assertThat(result.exitCode()).isEqualTo(6);
        assertThat(result.out())
                .isEqualTo("now  STOP      one\nnow  STOP      two\nUPGRADE ROLLED_BACK\n");
    }

    @Test
    void hotfixAndRescaleSendWhatTheyChange() throws Exception {
        service.on("POST " + JOB + "/operations", 202, operation("OPEN"));

        run("hotfix", "ads/flights", "-D", "a.b=c=d", "-D", "e=");
        run("rescale", "ads/flights", "-p", "7");

        assertThat(json(service.asked().get(0).body()))
                .isEqualTo(
                        json(
                                "{\"kind\":\"hotfix\",\"configuration\":{\"a.b\":\"c=d\",\"e\":\"\"}}"));
        assertThat(json(service.asked().get(1).body()))
                .isEqualTo(json("{\"kind\":\"rescale\",\"parallelism\":7}"));
    }

    // ------------------------------------------------------------------ specifications

    private Path spec() throws IOException {
        Files.writeString(directory.resolve("flights.jar"), "a jar");
        Files.writeString(directory.resolve("base.yaml"), "kind: FlinkJob\n");
        return Files.writeString(directory.resolve("prod.yaml"), "extends: base.yaml\nspec: {}\n");
    }

    private void acceptSpec() {
        service.on(
                        "POST /api/v1/lint",
                        200,
                        "{\"namespace\":\"ads\",\"name\":\"flights\",\"jarURI\":\"flights.jar\"}")
                .on(
                        "PUT " + JOB,
                        200,
                        "{\"namespace\":\"ads\",\"name\":\"flights\",\"generation\":4}");
    }

    @Test
    void specificationComesWithWhatItExtendsAndItsJar() throws Exception {
        acceptSpec();
        String digest = SpecFiles.sha256(Files.writeString(directory.resolve("copy"), "a jar"));
        String artifact = "/api/v1/artifacts/" + digest;
        service.on("PUT " + artifact + "?name=flights.jar", 201, "{}");

        Result result = run("register", spec().toString(), "--if-generation", "3");

        assertThat(result.out()).isEqualTo("registered ads/flights, revision 4\n");
        assertThat(service.asked("PUT " + artifact + "?name=flights.jar").body())
                .isEqualTo("a jar");
        Asked put = service.asked("PUT " + JOB);
        assertThat(put.ifMatch()).isEqualTo("\"3\"");
        JsonNode body = json(put.body());
        assertThat(body.at("/files/0/name").asText()).endsWith("base.yaml");
        assertThat(body.at("/files/1/text").asText()).isEqualTo("extends: base.yaml\nspec: {}\n");
        assertThat(body.at("/artifacts/flights.jar").asText()).isEqualTo(digest);
    }

    @Test
    void mistakesAreListed() throws Exception {
        service.on(
                "POST /api/v1/lint",
                422,
                "{\"code\":\"bad-specification\",\"detail\":\"2"
                        + " mistakes\",\"mistakes\":[\"a\",\"b\"]}");

        Result result = run("lint", spec().toString());

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err()).isEqualTo("flink-jobs: 2 mistakes\n  a\n  b\n");
    }

    @Test
    void fileThatExtendsItselfIsAMistake() throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), "extends: b.yaml\n");
        Files.writeString(directory.resolve("b.yaml"), "extends: ./a.yaml # back\n");
        Result result = run("lint", file.toString());
        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.err()).contains("extends itself");
    }

    // ------------------------------------------------------------------ run

    @Test
    void runTakesTheOptionsOfFlinkRun() throws Exception {
        Path jar = Files.writeString(directory.resolve("flights.jar"), "a jar");
        service.on(
                        "POST /api/v1/lint",
                        200,
                        JSON.writeValueAsString(
                                Map.of(
                                        "namespace", "ads",
                                        "name", "flights",
                                        "jarURI", jar.toString())))
                .on("PUT " + JOB, 200, "{}")
                .on("GET /api/v1/clusters", 200, "{\"items\":[{\"name\":\"local\"}]}")
                .on("POST " + JOB + "/operations", 202, operation("OPEN"));
        String digest = SpecFiles.sha256(jar);
        service.on("GET /api/v1/artifacts/" + digest, 200, "{}");

        Result result =
                run(
                        "run",
                        "--name",
                        "ads/flights",
                        "-c",
                        "com.example.Flights",
                        "-p",
                        "4",
                        "-s",
                        "file:///savepoint",
                        "-n",
                        "-d",
                        "-Dexecution.checkpointing.savepoint-dir=file:///savepoints",
                        "-Da.b=c",
                        jar.toString(),
                        "--env",
                        "-p",
                        "prod");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        JsonNode put = json(service.asked("PUT " + JOB).body());
        assertThat(json(put.at("/files/0/text").asText()))
                .isEqualTo(
                        json(
                                """
                                {"apiVersion": "flink-job-service/v1", "kind": "FlinkJob",
                                 "metadata": {"name": "flights", "namespace": "ads"},
                                 "spec": {
                                   "target": {"kind": "session", "cluster": "local"},
                                   "flinkConfiguration": {"a.b": "c"},
                                   "job": {"jarURI": "%s", "entryClass": "com.example.Flights",
                                           "args": ["--env", "-p", "prod"], "parallelism": 4,
                                           "allowNonRestoredState": true},
                                   "savepoints": {"dir": "file:///savepoints"}}}
                                """
                                        .formatted(jar)));
        assertThat(json(service.asked("POST " + JOB + "/operations").body()))
                .isEqualTo(json("{\"kind\":\"submit\",\"from\":\"file:///savepoint\"}"));
    }

    @Test
    void runSaysWhatIsMissing() {
        String savepoints = "-Dstate.savepoints.dir=file:///savepoints";
        service.on("GET /api/v1/clusters", 200, "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");

        assertThat(run("run", "a.jar").err()).contains("--name");
        assertThat(run("run", "--name", "flights", "--cluster", "a", "a.jar").err())
                .contains("-Dexecution.checkpointing.savepoint-dir=URL is missing");
        assertThat(run("run", "--name", "flights", savepoints, "a.jar").err())
                .contains("the service has 2 clusters: choose one by --cluster");
        Result printed = run("run", "--name", "flights", "--print-spec", savepoints, "a.jar");
        assertThat(printed.out()).contains("\"namespace\" : \"default\"");
    }

    // ------------------------------------------------------------------ looking

    @Test
    void listShowsAllPagesAsATable() {
        service.on(
                        "GET /api/v1/jobs?limit=500",
                        200,
                        "{\"items\":[{\"namespace\":\"ads\",\"name\":\"flights\",\"phase\":\"RUNNING\","
                                + "\"run\":{\"epoch\":3}}],\"next\":\"abc\"}")
                .on(
                        "GET /api/v1/jobs?limit=500&cursor=abc",
                        200,
                        "{\"items\":[{\"namespace\":\"ads\",\"name\":\"other\",\"phase\":\"NEW\"}]}");

        Result result = run("list");

        assertThat(result.out().lines().filter(line -> line.startsWith("ads")).toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("ads +flights +RUNNING +- +- +3 .*"),
                        line -> assertThat(line).matches("ads +other +NEW +- +- +- .*"));
    }

    @Test
    void yamlIsWhatTheServiceSays() throws Exception {
        service.on("GET " + JOB, 200, "{\"phase\":\"RUNNING\",\"run\":{\"epoch\":2,\"x\":null}}");

        assertThat(run("status", "ads/flights", "-o", "yaml").out())
                .isEqualTo("phase: RUNNING\nrun:\n  epoch: 2\n  x: null\n");
    }

    @Test
    void completionIsAScriptOfAllCommands() {
        Result script = execute("completion");

        assertThat(script.exitCode()).isZero();
        assertThat(script.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("complete -F _complete_flink-jobs")
                .contains("savepoints")
                .contains("--idempotency-key");
    }

    @Test
    void jsonIsWhatTheServiceSays() throws Exception {
        service.on("GET " + JOB, 200, "{\"phase\":\"RUNNING\",\"spec\":\"kind: FlinkJob\"}");

        assertThat(json(run("status", "ads/flights", "-o", "json").out()))
                .isEqualTo(json("{\"phase\":\"RUNNING\"}"));
        assertThat(run("get", "ads/flights").out()).isEqualTo("kind: FlinkJob\n");
    }

    // ------------------------------------------------------------------ whom to trust

    @Test
    void terminalDoesNotObeyWhatAJobSays() {
        service.on("GET " + JOB, 200, "{\"name\": \"a\\u001b[2Jb\\u0007\\nc\\td\"}");
        assertThat(run("status", "ads/flights").out()).isEqualTo("name:\na?[2Jb?\nc\td\n");
    }

    @Test
    void tokenIsNotSentToWhereAnAnswerPoints() throws IOException {
        try (FakeService other = new FakeService()) {
            service.redirect(JOB, other.address() + "/");

            assertThat(run("status", "ads/flights").exitCode()).isNotZero();

            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void certificateHasToBeTrusted() throws Exception {
        // given
        Path store = directory.resolve("service.p12");
        Path certificate = directory.resolve("service.pem");
        keytool(
                "-genkeypair -keyalg EC -dname CN=service -ext SAN=dns:localhost -keystore "
                        + store);
        keytool("-exportcert -rfc -keystore " + store + " -file " + certificate);

        try (FakeService secure = FakeService.secure(store, PASSWORD)) {
            secure.on("GET " + JOB, 200, "{\"name\": \"flights\"}");
            String[] asks = {"status", "--server", secure.address(), "ads/flights"};

            // then
            assertThat(execute(asks).exitCode()).isEqualTo(10);
            assertThat(
                            execute(
                                            "status",
                                            "--server",
                                            secure.address(),
                                            "--ca-file",
                                            certificate.toString(),
                                            "ads/flights")
                                    .out())
                    .isEqualTo("name: flights\n");
            assertThat(
                            execute(
                                            "status",
                                            "--server",
                                            secure.address(),
                                            "--ca-file",
                                            token.toString(),
                                            "ads/flights")
                                    .exitCode())
                    .isEqualTo(2);
        }
    }

    private static void keytool(String arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of((arguments + " -storepass " + PASSWORD).split(" ", -1)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
