// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first row of a key changes when a smaller one comes, and all that is over it follows. Only
 * the first row by one time attribute stays.
 */
class FirstRowChangesTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    /** A row of the table. The row time is the time in milliseconds. */
    private static final class Event {
        private final String id;
        private final String name;
        private final long time;
        private final long number;
        private final int amount;

        Event(String id, String name, long time, long number, int amount) {
            this.id = id;
            this.name = name;
            this.time = time;
            this.number = number;
            this.amount = amount;
        }
    }

    /** Each order has a key whose first row changes. */
    private static final List<Event> EVENTS =
            List.of(
                    new Event("a", "a-old", 10, 1, 7),
                    new Event("b", "b-old", 4, 9, 1),
                    new Event("a", "a-first", 5, 2, 3),
                    new Event("a", "a-last", 10, 3, 2),
                    new Event("b", "b-first", 4, 8, 5),
                    new Event("c", "c", 6, 4, 4));

    /** Orders by other than one time attribute. */
    @SuppressWarnings("ImmutableEnumChecker") // Comparators without state.
    enum Order {
        TIME("ts ASC", byTime()),
        TIME_BACKWARDS("ts DESC", byTime().reversed()),
        TWO_COLUMNS("ts ASC, seq ASC", byTimeAndNumber()),
        TWO_COLUMNS_BACKWARDS("ts DESC, seq DESC", byTimeAndNumber().reversed()),
        ROW_TIME_AND_COLUMN("rt ASC, seq ASC", byTimeAndNumber()),
        ROW_TIME_AND_COLUMN_BACKWARDS("rt DESC, seq DESC", byTimeAndNumber().reversed());

        private final String sql;
        private final Comparator<Event> comparator;

        Order(String sql, Comparator<Event> comparator) {
            this.sql = sql;
            this.comparator = comparator;
        }

        private static Comparator<Event> byTime() {
            return Comparator.comparingLong(event -> event.time);
        }

        private static Comparator<Event> byTimeAndNumber() {
            return byTime().thenComparingLong(event -> event.number);
        }

        /** The first row of each key; of equal ones, that which came first. */
        private Collection<Event> firstRows() {
            Map<String, Event> first = new LinkedHashMap<>();
            for (Event event : EVENTS) {
                first.merge(
                        event.id,
                        event,
                        (old, now) -> comparator.compare(now, old) < 0 ? now : old);
            }
            return first.values();
        }
    }

    private static Stream<Arguments> ordersAndMiniBatch() {
        return Stream.of(Order.values())
                .flatMap(
                        order ->
                                Stream.of(false, true)
                                        .map(miniBatch -> Arguments.of(order, miniBatch)));
    }

    private static String firstRows(String order) {
        return "(SELECT id, name, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY "
                + order
                + ") AS n FROM t) WHERE n = 1)";
    }

    @ParameterizedTest
    @MethodSource("ordersAndMiniBatch")
    void aggregationsOverFirstRows(Order order, boolean miniBatch) throws Exception {
        String query =
                "SELECT COUNT(*), SUM(amount), MIN(amount), MAX(amount), MAX(name) FROM "
                        + firstRows(order.sql);

        List<Row> result = table(query, miniBatch);

        Collection<Event> first = order.firstRows();
        List<Integer> amounts =
                first.stream().map(event -> event.amount).collect(Collectors.toList());
        assertThat(result)
                .containsExactly(
                        Row.of(
                                (long) first.size(),
                                amounts.stream().mapToInt(amount -> amount).sum(),
                                amounts.stream().min(Integer::compare).orElseThrow(),
                                amounts.stream().max(Integer::compare).orElseThrow(),
                                first.stream()
                                        .map(event -> event.name)
                                        .max(String::compareTo)
                                        .orElseThrow()));
    }

    @ParameterizedTest
    @MethodSource("ordersAndMiniBatch")
    void countOfEachNameOfFirstRows(Order order, boolean miniBatch) throws Exception {
        String query = "SELECT name, COUNT(*) FROM " + firstRows(order.sql) + " GROUP BY name";

        List<Row> result = table(query, miniBatch);

        assertThat(result)
                .containsExactlyInAnyOrderElementsOf(
                        order.firstRows().stream()
                                .map(event -> Row.of(event.name, 1L))
                                .collect(Collectors.toList()));
    }

    @ParameterizedTest
    @MethodSource("ordersAndMiniBatch")
    void joinOfFirstRows(Order order, boolean miniBatch) throws Exception {
        String query =
                "SELECT f.id, f.name, u.name FROM "
                        + firstRows(order.sql)
                        + " AS f JOIN t AS u ON f.amount = u.amount";

        List<Row> result = table(query, miniBatch);

        assertThat(result)
                .containsExactlyInAnyOrderElementsOf(
                        order.firstRows().stream()
                                .map(event -> Row.of(event.id, event.name, event.name))
                                .collect(Collectors.toList()));
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void rankEmitsAllChanges(Order order) {
        String query = "SELECT COUNT(*) FROM " + firstRows(order.sql);

        assertThat(changes(query, false, "Rank(")).isEqualTo("[I,UB,UA,D]");
    }

    /** Also with mini-batch, where the official release has this wrong, too. */
    @ParameterizedTest
    @MethodSource("ordersAndMiniBatch")
    void maximumOverFirstRowsTakesBack(Order order, boolean miniBatch) {
        String query = "SELECT MAX(amount) FROM " + firstRows(order.sql);

        assertThat(plan(query, miniBatch)).contains("MAX_RETRACT(amount)");
    }

    /** As in the official release: there the row that came first is the first for good. */
    @ParameterizedTest
    @MethodSource("timeAttributes")
    void firstRowByOneTimeAttributeEmitsInsertsOnly(String order) {
        String query = "SELECT COUNT(*), MAX(amount) FROM " + firstRows(order);
        String plan = plan(query, false);

        assertThat(changes(query, false, "Rank(")).isEqualTo("[I]");
        assertThat(plan).contains("Deduplicate(keep=[FirstRow]").contains("MAX(amount)");
    }

    private static Stream<String> timeAttributes() {
        return Stream.of("rt ASC", "pt ASC");
    }

    @Test
    void lastRowByRowTimeEmitsUpdates() {
        String query = "SELECT COUNT(*) FROM " + firstRows("rt DESC");

        assertThat(changes(query, false, "Rank(")).isEqualTo("[I,UB,UA,D]");
        assertThat(plan(query, false)).contains("Deduplicate(keep=[LastRow]");
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void sinkThatOnlyTakesInsertsIsRefused(Order order) {
        StreamTableEnvironment tables = tables(false);

        assertThatThrownBy(
                        () ->
                                tables.toDataStream(
                                        tables.sqlQuery("SELECT * FROM " + firstRows(order.sql))))
                .isInstanceOf(TableException.class)
                .hasMessageContaining("doesn't support consuming update and delete changes")
                .hasMessageContaining("Rank(");
    }

    @Test
    void sinkThatOnlyTakesInsertsTakesTheFirstRowByRowTime() {
        StreamTableEnvironment tables = tables(false);

        assertThat(tables.toDataStream(tables.sqlQuery("SELECT * FROM " + firstRows("rt ASC"))))
                .isNotNull();
    }

    private static String plan(String query, boolean miniBatch) {
        return tables(miniBatch).explainSql(query, ExplainDetail.CHANGELOG_MODE);
    }

    /** The changes that a node of the physical plan emits. */
    private static String changes(String query, boolean miniBatch, String node) {
        String physical = plan(query, miniBatch).split("== Optimized Execution Plan ==", -1)[0];
        String line =
                physical.lines().filter(each -> each.contains(node)).findFirst().orElseThrow();
        return line.substring(line.indexOf("changelogMode=[") + "changelogMode=".length())
                .split("]", -1)[0]
                .concat("]");
    }

    private static StreamTableEnvironment tables(boolean miniBatch) {
        Configuration configuration = new Configuration();
        configuration.setString("restart-strategy.type", "none");
        configuration.setString("parallelism.default", "1");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setRuntimeMode(RuntimeExecutionMode.STREAMING);
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        tables.getConfig().set("table.exec.mini-batch.enabled", String.valueOf(miniBatch));
        tables.getConfig().set("table.exec.mini-batch.allow-latency", "1 h");
        tables.getConfig().set("table.exec.mini-batch.size", "2");
        List<Row> rows = new ArrayList<>();
        for (Event event : EVENTS) {
            rows.add(
                    Row.of(
                            event.id,
                            event.name,
                            event.time,
                            event.number,
                            event.amount,
                            Instant.ofEpochMilli(event.time)));
        }
        tables.createTemporaryView(
                "t",
                tables.fromDataStream(
                        environment.fromData(
                                rows,
                                Types.ROW_NAMED(
                                        new String[] {"id", "name", "ts", "seq", "amount", "rt"},
                                        Types.STRING,
                                        Types.STRING,
                                        Types.LONG,
                                        Types.LONG,
                                        Types.INT,
                                        Types.INSTANT)),
                        Schema.newBuilder()
                                .column("id", "STRING")
                                .column("name", "STRING")
                                .column("ts", "BIGINT")
                                .column("seq", "BIGINT")
                                .column("amount", "INT")
                                .column("rt", "TIMESTAMP_LTZ(3)")
                                .columnByExpression("pt", "PROCTIME()")
                                .watermark("rt", "rt - INTERVAL '1' MINUTE")
                                .build()));
        return tables;
    }

    /** The rows that are there when all changes of the result have been made. */
    private static List<Row> table(String query, boolean miniBatch) throws Exception {
        List<Row> rows = new ArrayList<>();
        try (CloseableIterator<Row> changes = tables(miniBatch).executeSql(query).collect()) {
            while (changes.hasNext()) {
                Row change = changes.next();
                RowKind kind = change.getKind();
                change.setKind(RowKind.INSERT);
                if (kind == RowKind.INSERT || kind == RowKind.UPDATE_AFTER) {
                    rows.add(change);
                } else {
                    assertThat(rows.remove(change)).as("%s was there", change).isTrue();
                }
            }
        }
        return rows;
    }
}
