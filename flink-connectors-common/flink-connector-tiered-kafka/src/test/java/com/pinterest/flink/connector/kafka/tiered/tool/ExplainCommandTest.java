// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.connector.kafka.tiered.config.Connectors;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of a job are shown with their origins, without a broker and without running it. */
class ExplainCommandTest {

    @TempDir Path directory;
    private String output;
    private String errors;

    /** The job that is explained. */
    public static final class Job {

        private Job() {}

        public static void main(String[] arguments) throws Exception {
            StreamExecutionEnvironment environment =
                    StreamExecutionEnvironment.getExecutionEnvironment();
            Connectors connectors = Connectors.from(environment);
            connectors
                    .sink("copy", new SimpleStringSchema())
                    .withDefault("topic", arguments[0])
                    .addTo(
                            connectors
                                    .source("rides", new SimpleStringSchema())
                                    .withDefault("topic", "rides")
                                    .add());
            environment.execute();
            throw new IllegalStateException("must not be reached");
        }
    }

    @Test
    void showsWhereTheOptionsOfAJarComeFromAndHidesSecrets() throws Exception {
        // given
        Path file =
                Files.writeString(
                        directory.resolve("connectors.yaml"),
                        """
                        connectors:
                          sources:
                            rides:
                              properties.bootstrap.servers: file:9092
                              properties.ssl.keystore.key: hush-1
                              scan.startup.mode: earliest-offset
                        """);

        // when
        assertThat(
                        run(
                                "--set",
                                "connectors.config=" + file.toUri(),
                                "--set",
                                "connectors.sources.rides.properties.bootstrap.servers=k1:9092",
                                "--set",
                                "connectors.sources.rides.properties.sasl.jaas.config=hush-2",
                                "--set",
                                "connectors.sinks.copy.sink.tier=discard",
                                "--set",
                                "connectors.sinks.copy.properties.ssl.key.password=hush-3",
                                jar().toString(),
                                "from-arguments"))
                .as(() -> errors)
                .isZero();

        // then
        assertThat(lines())
                .contains(
                        "source rides",
                        "topic rides (default of the job)",
                        "properties.bootstrap.servers k1:9092 (configuration)",
                        "properties.sasl.jaas.config ****** (configuration)",
                        "properties.ssl.keystore.key ****** (file " + file.toUri() + ")",
                        "scan.startup.mode earliest-offset (file " + file.toUri() + ")",
                        "scan.tier kafka (default)",
                        "archive.gap-wait-timeout 10 min (default)",
                        "sink copy",
                        "topic from-arguments (default of the job)",
                        "sink.tier discard (configuration)",
                        "sink.transaction-naming-strategy pooling (default)")
                .noneMatch(line -> line.contains("hush"));
    }

    @Test
    void showsWhereTheOptionsOfStatementsComeFrom() throws Exception {
        // given
        Path script =
                Files.writeString(
                        directory.resolve("job.sql"),
                        """
                        -- a comment; with a semicolon
                        CREATE TABLE t (v STRING) WITH ('connector' = 'tiered-kafka', 'topic' = 'a;b',
                          'properties.bootstrap.servers' = 'k1:9092', 'format' = 'raw',
                          'scan.startup.mode' = 'earliest-offset', 'properties.sasl.jaas.config' = 'hush');
                        SET 'connectors.tables.default_catalog.default_database.t.archive.path' = 'file:///log';
                        EXECUTE STATEMENT SET BEGIN
                          INSERT INTO t SELECT v FROM t /* ; */;
                        END;
                        """);

        // when
        assertThat(run("--json", script.toString())).as(() -> errors).isZero();

        // then
        JsonNode options =
                new ObjectMapper().readTree(output).get("table default_catalog.default_database.t");
        assertThat(options.get("topic"))
                .hasToString("{\"value\":\"a;b\",\"origin\":\"statement\"}");
        assertThat(options.get("archive.path"))
                .hasToString("{\"value\":\"file:///log\",\"origin\":\"configuration\"}");
        assertThat(options.get("scan.tier"))
                .hasToString("{\"value\":\"auto\",\"origin\":\"default\"}");
        assertThat(output).doesNotContain("hush");
    }

    @Test
    void statementsMaySetTheRuntimeMode() throws Exception {
        Path script =
                Files.writeString(
                        directory.resolve("job.sql"),
                        """
                        SET 'execution.runtime-mode' = 'batch';
                        CREATE TABLE t (v STRING) WITH ('connector' = 'tiered-kafka', 'topic' = 't',
                          'properties.bootstrap.servers' = 'k1:9092', 'format' = 'raw',
                          'scan.startup.mode' = 'earliest-offset',
                          'scan.bounded.mode' = 'latest-offset');
                        SELECT v FROM t;
                        """);

        assertThat(run(script.toString())).as(() -> errors).isZero();
        assertThat(lines()).contains("scan.bounded.mode latest-offset (statement)");
    }

    @Test
    void saysWhatItCannotExplain() throws Exception {
        assertThat(run()).isEqualTo(Command.FAILED);
        assertThat(errors).contains("The job is missing");
        Path script = Files.writeString(directory.resolve("job.sql"), "DROP TABLE t");
        assertThat(run(script.toString())).isEqualTo(Command.FAILED);
        assertThat(errors).contains("Cannot explain a file with 'DROP TABLE t'");
    }

    private String[] lines() {
        return output.lines().map(line -> line.trim().replaceAll(" +", " ")).toArray(String[]::new);
    }

    private Path jar() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Job.class.getName());
        Path jar = directory.resolve("job.jar");
        String name = Job.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                InputStream in = Job.class.getClassLoader().getResourceAsStream(name)) {
            entries.putNextEntry(new ZipEntry(name));
            in.transferTo(entries);
        }
        return jar;
    }

    private int run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] all = new String[arguments.length + 1];
        all[0] = "explain";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int code =
                ConnectorsTool.run(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        all);
        output = out.toString(StandardCharsets.UTF_8);
        errors = err.toString(StandardCharsets.UTF_8);
        return code;
    }
}
