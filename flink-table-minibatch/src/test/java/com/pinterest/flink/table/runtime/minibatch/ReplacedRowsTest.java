// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.QueryRun.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Joins of inputs that replace rows by their unique key, without a retraction: the sink has a key,
 * so the planner leaves out what was before an update (FLINK-40681).
 */
class ReplacedRowsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    private static final String LEFT = "SELECT t.id, t.v, u.v FROM t LEFT JOIN u ON u.id = t.id";
    private static final String RIGHT = "SELECT t.id, t.v, u.v FROM u RIGHT JOIN t ON u.id = t.id";
    private static final String EXISTS =
            "SELECT id, v FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id%s)";
    private static final String NOT_EXISTS =
            "SELECT id, v FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id%s)";
    private static final String INNER = "SELECT t.id, t.v, u.v FROM t JOIN u ON u.id = t.id";
    private static final String LESS = " AND t.v < u.v";
    private static final String TWICE = " LEFT JOIN u AS w ON w.id = t.id AND t.v < w.v";

    private static Stream<Map<String, String>> settings() {
        return Stream.of(
                Map.of(),
                Map.of("state.backend.type", "rocksdb"),
                Map.of("pinterest.features", "none"),
                Map.of(
                        "table.exec.async-state.enabled", "true",
                        "state.backend.type", "forst"),
                Map.of("table.optimizer.multi-join.enabled", "true"),
                bundles(1),
                bundles(1, "state.backend.type", "rocksdb"),
                bundles(100),
                bundles(100, "state.backend.type", "rocksdb"),
                bundles(100, "table.optimizer.multi-join.enabled", "true"),
                bundles(1, MiniBatchOptions.JOIN.key(), "false"),
                bundles(100, "pinterest.features", "none"));
    }

    private static Map<String, String> bundles(int size, String... more) {
        Map<String, String> options = new HashMap<>();
        options.put("table.exec.mini-batch.enabled", "true");
        options.put("table.exec.mini-batch.allow-latency", "1 h");
        options.put("table.exec.mini-batch.size", String.valueOf(size));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rowThatWasReplacedIsDeletedOnce(Map<String, String> options) throws Exception {
        List<Row> t = changes(10);
        List<Row> u = changes(20, 30, null);

        assertThat(table(LEFT, t, u, options)).containsExactly(Row.of(1, 10, null));
        assertThat(table(RIGHT, t, u, options)).containsExactly(Row.of(1, 10, null));
        assertThat(table(String.format(NOT_EXISTS, ""), t, u, options))
                .containsExactly(Row.of(1, 10));
        assertThat(table(String.format(EXISTS, ""), t, u, options)).isEmpty();
        assertThat(table(INNER, t, u, options)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rowThatReplacesAnotherMayMatchNoLonger(Map<String, String> options) throws Exception {
        List<Row> t = changes(10);
        List<Row> u = changes(20, 5);

        assertThat(table(INNER + LESS, t, u, options)).isEmpty();
        assertThat(table(LEFT + LESS, t, u, options)).containsExactly(Row.of(1, 10, null));
        assertThat(table(RIGHT + LESS, t, u, options)).containsExactly(Row.of(1, 10, null));
        assertThat(table(String.format(NOT_EXISTS, LESS), t, u, options))
                .containsExactly(Row.of(1, 10));
        assertThat(table(String.format(EXISTS, LESS), t, u, options)).isEmpty();
    }

    /** Now it is the input that outer, semi and anti joins keep that replaces its row. */
    @ParameterizedTest
    @MethodSource("settings")
    void rowOfTheKeptInputMayBeReplaced(Map<String, String> options) throws Exception {
        List<Row> t = changes(10, 30);
        List<Row> u = changes(20);

        assertThat(table(INNER + LESS, t, u, options)).isEmpty();
        assertThat(table(LEFT + LESS, t, u, options)).containsExactly(Row.of(1, 30, null));
        assertThat(table(LEFT, t, u, options)).containsExactly(Row.of(1, 30, 20));
        assertThat(table(String.format(NOT_EXISTS, LESS), t, u, options))
                .containsExactly(Row.of(1, 30));
        assertThat(table(String.format(EXISTS, LESS), t, u, options)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void joinsOfThreeInputsReplaceRows(Map<String, String> options) throws Exception {
        String query = "SELECT t.id, t.v, u.v, w.v FROM t LEFT JOIN u ON u.id = t.id" + TWICE;

        assertThat(table(query, changes(10), changes(20, 5), options))
                .containsExactly(Row.of(1, 10, 5, null));
        assertThat(table(query, changes(10), changes(20, 30, null), options))
                .containsExactly(Row.of(1, 10, null, null));
        assertThat(table(query, changes(10, 30), changes(20), options))
                .containsExactly(Row.of(1, 30, 20, null));
    }

    private static List<Row> table(
            String query, List<Row> t, List<Row> u, Map<String, String> options) throws Exception {
        Map<String, String> all = new HashMap<>(options);
        all.put("parallelism.default", "1");
        return new QueryRun(query, t, u, Form.KEYED).tableByKey(all, "id");
    }

    /** A row with the id 1 whose value changes; null deletes it. */
    private static List<Row> changes(Integer... values) {
        Stream.Builder<Row> changes = Stream.builder();
        for (int i = 0; i < values.length; i++) {
            Integer before = i == 0 ? null : values[i - 1];
            if (before != null) {
                changes.add(
                        row(values[i] == null ? RowKind.DELETE : RowKind.UPDATE_BEFORE, before));
            }
            if (values[i] != null) {
                changes.add(row(i == 0 ? RowKind.INSERT : RowKind.UPDATE_AFTER, values[i]));
            }
        }
        return changes.build().collect(Collectors.toList());
    }

    private static Row row(RowKind kind, int value) {
        return Row.ofKind(kind, 1, 7, value, null);
    }
}
