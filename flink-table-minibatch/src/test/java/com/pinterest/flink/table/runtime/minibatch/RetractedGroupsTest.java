// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.QueryRun.Form;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Groups of which only a retraction has been seen, as after their state has expired: none is
 * emitted, and none is left in the state.
 */
class RetractedGroupsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    private static final List<Row> RETRACTED =
            List.of(row(RowKind.DELETE, 8, 1), row(RowKind.INSERT, 9, 1));

    @ParameterizedTest
    @CsvSource({
        "all, hashmap, ONE_PHASE", "all, hashmap, TWO_PHASE",
        "all, rocksdb, TWO_PHASE", "none, rocksdb, TWO_PHASE"
    })
    void groupOfRetractionsIsNoGroup(String features, String backend, String phases)
            throws Exception {
        Map<String, String> bundle = options(features, backend, phases, 100);

        assertThat(emitted("COUNT(*), SUM(v)", RETRACTED, bundle)).containsExactly("+I[9, 1, 1]");
        assertThat(emitted("COUNT(DISTINCT v), MAX(v)", RETRACTED, bundle))
                .containsExactly("+I[9, 1, 1]");
    }

    @ParameterizedTest
    @CsvSource({
        "all, hashmap, ONE_PHASE", "all, hashmap, TWO_PHASE",
        "all, rocksdb, TWO_PHASE", "none, rocksdb, TWO_PHASE"
    })
    void groupOfRetractionsLeavesNoState(String features, String backend, String phases)
            throws Exception {
        Map<String, String> rowByRow = options(features, backend, phases, 1);
        List<Row> thenInserted =
                List.of(
                        row(RowKind.DELETE, 8, 1),
                        row(RowKind.INSERT, 8, 1),
                        row(RowKind.INSERT, 8, 1));

        assertThat(emitted("COUNT(*), SUM(v)", thenInserted, rowByRow))
                .containsExactly("+I[8, 1, 1]", "-U[8, 1, 1]", "+U[8, 2, 2]");
        assertThat(emitted("COUNT(*), COUNT(DISTINCT v), MAX(v)", thenInserted, rowByRow))
                .containsExactly("+I[8, 1, 1, 1]", "-U[8, 1, 1, 1]", "+U[8, 2, 1, 1]");
    }

    private static Map<String, String> options(
            String features, String backend, String phases, int size) {
        return Map.of(
                "pinterest.features",
                features,
                "state.backend.type",
                backend,
                "table.exec.mini-batch.enabled",
                "true",
                "table.exec.mini-batch.allow-latency",
                "1 h",
                "table.exec.mini-batch.size",
                String.valueOf(size),
                "table.optimizer.agg-phase-strategy",
                phases,
                "parallelism.default",
                "1");
    }

    private static List<String> emitted(
            String aggregates, List<Row> rows, Map<String, String> options) throws Exception {
        String query = "SELECT k, " + aggregates + " FROM t GROUP BY k";
        new QueryRun(query, rows, List.of(), Form.PLAIN).table(options);
        return QueryRun.emitted().stream().map(Row::toString).collect(Collectors.toList());
    }

    private static Row row(RowKind kind, int k, int v) {
        return Row.ofKind(kind, v, k, v, null);
    }
}
