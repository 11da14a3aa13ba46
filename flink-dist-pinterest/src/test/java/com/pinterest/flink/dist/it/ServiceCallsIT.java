// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.testkit.RedisServer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL jar of service calls in lib/, as a user puts it there. */
final class ServiceCallsIT {

    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");
    private static final Pattern ROW = Pattern.compile("\\| +\\+I +\\| +(\\d+) +\\| +(\\S+) +\\|");
    private static final int NUMBERS = 20;

    private static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @TempDir static Path directory;
    private static HttpServer server;

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/names", ServiceCallsIT::handle);
        server.start();
        Path lib = Files.createDirectory(directory.resolve("lib"));
        for (Path jar : FlinkTree.DISTRIBUTION.libJars()) {
            Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
        }
        Path sqlJar =
                FlinkTree.files(
                                FlinkTree.DISTRIBUTION.home().resolve("opt"),
                                "flink-sql-connector-service-*.jar")
                        .get(0);
        Files.copy(sqlJar, lib.resolve(sqlJar.getFileName()));
        cluster.start(lib);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.stop(0);
        }
        if (cluster.installation() != null) {
            cluster.close();
        }
    }

    /** Knows the names of even numbers. */
    private static void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<String> rows = new ArrayList<>();
        Matcher id = ID.matcher(body);
        while (id.find()) {
            if (Integer.parseInt(id.group(1)) % 2 == 0) {
                rows.add(
                        String.format(
                                "{\"id\":%s,\"name\":\"%s\"}", id.group(1), name(id.group(1))));
            }
        }
        byte[] response = rows.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    private static String name(String number) {
        return "name-" + number;
    }

    @Test
    void joinsAnHttpService() throws Exception {
        requireNames(
                String.format(
                        "'protocol' = 'http', 'url' = 'http://localhost:%d/names'",
                        server.getAddress().getPort()));
    }

    @Test
    void joinsRedis() throws Exception {
        assumeThat(RedisServer.isAvailable()).as("Redis is installed").isTrue();
        try (RedisServer redis = new RedisServer()) {
            for (int number = 0; number < NUMBERS; number += 2) {
                String id = Integer.toString(number);
                redis.execute("SET", id, "{\"name\":\"" + name(id) + "\"}");
            }
            requireNames(
                    String.format(
                            "'protocol' = 'redis', 'url' = '%s'",
                            RedisServer.url(redis.address())));
        }
    }

    private static void requireNames(String options) throws Exception {
        Path script =
                Files.writeString(
                        directory.resolve("names.sql"),
                        String.join(
                                "\n",
                                "SET 'sql-client.execution.result-mode' = 'tableau';",
                                "CREATE TABLE numbers (n BIGINT, t AS PROCTIME()) WITH (",
                                "  'connector' = 'datagen', 'fields.n.kind' = 'sequence',",
                                "  'fields.n.start' = '0', 'fields.n.end' = '"
                                        + (NUMBERS - 1)
                                        + "');",
                                "CREATE TABLE names (id BIGINT, name STRING,",
                                "  PRIMARY KEY (id) NOT ENFORCED) WITH (",
                                "  'connector' = 'service', 'format' = 'json', " + options + ");",
                                "SELECT n, name FROM numbers LEFT JOIN names",
                                "  FOR SYSTEM_TIME AS OF numbers.t ON names.id = numbers.n;"));
        ProcessResult client =
                cluster.installation().run("sql-client.sh", "-f", script.toString()).succeeded();
        List<String> found =
                ROW.matcher(client.stdout())
                        .results()
                        .map(row -> row.group(1) + "=" + row.group(2))
                        .toList();
        List<String> expected =
                Stream.iterate(0, number -> number + 1)
                        .limit(NUMBERS)
                        .map(
                                number ->
                                        number
                                                + "="
                                                + (number % 2 == 0
                                                        ? name(Integer.toString(number))
                                                        : "<NULL>"))
                        .toList();
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }
}
