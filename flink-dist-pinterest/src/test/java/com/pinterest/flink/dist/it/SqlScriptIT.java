// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** sql-client.sh for scripts: what it exits with, and the files that it can open. */
final class SqlScriptIT {

    private static final String TABLES =
            """
            CREATE TABLE numbers (n BIGINT) WITH (
                'connector' = 'datagen',
                'number-of-rows' = '10',
                'fields.n.kind' = 'sequence',
                'fields.n.start' = '1',
                'fields.n.end' = '10'
            );
            CREATE TABLE nowhere (n INT) WITH ('connector' = 'blackhole');
            """;

    /** At run time, since the value is that of a row. */
    private static final String FAILING =
            "SELECT CAST(CAST(n AS STRING) || 'x' AS INT) FROM numbers;\n";

    private static final String TABLEAU = "SET 'sql-client.execution.result-mode' = 'tableau';\n";

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    private static int gatewayPort;

    @BeforeAll
    static void startGateway() throws Exception {
        gatewayPort = Ports.free();
        cluster.installation()
                .run(
                        "sql-gateway.sh",
                        "start",
                        "-Dsql-gateway.endpoint.rest.address=localhost",
                        "-Dsql-gateway.endpoint.rest.port=" + gatewayPort)
                .succeeded();
        Await.until("the gateway", () -> cluster.get(gatewayPort, "/v1/info") != null);
    }

    @AfterAll
    static void stopGateway() throws Exception {
        cluster.installation().run("sql-gateway.sh", "stop").succeeded();
    }

