// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import static com.pinterest.flink.connector.service.testkit.DirectCalls.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import com.pinterest.flink.connector.service.testkit.DirectCalls;
import com.pinterest.flink.connector.service.testkit.PostgresServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries, keys and errors of PostgreSQL. */
@Timeout(120)
final class JdbcServiceTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = Numbers.start();
        Numbers.execute(
                server,
                "CREATE TABLE names (kind TEXT, id INT, name TEXT)",
                "INSERT INTO names VALUES ('a', 1, 'one'), ('a', 1, 'first'), ('a', 2, 'two'),"
                        + " ('b', 1, 'other')");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String url() {
        return PostgresServer.url(server.address());
    }

    private static JdbcService<Long, String> numbers(String condition) {
        return JdbcService.query(
                url(),
                "SELECT id, name FROM numbers WHERE " + condition,
                row -> row.getLong("id"),
                row -> row.getString("name"));
    }

    private static void requireFailure(
            JdbcService<Long, String> service, Kind kind, String message) {
        DirectCalls.requireFailure(service, 0L, kind, message);
    }

    @Test
    void answersBatchesOfEachSize() throws Exception {
        for (JdbcService<Long, String> service :
                List.of(
                        numbers("id IN ({keys})"),
                        numbers("id = ANY ({keys})").withArrays("bigint"))) {
            for (int size : new int[] {1, 2, 3, 64, 65, 1000}) {
                List<Long> keys = LongStream.range(0, size).boxed().collect(Collectors.toList());
                List<String> values =
                        call(service, keys).stream()
                                .map(Answer::value)
                                .collect(Collectors.toList());
                assertThat(values)
                        .isEqualTo(
                                keys.stream()
                                        .map(key -> key % 2 == 0 ? "value " + key : null)
                                        .collect(Collectors.toList()));
            }
        }
    }

    @Test
    void hasFewQueries() {
        assertThat(
                        Arrays.stream(new int[] {1, 2, 3, 4, 5, 50, 64, 600, 1000})
                                .map(Query::paddedSize))
                .containsExactly(1, 2, 4, 4, 8, 64, 64, 1000, 1000);
    }

    @Test
    void keysMayHaveSeveralColumnsAndRows() throws Exception {
        String select = "SELECT kind, id, name FROM names WHERE (kind, id) IN ";
        JdbcService<List<Object>, List<String>> names =
                JdbcService.<List<Object>, String>queryAll(
                                url(),
                                select + "({keys}) ORDER BY name",
                                row -> List.of(row.getString("kind"), row.getInt("id")),
                                row -> row.getString("name"))
                        .withKeyColumns(List::toArray);
        JdbcService<List<Object>, List<String>> arrays =
                JdbcService.<List<Object>, String>queryAll(
                                url(),
                                select + "(SELECT * FROM UNNEST({keys})) ORDER BY name",
                                row -> List.of(row.getString("kind"), row.getInt("id")),
                                row -> row.getString("name"))
                        .withKeyColumns(List::toArray)
                        .withArrays("text", "int");
        for (JdbcService<List<Object>, List<String>> service : List.of(names, arrays)) {
            List<Answer<List<String>>> answers =
                    call(service, List.of(List.of("b", 1), List.of("b", 2), List.of("a", 1)));
            assertThat(answers.get(0).value()).containsExactly("other");
            assertThat(answers.get(1)).isSameAs(Answer.absent());
            assertThat(answers.get(2).value()).containsExactly("first", "one");
        }
    }

    @Test
    void rowsThatDoNotFitAreNoAnswer() throws Exception {
        JdbcService<String, String> service =
                JdbcService.query(
                        url(),
                        "SELECT kind, name FROM names WHERE kind IN ({keys})",
                        row -> row.getString("kind"),
                        row -> row.getString("name"));
        List<Answer<String>> answers = call(service, List.of("a", "b"));
        assertThat(answers.get(0).failure())
                .hasMessageContaining("3 rows for the key a")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.PERMANENT));
        assertThat(answers.get(1).value()).isEqualTo("other");
        requireFailure(numbers("id IN ({keys}) OR id = 4"), Kind.PERMANENT, "the key 4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wrong IN ({keys}) | PERMANENT | (42703): ERROR: column \"wrong\"",
                "id IN ({keys}) AND 1 / 0 > 0 | PERMANENT | (22012)",
                "id IN ({keys}) AND pg_terminate_backend(pg_backend_pid()) | TRANSIENT | (57P01)",
            })
    void theStateDecides(String condition, Kind kind, String message) {
        requireFailure(numbers(condition), kind, message);
    }

    @Test
    void aWrongPasswordOrDatabaseIsWaitedFor() {
        JdbcService<Long, String> service =
                JdbcService.query(
                        url().replace("/postgres", "/nowhere"),
                        "SELECT {keys}",
                        row -> 0L,
                        row -> "");
        requireFailure(service, Kind.REJECTED, "\"nowhere\" does not exist");
    }

    @Test
    void aCallThatIsCancelledEndsItsQuery() throws Exception {
        // given a query that takes longer than the test
        JdbcService<Long, String> service =
                numbers("id IN ({keys}) AND pg_sleep(3600) IS NULL").withPoolSize(1);
        try (ServiceConnection<Long, String> connection =
                service.connect(getClass().getClassLoader())) {
            CompletableFuture<List<Answer<String>>> call =
                    connection.call(List.of(0L), Duration.ofMinutes(1));
            JdbcService<String, Long> active =
                    JdbcService.query(
                            url(),
                            "SELECT {keys} AS one, count(*) AS active FROM pg_stat_activity"
                                    + " WHERE wait_event = 'PgSleep'",
                            row -> row.getString("one"),
                            row -> row.getLong("active"));
            while (call(active, List.of("1")).get(0).value() == 0) {
                Thread.sleep(10);
            }

            // when
            call.cancel(true);

            // then its connection and its thread are free for another one
            CompletableFuture<List<Answer<String>>> other =
                    connection.call(List.of(1L), Duration.ofMinutes(1));
            assertThat(other.get(1, TimeUnit.MINUTES)).containsExactly(Answer.absent());
        }
    }

    @Test
    void rejectsWrongConfigurations() {
        assertThatThrownBy(() -> numbers("id = 1")).hasMessageContaining("{keys}");
        assertThatThrownBy(
                        () ->
                                JdbcService.query(
                                                "jdbc:none:x?password=p", "{keys}", r -> 1, r -> 1)
                                        .connect(getClass().getClassLoader()))
                .hasMessageContaining("no JDBC driver for jdbc:none:x.");
        JdbcService<Long, String> service =
                numbers("id IN ({keys})").withCredentials("test", "secret").withPoolSize(4);
        assertThat(service.toString())
                .doesNotContain("secret")
                .isEqualTo(
                        "jdbc:postgresql://127.0.0.1:" + server.address().getPort() + "/postgres");
        assertThatThrownBy(() -> ServiceClient.of("numbers", service).withMaxConcurrency(5))
                .hasMessageContaining("between 1 and 4");
        assertThatThrownBy(
                        () -> ServiceClient.of("numbers", service).withBatches(1001, Duration.ZERO))
                .hasMessageContaining("between 1 and 1000");
    }
}
