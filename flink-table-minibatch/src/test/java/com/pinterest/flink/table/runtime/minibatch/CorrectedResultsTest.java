// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.QueryRun.Form;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Queries whose results were wrong when rows of their input were deleted or updated: those of
 * docs/corrections.md that have no test class of their own.
 */
class CorrectedResultsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    private static final String AGGREGATE_OVER =
            "SELECT id, k, SUM(v) OVER (PARTITION BY %s ORDER BY v"
                    + " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total FROM t";

    private static Stream<Map<String, String>> settings() {
        return Stream.of(
                Map.of("parallelism.default", "1"),
                Map.of("parallelism.default", "1", "state.backend.type", "rocksdb"),
                Map.of(
                        "parallelism.default", "1",
                        "table.exec.mini-batch.enabled", "true",
                        "table.exec.mini-batch.allow-latency", "1 h",
                        "table.exec.mini-batch.size", "1"));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void firstRowsOfAnUpsertTableAreDeleted(Map<String, String> options) throws Exception {
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 0, 20),
                        row(RowKind.INSERT, 3, 0, 30),
                        row(RowKind.DELETE, 1, 0, 10));

        assertThat(table("SELECT id, v FROM t ORDER BY id LIMIT 2", t, Form.UPSERTS, options))
                .containsOnly(Map.entry(Row.of(2, 20), 1), Map.entry(Row.of(3, 30), 1));
        assertThat(
                        table(
                                "SELECT id, s FROM (SELECT id, SUM(v) AS s FROM t GROUP BY id)"
                                        + " ORDER BY id LIMIT 1",
                                t,
                                Form.UPSERTS,
                                options))
                .containsOnly(Map.entry(Row.of(2, 20), 1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void firstRowsOfAnOverAggregateAreDeleted(Map<String, String> options) throws Exception {
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 0, 20),
                        row(RowKind.DELETE, 1, 0, 10));

        String query = String.format(AGGREGATE_OVER, "id") + " ORDER BY id LIMIT 1";
        assertThat(table(query, t, Form.KEYED, options))
                .containsOnly(Map.entry(Row.of(2, 0, 20), 1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void oneOfTwoEqualRowsStaysInAnOverAggregate(Map<String, String> options) throws Exception {
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 0, 20),
                        row(RowKind.DELETE, 1, 0, 10));

        assertThat(table(String.format(AGGREGATE_OVER, "k"), t, Form.PLAIN, options))
                .containsOnly(Map.entry(Row.of(1, 0, 10), 1), Map.entry(Row.of(2, 0, 30), 1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rowsOfRanksFromAnOffsetAreDeleted(Map<String, String> options) throws Exception {
        String query =
                "SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n"
                        + " FROM t) WHERE n BETWEEN 2 AND 3";
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 0, 20),
                        row(RowKind.INSERT, 3, 0, 30),
                        row(RowKind.INSERT, 4, 0, 40),
                        row(RowKind.DELETE, 1, 0, 10),
                        row(RowKind.DELETE, 3, 0, 30));

        assertThat(table(query, t, Form.PLAIN, options)).containsOnly(Map.entry(Row.of(4, 40), 1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rowsOfRanksFromAnOffsetStayInASinkByKey(Map<String, String> options) throws Exception {
        String query =
                "SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC) AS n FROM t)"
                        + " WHERE n BETWEEN 2 AND 3";
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 0, 20),
                        row(RowKind.INSERT, 3, 0, 30),
                        row(RowKind.DELETE, 3, 0, 30));

        assertThat(new QueryRun(query, t, List.of(), Form.KEYED).tableByKey(options, "id"))
                .containsExactly(Row.of(1, 10));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void firstRowIsUpdatedWhereItsSortKeyStays(Map<String, String> options) throws Exception {
        String query =
                "SELECT k, total FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY k) AS n FROM"
                        + " (SELECT k, SUM(v) AS total FROM inserts GROUP BY k)) WHERE n = 1";
        List<Row> t =
                List.of(
                        row(RowKind.INSERT, 1, 0, 10),
                        row(RowKind.INSERT, 2, 5, 30),
                        row(RowKind.INSERT, 3, 0, 20),
                        row(RowKind.INSERT, 4, 5, 40));

        assertThat(table(query, t, Form.PLAIN, options)).containsOnly(Map.entry(Row.of(0, 30), 1));
    }

    @Test
    void multiJoinTakesAColumnThatEqualsTwo() throws Exception {
        String query = "SELECT t.id, u.v FROM t JOIN u ON t.id = u.id AND t.k = u.id";
        List<Row> t = List.of(row(RowKind.INSERT, 1, 1, 10), row(RowKind.INSERT, 1, 2, 10));
        List<Row> u = List.of(row(RowKind.INSERT, 1, 0, 20));

        assertThat(
                        new QueryRun(query, t, u, Form.PLAIN)
                                .table(
                                        Map.of(
                                                "parallelism.default", "1",
                                                "table.optimizer.multi-join.enabled", "true")))
                .containsOnly(Map.entry(Row.of(1, 20), 1));
    }

    private static Map<Row, Integer> table(
            String query, List<Row> t, Form form, Map<String, String> options) throws Exception {
        return new QueryRun(query, t, List.of(), form).table(options);
    }

    private static Row row(RowKind kind, int id, int k, int v) {
        return Row.ofKind(kind, id, k, v, null);
    }
}