    // ------------------------------------------------------------------ --fail-on-error

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "gateway"})
    void scriptWithoutAnErrorSucceeds(String mode) throws Exception {
        Path init = write("init.sql", TABLES + "SET 'table.dml-sync' = 'true';\n");
        Path script =
                write(
                        "fine.sql",
                        TABLEAU
                                + "HELP;\n"
                                + "SELECT SUM(n) AS total FROM numbers;\n"
                                + "INSERT INTO nowhere SELECT CAST(n AS INT) FROM numbers;\n"
                                + "QUIT;\nNONSENSE;\n");

        ProcessResult client = sql(mode, "-i", init.toString(), "-f", script.toString());

        assertThat(client.exitCode()).as(client.toString()).isZero();
        assertThat(client.stdout()).contains("total", "55", "Complete execution");
        assertThat(client.output()).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "gateway"})
    void failingStatementFailsTheScript(String mode) throws Exception {
        assertFails(mode, TABLES, "NONSENSE;\n", "Could not execute SQL statement");
        assertFails(mode, TABLES, "SELECT nothing FROM numbers;\n", "Column 'nothing' not found");
        assertFails(mode, TABLES, TABLEAU + FAILING, "NumberFormatException");
        assertFails(
                mode,
                TABLES,
                "SET 'table.dml-sync' = 'true';\nINSERT INTO nowhere " + FAILING,
                "NumberFormatException");
        assertFails(
                mode,
                TABLES,
                "SET 'sql-client.execution.result-mode' = 'table';\nSELECT 1;\n",
                "non-interactive mode");
        assertFails(mode, TABLES, "DROP TABLE no_table;\n", "no_table");
        assertFails(mode, TABLES, "ADD JAR '/no/such.jar';\n", "/no/such.jar");
    }

    /** The statement is in the middle of the script. */
    private static void assertFails(String mode, String before, String statement, String message)
            throws Exception {
        String noRestarts = "SET 'restart-strategy.type' = 'none';\n";
        Path script = write("fails.sql", before + noRestarts + statement + "SHOW CATALOGS;\n");

        ProcessResult client = sql(mode, "-f", script.toString());

        assertThat(client.exitCode()).as(client.toString()).isEqualTo(1);
        assertThat(client.output()).contains(message).doesNotContain("catalog name");
        assertThat(client.stderr())
                .contains("[ERROR] A statement of " + script + " failed, see above.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "gateway"})
    void failingInitializationFailsTheScriptAndIsExplained(String mode) throws Exception {
        Path init = write("bad.sql", "CREATE TABLE t (n NONSENSE);\n");
        Path script = write("fine.sql", "SHOW CATALOGS;\n");

        ProcessResult client = sql(mode, "-i", init.toString(), "-f", script.toString());

        assertThat(client.exitCode()).as(client.toString()).isEqualTo(1);
        assertThat(client.stderr()).contains("[ERROR] A statement of " + init, "NONSENSE");
        assertThat(client.stdout()).doesNotContain("default_catalog");
    }

    @Test
    void unfinishedStatementFailsBeforeAnythingIsExecuted() throws Exception {
        Path open = write("open.sql", "SHOW CATALOGS;\nSELECT 'abc;\n");
        Path comment = write("comment.sql", "SHOW CATALOGS;\nSHOW DATABASES; -- the end\n");

        for (Path script : List.of(open, comment)) {
            for (String option : List.of("-i", "-f")) {
                ProcessResult client =
                        sql("embedded", option, script.toString(), "-f", script.toString());

                assertThat(client.exitCode()).as(client.toString()).isEqualTo(1);
                assertThat(client.stderr())
                        .contains("[ERROR] " + script + " ends in the middle of a statement");
                assertThat(client.stdout()).doesNotContain("default_catalog");
            }
        }
    }

    @Test
    void wrongArgumentsFail() throws Exception {
        String script = write("fine.sql", "SHOW CATALOGS;\n").toString();

        assertRefused("unknown mode 'remote'", "remote", "-f", script);
        assertRefused("--fail-on-error needs a script: -f FILE");
        assertRefused("--fail-on-error needs a script: -f FILE", "-i", script);
        assertRefused("unknown argument '--jump'", "--jump", "-f", script);
        assertRefused("unknown argument 'more'", "-f", script, "more", "--fail-on-error");
        assertRefused("unknown argument '--jar'", "gateway", "--jar", "a.jar", "-f", script);
        assertRefused("/no/such.sql", "-f", "/no/such.sql");
        assertRefused("/no/such.sql", "-i", "/no/such.sql", "-f", script);
        assertRefused("there is no file '/no such.sql'", "-f", "/no such.sql");
        assertRefused("Missing argument for option: f", "-f");
        assertRefused("the gateway mode needs -e", "gateway", "-f", script);
    }

    private static void assertRefused(String message, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--fail-on-error")) {
            all.add(all.isEmpty() || all.get(0).startsWith("-") ? 0 : 1, "--fail-on-error");
        }
        ProcessResult client = run(all);

        assertThat(client.exitCode()).as(client.toString()).isEqualTo(1);
        assertThat(client.stderr()).contains("[ERROR] ", message);
        assertThat(client.stdout()).doesNotContain("default_catalog");
    }

    @Test
    void gatewayThatIsNotThereFails() throws Exception {
        String script = write("fine.sql", "SHOW CATALOGS;\n").toString();

        ProcessResult client =
                run(
                        List.of(
                                "gateway",
                                "-e",
                                "localhost:" + Ports.free(),
                                "--fail-on-error",
                                "-f",
                                script));

        assertThat(client.exitCode()).as(client.toString()).isEqualTo(1);
        assertThat(client.stderr()).contains("[ERROR] ", "Failed to create the executor");
    }

    @Test
    void withoutTheOptionItExitsAsTheOfficialRelease() throws Exception {
        Path bad = write("bad.sql", "NONSENSE;\n");

        ProcessResult script = run(List.of("-f", bad.toString()));
        ProcessResult init = run(List.of("-i", bad.toString(), "-f", bad.toString()));

        assertThat(script.exitCode()).isZero();
        assertThat(init.exitCode()).isZero();
        assertThat(init.stdout()).contains("Failed to initialize from sql script: " + bad);
    }

    @Test
    void helpShowsTheOption() throws Exception {
        for (String mode : List.of("", "embedded", "gateway")) {
            ProcessResult help =
                    run(mode.isEmpty() ? List.of("--help") : List.of(mode, "--help")).succeeded();

            assertThat(help.stdout()).contains("--init", "--fail-on-error", "table.dml-sync");
        }
    }

    // ------------------------------------------------------------------ paths

    @Test
    void filesMayHaveBlanksInTheirPaths() throws Exception {
        // given
        Path jar = jar("with a blank/one more/my function.jar", "com.example.One");
        Path library =
                jar("with a blank/my library/my other function.jar", "com.example.Two").getParent();
        Path init =
                write(
                        "with a blank/my init.sql",
                        TABLEAU
                                + "CREATE FUNCTION my_one AS 'com.example.One';\n"
                                + "CREATE FUNCTION my_two AS 'com.example.Two';\n");
        Path script =
                write(
                        "with a blank/my 100% {script}.sql",
                        "SELECT my_one('a') || my_two('b') AS c;\n");

        for (List<String> option : List.of(List.<String>of(), List.of("--fail-on-error"))) {
            // when
            List<String> arguments = new ArrayList<>(option);
            arguments.addAll(
                    List.of(
                            "-j",
                            jar.toString(),
                            "-l",
                            library.toString(),
                            "-i",
                            init.toString(),
                            "-f",
                            script.toString()));
            ProcessResult client = run(arguments).succeeded();

            // then
            assertThat(client.output()).contains("One a Two b");
        }
    }

    private static Path jar(String name, String function) throws Exception {
        int dot = function.lastIndexOf('.');
        Path file = cluster.directory("scripts").resolve(name);
        Files.createDirectories(file.getParent());
        return new Fixtures(file.getParent())
                .jar(
                        file.getFileName().toString(),
                        Map.of(
                                function,
                                """
                                package %s;
                                public class %s extends org.apache.flink.table.functions.ScalarFunction {
                                    public String eval(String text) {
                                        return getClass().getSimpleName() + " " + text + " ";
                                    }
                                }
                                """
                                        .formatted(
                                                function.substring(0, dot),
                                                function.substring(dot + 1))),
                        List.of(),
                        Map.of(),
                        Map.of());
    }

    // ------------------------------------------------------------------ running

    private static Path write(String name, String text) throws Exception {
        Path file = cluster.directory("scripts").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static ProcessResult sql(String mode, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(mode, "--fail-on-error"));
        if (mode.equals("gateway")) {
            all.addAll(List.of("-e", "localhost:" + gatewayPort));
        }
        all.addAll(List.of(arguments));
        return run(all);
    }

    private static ProcessResult run(List<String> arguments) throws Exception {
        return cluster.installation().run("sql-client.sh", arguments.toArray(new String[0]));
    }
}
