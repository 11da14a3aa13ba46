// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.testkit.PostgresServer;
import com.pinterest.flink.connector.service.testkit.RedisServer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lookup joins with services that know even numbers, and two names of each. */
@Timeout(300)
final class ServiceTableTest {

    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private StreamTableEnvironment tables;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/names", this::handle);
        server.start();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
        tables = StreamTableEnvironment.create(environment);
        tables.createTemporaryView(
                "numbers",
                environment.fromData(
                        Types.LONG,
                        IntStream.range(0, 200).mapToObj(i -> i % 50L).toArray(Long[]::new)),
                Schema.newBuilder()
                        .column("f0", "BIGINT")
                        .columnByExpression("t", "PROCTIME()")
                        .build());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestHeaders().getFirst("X-Test") + " " + body);
        List<String> rows = new ArrayList<>();
        Matcher id = ID.matcher(body);
        while (id.find()) {
            if (Long.parseLong(id.group(1)) % 2 == 0) {
                rows.add("{\"id\":" + id.group(1) + ",\"name\":\"a" + id.group(1) + "\"}");
                rows.add(0, "{\"id\":" + id.group(1) + ",\"name\":\"b" + id.group(1) + "\"}");
            }
        }
        byte[] response = rows.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    private void createTable(String options) {
        tables.executeSql(
                "CREATE TABLE names (id BIGINT, name STRING) WITH ('connector' = 'service',"
                        + " 'protocol' = 'http', 'format' = 'json', 'url' = 'http://localhost:"
                        + server.getAddress().getPort()
                        + "/names'"
                        + options
                        + ")");
    }

    @SuppressWarnings("try") // Flink's iterator declares that closing may be interrupted.
    private List<String> query(String hint, String join) throws Exception {
        List<String> rows = new ArrayList<>();
        try (CloseableIterator<Row> iterator =
                tables.executeSql(
                                "SELECT "
                                        + hint
                                        + " f0, name FROM numbers "
                                        + join
                                        + " JOIN names FOR SYSTEM_TIME AS OF numbers.t"
                                        + " ON names.id = numbers.f0")
                        .collect()) {
            iterator.forEachRemaining(row -> rows.add(row.getField(0) + "=" + row.getField(1)));
        }
        return rows;
    }

    private static List<String> expected(boolean outer) {
        List<String> rows = new ArrayList<>();
        for (long i = 0; i < 200; i++) {
            long key = i % 50;
            if (key % 2 == 0) {
                rows.add(key + "=a" + key);
                rows.add(key + "=b" + key);
            } else if (outer) {
                rows.add(key + "=null");
            }
        }
        return rows;
    }

    @Test
    void joinsAllRowsOfAKey() throws Exception {
        createTable(", 'header.X-Test' = 'yes'");
        assertThat(query("", "")).containsExactlyInAnyOrderElementsOf(expected(false));
        assertThat(requests).allMatch(request -> request.startsWith("yes [{\"id\":"));
        assertThat(requests.size()).isLessThan(50);
    }

    @Test
    void leftJoinsWithACacheAndHints() throws Exception {
        createTable(
                ", 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '1000',"
                        + " 'lookup.partial-cache.expire-after-write' = '1 h'");
        assertThat(
                        query(
                                "/*+ LOOKUP('table'='names', 'async'='true',"
                                        + " 'output-mode'='allow_unordered') */",
                                "LEFT"))
                .containsExactlyInAnyOrderElementsOf(expected(true));
        long keys = requests.stream().mapToLong(body -> ID.matcher(body).results().count()).sum();
        assertThat(keys).isEqualTo(50);
    }

    @Test
    void rejectsWrongOptions() {
        createTable(", 'lookup.cache' = 'FULL'");
        assertThatThrownBy(() -> query("", "")).hasStackTraceContaining("'FULL' is not supported");
        tables.executeSql("DROP TABLE names");
        createTable(", 'lookup.cache' = 'PARTIAL'");
        assertThatThrownBy(() -> query("", ""))
                .hasStackTraceContaining("lookup.partial-cache.max-rows");
        tables.executeSql("DROP TABLE names");
        createTable(", 'lookup.btach.max-size' = '3'");
        assertThatThrownBy(() -> query("", "")).hasStackTraceContaining("lookup.btach.max-size");
    }

    @Test
    void joinsADatabase() throws Exception {
        assumeThat(PostgresServer.isAvailable()).as("PostgreSQL is installed").isTrue();
        try (PostgresServer database = new PostgresServer()) {
            String url = PostgresServer.url(database.address());
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE names (id BIGINT, name TEXT, \"a b\" BOOLEAN, price NUMERIC,"
                                + " day DATE, at TIMESTAMP)");
                statement.execute(
                        "INSERT INTO names SELECT n, prefix || n, n = 2, n / 4.0,"
                                + " DATE '2026-01-01' + n, NULL"
                                + " FROM generate_series(0, 48, 2) AS n, unnest('{a,b}'::text[])"
                                + " AS prefix");
            }
            tables.executeSql(
                    "CREATE TABLE names (id BIGINT, name STRING, `a b` BOOLEAN,"
                            + " price DECIMAL(10, 2), `day` DATE, `at` TIMESTAMP(3)) WITH"
                            + " ('connector' = 'service', 'protocol' = 'jdbc', 'table-name' ="
                            + " 'names', 'lookup.cache' = 'PARTIAL',"
                            + " 'lookup.partial-cache.max-rows' = '100',"
                            + " 'lookup.partial-cache.expire-after-write' = '1 h', 'url' = '"
                            + url
                            + "')");
            assertThat(query("", "LEFT")).containsExactlyInAnyOrderElementsOf(expected(true));

            // with all types, and a key of two columns
            assertThat(
                            rows(
                                    "SELECT n.* FROM numbers JOIN names FOR SYSTEM_TIME AS OF"
                                            + " numbers.t AS n ON n.id = numbers.f0 AND n.`day` ="
                                            + " DATE '2026-01-03' AND n.name = 'b2'"))
                    .containsOnly("+I[2, b2, true, 0.50, 2026-01-03, null]")
                    .hasSize(4);
        }
    }

    @Test
    void rejectsOptionsAndTypesOfAnotherProtocol() {
        tables.executeSql(
                "CREATE TABLE names (id BIGINT, name STRING) WITH ('connector' = 'service',"
                        + " 'protocol' = 'jdbc', 'url' = 'jdbc:none:x')");
        assertThatThrownBy(() -> query("", ""))
                .hasStackTraceContaining("'protocol' = 'jdbc' needs the option 'table-name'");
        tables.executeSql("DROP TABLE names");
        tables.executeSql(
                "CREATE TABLE names (id BIGINT, name ARRAY<STRING>) WITH ('connector' = 'service',"
                        + " 'protocol' = 'jdbc', 'url' = 'jdbc:none:x', 'table-name' = 'names')");
        assertThatThrownBy(() -> query("", ""))
                .hasStackTraceContaining("Column name cannot be read from a database");
        tables.executeSql("DROP TABLE names");
        createTable(", 'username' = 'reader'");
        assertThatThrownBy(() -> query("", ""))
                .hasStackTraceContaining("'protocol' = 'http' does not have the option 'username'");
        tables.executeSql("DROP TABLE names");
        createTable(", 'table-name' = 'names'");
        assertThatThrownBy(() -> query("", ""))
                .hasStackTraceContaining(
                        "'protocol' = 'http' does not have the option 'table-name'");
    }

    private static String redisTable(String url, String columns) {
        return "CREATE TABLE names ("
                + columns
                + ") WITH ('connector' = 'service', 'protocol' = 'redis', 'format' = 'json',"
                + " 'key-prefix' = 'name:', 'url' = '"
                + url
                + "')";
    }

    @Test
    void joinsRedis() throws Exception {
        assumeThat(RedisServer.isAvailable()).as("Redis is installed").isTrue();
        try (RedisServer redis = new RedisServer()) {
            for (int id = 0; id < 50; id += 2) {
                redis.execute(
                        "SET", "name:" + id, "{\"name\":\"a" + id + "\",\"size\":" + id + "}");
            }
            tables.executeSql(
                    redisTable(
                            RedisServer.url(redis.address()),
                            "name STRING, id BIGINT, size INT, PRIMARY KEY (id) NOT ENFORCED"));
            String select = "SELECT f0, n.* FROM numbers LEFT JOIN names FOR SYSTEM_TIME AS OF";
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int id = i % 50;
                expected.add(
                        id % 2 == 0
                                ? String.format("+I[%d, a%d, %d, %d]", id, id, id, id)
                                : String.format("+I[%d, null, null, null]", id));
            }
            assertThat(rows(select + " numbers.t AS n ON n.id = numbers.f0"))
                    .containsExactlyInAnyOrderElementsOf(expected);

            // with a condition on another column
            assertThat(
                            rows(
                                    select.replace("LEFT ", "")
                                            + " numbers.t AS n ON n.id = numbers.f0 AND n.name ="
                                            + " 'a2'"))
                    .hasSize(4)
                    .containsOnly("+I[2, a2, 2, 2]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id BIGINT, name STRING | needs a primary key of one column",
                "id BIGINT, name STRING, PRIMARY KEY (id, name) NOT ENFORCED | of one column",
                "id DOUBLE, name STRING, PRIMARY KEY (id) NOT ENFORCED | string or an integer",
                "id BIGINT, name BIGINT, PRIMARY KEY (name) NOT ENFORCED | its primary key name",
            })
    void aTableInRedisIsJoinedByItsPrimaryKey(String columns, String message) {
        tables.executeSql(redisTable("redis://localhost:1", columns));
        assertThatThrownBy(() -> query("", "")).hasStackTraceContaining(message);
    }

    @SuppressWarnings("try") // Flink's iterator declares that closing may be interrupted.
    private List<String> rows(String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        try (CloseableIterator<Row> iterator = tables.executeSql(sql).collect()) {
            iterator.forEachRemaining(row -> rows.add(row.toString()));
        }
        return rows;
    }
}
