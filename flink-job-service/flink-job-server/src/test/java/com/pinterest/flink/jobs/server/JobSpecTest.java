// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.server.SpecException.Mistake;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JobSpecTest {

    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String GOOD =
            """
            apiVersion: flink-job-service/v1
            kind: FlinkJob
            metadata: {name: flights, namespace: ads, labels: {team: ads}, owner: ads-oncall}
            spec:
              target: {kind: session, cluster: prod}
              flinkConfiguration:
                execution.checkpointing.interval: 10s
                state:
                  backend:
                    type: rocksdb
              job:
                jarURI: flights.jar
                entryClass: com.example.Flights
                args: [--env, prod]
                parallelism: 8
                upgradeMode: last-state
              stability: {checkpoints: 3, throughput: 50%}
              savepoints: {dir: "file:///savepoints"}
            """;

    private static JobSpec read(String... texts) throws SpecException {
        List<JobSpec.File> files = new java.util.ArrayList<>();
        for (String text : texts) {
            files.add(new JobSpec.File("file" + files.size() + ".yaml", text));
        }
        return JobSpec.read(files, Map.of("flights.jar", DIGEST));
    }

    private static List<Mistake> mistakes(String... texts) {
        SpecException e = catchThrowableOfType(SpecException.class, () -> read(texts));
        assertThat(e).as("mistakes").isNotNull();
        return e.mistakes();
    }

    @Test
    void goodSpecificationIsRead() throws Exception {
        JobSpec spec = read(GOOD);

        assertThat(spec.key()).isEqualTo(new JobKey("ads", "flights"));
        assertThat(spec.run().cluster()).isEqualTo("prod");
        assertThat(spec.run().artifact()).isEqualTo(DIGEST);
        assertThat(spec.run().arguments()).containsExactly("--env", "prod");
        assertThat(spec.run().parallelism()).isEqualTo(8);
        assertThat(spec.run().upgradeMode()).isEqualTo(UpgradeMode.LAST_STATE);
        assertThat(spec.run().stableCheckpoints()).isEqualTo(3);
        assertThat(spec.run().stableThroughput()).isEqualTo(50);
        assertThat(spec.run().configuration())
                .containsEntry("execution.checkpointing.interval", "10s")
                .containsEntry("state.backend.type", "rocksdb");
    }

    @Test
    void storedDocumentNamesTheArtifactAndIsReadAgain() throws Exception {
        JobSpec spec = read(GOOD);

        assertThat(spec.document()).contains("artifact://flights.jar@sha256:" + DIGEST);
        assertThat(JobSpec.read(List.of(new JobSpec.File("stored", spec.document())), Map.of()))
                .returns(spec.document(), JobSpec::document)
                .returns(spec.run(), JobSpec::run);
    }

    @Test
    void unknownKeyIsNamedWithItsLineAndTheNearestName() {
        assertThat(mistakes(GOOD.replace("parallelism: 8", "paralelism: 8")))
                .containsExactly(
                        new Mistake(
                                "file0.yaml",
                                15,
                                "unknown key \"paralelism\" in job; did you mean \"parallelism\"?"));
    }

    @Test
    void allMistakesAreReportedAtOnce() {
        String bad =
                GOOD.replace("name: flights", "name: Flights")
                        .replace("parallelism: 8", "parallelism: many")
                        .replace("upgradeMode: last-state", "upgradeMode: savepiont")
                        .replace("dir: \"file:///savepoints\"", "dir: /savepoints");

        assertThat(mistakes(bad)).extracting(Mistake::line).containsExactly(3, 15, 16, 18);
        assertThat(mistakes(bad).get(2).message()).contains("did you mean \"savepoint\"?");
    }

    @Test
    void missingPartsAreNamed() {
        assertThat(mistakes("apiVersion: flink-job-service/v1\nkind: FlinkJob\n"))
                .extracting(Mistake::message)
                .containsExactlyInAnyOrder("\"metadata\" is missing", "\"spec\" is missing");
    }

    @Test
    void extendedFileIsMergedByKey() throws Exception {
        String top =
                """
                extends: base.yaml
                metadata: {name: flights-staging}
                spec:
                  job: {parallelism: 1}
                  flinkConfiguration: {execution.checkpointing.interval: 1min}
                """;

        JobSpec spec = read(GOOD, top);

        assertThat(spec.key()).isEqualTo(new JobKey("ads", "flights-staging"));
        assertThat(spec.run().parallelism()).isEqualTo(1);
        assertThat(spec.run().entryClass()).isEqualTo("com.example.Flights");
        assertThat(spec.run().configuration())
                .containsEntry("execution.checkpointing.interval", "1min")
                .containsEntry("state.backend.type", "rocksdb");
        assertThat(spec.document()).doesNotContain("extends");
    }

    @Test
    void mistakeInAnExtendedFileNamesThatFile() {
        assertThat(mistakes(GOOD.replace("entryClass", "entyClass"), "metadata: {name: other}\n"))
                .extracting(Mistake::file)
                .containsExactly("file0.yaml");
    }

    @Test
    void secretHasToBeAReference() throws Exception {
        String literal = GOOD.replace("interval: 10s", "interval: 10s\n    s3.secret-key: abc");

        assertThat(mistakes(literal))
                .singleElement()
                .extracting(Mistake::message)
                .asString()
                .contains("${secret:NAME}");
        assertThat(read(literal.replace("abc", "\"${secret:s3}\"")).run().configuration())
                .containsEntry("s3.secret-key", "${secret:s3}");
    }

    @Test
    void secretInAnArgumentIsNotShown() throws Exception {
        for (String args :
                List.of(
                        "--password, hunter2",
                        "--db.password=hunter2",
                        "-Ds3.secret-key=hunter2",
                        "--api-token, hunter2")) {
            assertThat(mistakes(GOOD.replace("--env, prod", args)))
                    .singleElement()
                    .extracting(Mistake::message)
                    .asString()
                    .contains("${secret:NAME}")
                    .doesNotContain("hunter2");
        }
        for (String args :
                List.of(
                        "--password, \"${secret:db}\"",
                        "\"--password=${secret:db}\"",
                        "--use-token, true",
                        "--token, --other",
                        "--token-limit=5")) {
            assertThat(read(GOOD.replace("--env, prod", args)).run().arguments()).isNotEmpty();
        }
    }

    @Test
    void stabilityHasDefaultsAndSaysWhatIsWrong() throws Exception {
        String none = GOOD.replace("  stability: {checkpoints: 3, throughput: 50%}\n", "");
        assertThat(read(none).run().stableCheckpoints()).isEqualTo(2);
        assertThat(read(none).run().stableThroughput()).isEqualTo(80);
        assertThat(read(none).run().stableTimeout()).isNull();
        assertThat(read(GOOD.replace("50%", "0 %, timeout: 90s")).run().stableTimeout())
                .isEqualTo(Duration.ofSeconds(90));

        assertThat(mistakes(GOOD.replace("50%", "fast, timeout: 5")))
                .extracting(Mistake::message)
                .containsExactly(
                        "throughput has to be a percentage, such as 80%: fast",
                        "timeout has to be seconds, minutes, hours or days, such as 30m, 12h or"
                                + " 7d: 5");
    }

    @Test
    void savepointsAreKeptByNumberAndAge() throws Exception {
        assertThat(read(GOOD).run().retention()).isEqualTo(Retention.ALL);
        assertThat(read(retention("maxCount: 5, maxAge: 7d")).run().retention())
                .isEqualTo(new Retention(5, Duration.ofDays(7)));
        assertThat(read(retention("maxAge: 12h")).run().retention())
                .isEqualTo(new Retention(0, Duration.ofHours(12)));

        assertThat(mistakes(retention("maxAge: week")))
                .singleElement()
                .extracting(Mistake::message)
                .asString()
                .contains("such as 30m");
    }

    private static String retention(String policy) {
        return GOOD.replace("///savepoints\"}", "///savepoints\", " + policy + "}");
    }

    @Test
    void directoryDoesNotLeadUpwards() {
        assertThat(mistakes(GOOD.replace("///savepoints", "///savepoints/../../etc")))
                .singleElement()
                .extracting(Mistake::message)
                .asString()
                .contains("without ..");
    }

    @Test
    void brokenYamlIsNamedWithItsLine() {
        assertThat(mistakes("a: [1\nb: 2\n")).singleElement().returns(2, Mistake::line);
        assertThat(mistakes("a: 1\na: 2\n"))
                .singleElement()
                .extracting(Mistake::message)
                .asString()
                .contains("twice");
        assertThat(mistakes("a: &x [1]\nb: *x\n"))
                .singleElement()
                .extracting(Mistake::message)
                .asString()
                .contains("aliases");
        assertThat(mistakes("")).hasSize(1);
    }

    @Test
    void javaObjectsAreNotMade() {
        assertThat(mistakes("!!javax.script.ScriptEngineManager [x]\n")).isNotEmpty();
    }

    @Test
    void schemaHasTheKeysAndValuesThatAreRead() throws Exception {
        JsonNode schema;
        try (InputStream in = JobSpec.class.getResourceAsStream("flink-job.schema.json")) {
            schema = new ObjectMapper().readTree(in);
        }
        Map<String, Set<String>> keys = new HashMap<>();
        collectKeys("", schema, keys);
        assertThat(keys).isEqualTo(JobSpec.KEYS);

        // Each value of an enumeration, and each default, is read.
        JsonNode spec = schema.at("/properties/spec/properties");
        for (JsonNode mode : spec.at("/job/properties/upgradeMode/enum")) {
            assertThat(read(GOOD.replace("last-state", mode.asText()))).isNotNull();
        }
        for (JsonNode onFailed : spec.at("/restart/properties/onFailed/enum")) {
            String restart = "  restart: {onFailed: " + onFailed.asText() + "}\n";
            assertThat(read(GOOD + restart)).isNotNull();
        }
        for (JsonNode kind : spec.at("/target/properties/kind/enum")) {
            assertThat(read(GOOD.replace("kind: session", "kind: " + kind.asText())).targetKind())
                    .isEqualTo(kind.asText());
        }
        JsonNode stability = spec.at("/stability/properties");
        String defaults =
                "checkpoints: %s, throughput: %s, timeout: %s"
                        .formatted(
                                stability.at("/checkpoints/default").asText(),
                                stability.at("/throughput/default").asText(),
                                stability.at("/timeout/default").asText());
        RunSpec read = read(GOOD.replace("checkpoints: 3, throughput: 50%", defaults)).run();
        RunSpec none = read(GOOD.replace("{checkpoints: 3, throughput: 50%}", "{}")).run();
        assertThat(read.stableCheckpoints()).isEqualTo(none.stableCheckpoints());
        assertThat(read.stableThroughput()).isEqualTo(none.stableThroughput());
        assertThat(read.stableTimeout()).isEqualTo(Timing.standard().stable());
    }

    private static void collectKeys(String name, JsonNode schema, Map<String, Set<String>> keys) {
        if (!schema.has("properties")) {
            return;
        }
        assertThat(schema.path("additionalProperties").asBoolean(true)).as(name).isFalse();
        Set<String> own = new HashSet<>();
        schema.path("properties")
                .properties()
                .forEach(
                        entry -> {
                            own.add(entry.getKey());
                            collectKeys(entry.getKey(), entry.getValue(), keys);
                        });
        keys.put(name, own);
    }
}
