// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.QueryRun.Form;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which changes are emitted, where final tables do not tell. */
class MiniBatchKindsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static final LogicalType[] OUTPUT =
            Collections.nCopies(4, new IntType()).toArray(new LogicalType[0]);

    private static final List<RowData> INSERTED = List.of(Rows.row(RowKind.INSERT, 1, 5));

    private static final List<RowData> UPDATED_AT_ONCE =
            List.of(
                    Rows.row(RowKind.INSERT, 1, 10),
                    Rows.row(RowKind.UPDATE_BEFORE, 1, 10),
                    Rows.row(RowKind.UPDATE_AFTER, 1, 11));

    private static Map<String, String> options(String... more) {
        Map<String, String> options = new HashMap<>();
        options.put("table.exec.mini-batch.enabled", "true");
        options.put("table.exec.mini-batch.allow-latency", "1 h");
        options.put("table.exec.mini-batch.size", "50000");
        options.put("parallelism.default", "1");
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    private static List<String> emitted(String query, List<Row> rows, Map<String, String> options)
            throws Exception {
        new QueryRun(query, rows, List.of(), Form.KEYED).table(options);
        return QueryRun.emitted().stream().map(Row::toString).collect(Collectors.toList());
    }

    private static Row row(RowKind kind, int id, int v) {
        return Row.ofKind(kind, id, 7, v, null);
    }

    /**
     * What the operator that is planned for a join of t and u emits of one bundle. A job would not
     * do: markers of bundles come with the first row of each input, and the two race.
     */
    private static List<String> joined(
            String join, Map<String, String> options, List<RowData> left, List<RowData> right)
            throws Exception {
        String query = "SELECT t.id, t.v, u.v FROM t " + join + " u ON t.id = u.id";
        StreamNode node =
                new QueryRun(query, List.of(), List.of(), Form.KEYED)
                        .graph(options).getStreamNodes().stream()
                                .filter(any -> any.getOperatorName().startsWith("Join"))
                                .findFirst()
                                .orElseThrow();
        @SuppressWarnings("unchecked")
        TwoInputStreamOperator<RowData, RowData, RowData> operator =
                (TwoInputStreamOperator<RowData, RowData, RowData>) node.getOperator();
        Rows.Feed feed = new Rows.Feed(2, false);
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        operator, Rows.fields(0), Rows.fields(0), Rows.type(1))) {
            Rows.open(harness, true, null, OUTPUT);
            for (RowData row : left) {
                harness.processElement1(feed.of(row));
            }
            for (RowData row : right) {
                harness.processElement2(feed.of(row));
            }
            operator.prepareSnapshotPreBarrier(1);
            return Rows.emitted(harness, OUTPUT);
        }
    }

    /** FLINK-34380. */
    @Test
    void insertionAndUpdateOfAJoinSumUpToAnInsertionIfThatIsAskedFor() throws Exception {
        Map<String, String> mended =
                options(MiniBatchOptions.JOIN_CONSISTENT_ROW_KINDS.key(), "true");

        assertThat(joined("JOIN", mended, UPDATED_AT_ONCE, INSERTED))
                .containsExactly("+I[1, 11, 1, 5]");
        assertThat(joined("JOIN", options(), UPDATED_AT_ONCE, INSERTED))
                .as("as upstream's bundles")
                .containsExactly("+U[1, 11, 1, 5]");
    }

    /** FLINK-33936: what is behind must not forget a row that is still counted. */
    @ParameterizedTest
    @ValueSource(strings = {"ONE_PHASE", "TWO_PHASE"})
    void resultThatStaysIsEmittedAgainWhereStateExpires(String phases) throws Exception {
        String query = "SELECT k, MAX(v) FROM inserts GROUP BY k";
        List<Row> rows = List.of(row(RowKind.INSERT, 1, 5), row(RowKind.INSERT, 2, 3));
        Map<String, String> expiring =
                options(
                        "table.exec.mini-batch.size", "1",
                        "table.optimizer.agg-phase-strategy", phases,
                        "table.exec.state.ttl", "1 d");

        assertThat(emitted(query, rows, expiring))
                .containsExactly("+I[7, 5]", "-U[7, 5]", "+U[7, 5]");
        expiring.put("table.exec.state.ttl", "0 s");
        assertThat(emitted(query, rows, expiring)).containsExactly("+I[7, 5]");
    }

    /** Rows that match at the end of a bundle were not alone in it. */
    @Test
    void outerJoinDoesNotEmitWhatIsOverWithinABundle() throws Exception {
        assertThat(joined("LEFT JOIN", options(), INSERTED, UPDATED_AT_ONCE))
                .containsExactly("+I[1, 5, 1, 11]");
    }

    private static String firstTwo(String table) {
        return "SELECT k, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n"
                + " FROM "
                + table
                + ") WHERE n <= 2";
    }

    @Test
    void eachRankChangesAtMostOnceInABundle() throws Exception {
        List<Row> falling =
                Stream.of(9, 8, 7, 6, 5)
                        .map(v -> row(RowKind.INSERT, 100 + v, v))
                        .collect(Collectors.toList());

        for (String table : List.of("t", "inserts")) {
            assertThat(emitted(firstTwo(table), falling, options()))
                    .containsExactly("+I[7, 5, 1]", "+I[7, 6, 2]");
        }
    }
}
