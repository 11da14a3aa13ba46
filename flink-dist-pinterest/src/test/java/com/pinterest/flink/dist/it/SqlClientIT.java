// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** sql-client.sh with files of statements, and sql-gateway.sh, against a session cluster. */
final class SqlClientIT {

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @Test
    void aggregationWithMiniBatchGivesEachResultOnce() throws Exception {
        SqlAggregation.run(cluster.installation());
    }

    @Test
    void wrongStatementIsShownAndEndsTheScriptAsOnTheOfficialRelease() throws Exception {
        // given
        Path script =
                cluster.installation()
                        .write("files/wrong.sql", "SELECT nonsense FROM nowhere;\nSELECT 1;\n");

        // when
        ProcessResult client = sql(script);

        // then
        assertThat(client.output()).contains("Object 'nowhere' not found");
        assertThat(client.output()).doesNotContain("Received a total of");
        try (FlinkInstallation twin = FlinkInstallation.of(FlinkTree.TWIN)) {
            ProcessResult official = twin.run("sql-client.sh", "-f", script.toString());
            assertThat(client.exitCode()).isEqualTo(official.exitCode());
        }
    }

    @Test
    void missingFileOfStatementsFailsAndIsNamed() throws Exception {
        ProcessResult client = sql(Path.of("/nowhere/statements.sql"));

        assertThat(client.exitCode()).isNotZero();
        assertThat(client.output()).contains("/nowhere/statements.sql");
    }

    @Test
    void gatewayStartsAnswersAndStops() throws Exception {
        // given
        FlinkInstallation installation = cluster.installation();

        // when
        int port = startGateway();
        ProcessHandle gateway = installation.daemon("sql-gateway");
        JsonNode info = cluster.get(port, "/v1/info");

        // then
        assertThat(info.get("productName").asText()).isEqualTo("Apache Flink");
        assertThat(info.get("version").asText()).isEqualTo(FlinkTree.VERSION);

        // when
        installation.run("sql-gateway.sh", "stop").succeeded();

        // then
        Await.until("the end of the gateway", () -> !installation.isRunning(gateway));
    }

    @Test
    void jdbcClientOfTheOfficialReleaseReadsRows() throws Exception {
        // given
        int port = startGateway();
        try (URLClassLoader driver = jdbcDriver();
                Connection connection = connect(driver, port);
                Statement statement = connection.createStatement()) {

            // when
            statement.execute("SET 'execution.runtime-mode' = 'batch'");
            statement.execute(
                    """
                    CREATE TABLE numbers (n BIGINT) WITH (
                        'connector' = 'datagen',
                        'number-of-rows' = '1000',
                        'fields.n.kind' = 'sequence',
                        'fields.n.start' = '1',
                        'fields.n.end' = '1000'
                    )
                    """);
            List<String> rows = new ArrayList<>();
            try (ResultSet results =
                    statement.executeQuery(
                            """
                            SELECT name, COUNT(*) AS c, SUM(n) AS s
                            FROM numbers
                            JOIN (VALUES (0, 'even'), (1, 'odd')) AS names (id, name)
                            ON MOD(n, 2) = id
                            GROUP BY name
                            """)) {
                while (results.next()) {
                    rows.add(
                            "%s %d %d"
                                    .formatted(
                                            results.getString("name"),
                                            results.getLong("c"),
                                            results.getLong("s")));
                }
            }

            // then
            assertThat(rows).containsExactlyInAnyOrder("even 500 250500", "odd 500 250000");

            // when, then: the driver does not wrap it in an SQLException
            assertThatThrownBy(() -> statement.executeQuery("SELECT nonsense FROM nowhere"))
                    .hasStackTraceContaining("Object 'nowhere' not found");

            // then the connection is as good as before
            try (ResultSet results = statement.executeQuery("VALUES ('still here')")) {
                assertThat(results.next()).isTrue();
                assertThat(results.getString(1)).isEqualTo("still here");
                assertThat(results.next()).isFalse();
            }
        } finally {
            cluster.installation().run("sql-gateway.sh", "stop").succeeded();
        }
    }

    private static int startGateway() throws Exception {
        int port = Ports.free();
        cluster.installation()
                .run(
                        "sql-gateway.sh",
                        "start",
                        "-Dsql-gateway.endpoint.rest.address=localhost",
                        "-Dsql-gateway.endpoint.rest.port=" + port)
                .succeeded();
        cluster.installation()
                .await(
                        "an answer of the gateway",
                        cluster.installation().daemon("sql-gateway"),
                        () -> cluster.get(port, "/v1/info") != null);
        return port;
    }

    /** The published driver, which bundles classes that are on the class path here too. */
    private static URLClassLoader jdbcDriver() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Path jar : FlinkTree.files(Path.of(System.getProperty("it.libraries")), "*.jar")) {
            jars.add(jar.toUri().toURL());
        }
        return new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static Connection connect(ClassLoader loader, int gatewayPort) throws Exception {
        Driver driver = ServiceLoader.load(Driver.class, loader).findFirst().orElseThrow();
        return driver.connect("jdbc:flink://localhost:" + gatewayPort, new Properties());
    }

    private static ProcessResult sql(Path script) throws Exception {
        return cluster.installation().run("sql-client.sh", "-f", script.toString());
    }
}
