// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** A query over two tables of random changes, run in one piece or over a savepoint. */
final class QueryRun {

    /** How the planner gets a table. */
    enum Form {
        /** All changes, without a key. */
        PLAIN,
        /** All changes, with the id as key. */
        KEYED,
        /** With the id as key, updates without what was before. */
        UPSERTS
    }

    /** What was emitted, in order; static, as functions are copied. */
    private static final List<Row> EMITTED = Collections.synchronizedList(new ArrayList<>());

    private static final int NEVER = -1;

    private final String query;
    private final List<Row> left;
    private final List<Row> right;
    private final Form form;

    /**
     * Prepares runs.
     *
     * @param query over the tables t and u, and over inserts, a part of t that only grows
     */
    QueryRun(String query, List<Row> left, List<Row> right, Form form) {
        this.query = query;
        this.left = left;
        this.right = right;
        this.form = form;
    }

    /** The rows of the result, and how often each is there. */
    Map<Row, Integer> table(Map<String, String> options) throws Exception {
        EMITTED.clear();
        environment(options, NEVER, null).execute();
        return result();
    }

    /**
     * The same over a savepoint.
     *
     * @param pause at how many changes of each table it is taken
     * @param then the options with which the query goes on from it
     * @param format of the savepoint
     * @param cluster that runs it
     */
    Map<Row, Integer> table(
            Map<String, String> options,
            int pause,
            Map<String, String> then,
            SavepointFormatType format,
            Path directory,
            MiniCluster cluster)
            throws Exception {
        EMITTED.clear();
        CountDownLatch paused = ChangelogSource.awaitPauses(sources());
        JobClient job = environment(options, pause, null).executeAsync();
        assertThat(paused.await(5, TimeUnit.MINUTES)).isTrue();
        CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
        String savepoint =
                job.stopWithSavepoint(false, directory.toString(), format).get(5, TimeUnit.MINUTES);
        environment(then, NEVER, savepoint).execute();
        return result();
    }

    /**
     * The rows of the result in a sink with a key, whose last change counts for each: what was
     * before an update is left out of such a plan where that is possible.
     *
     * @param key the columns of the key, the first ones of the query
     */
    List<Row> tableByKey(Map<String, String> options, String... key) throws Exception {
        EMITTED.clear();
        StreamExecutionEnvironment environment = environment(options, null);
        StreamTableEnvironment tables = tables(environment, options, NEVER);
        Schema schema = Schema.newBuilder().primaryKey(key).build();
        collect(tables.toChangelogStream(tables.sqlQuery(query), schema, ChangelogMode.upsert()));
        environment.execute();
        Map<List<Object>, Row> last = new HashMap<>();
        for (Row row : EMITTED) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < key.length; i++) {
                values.add(row.getField(i));
            }
            if (isGone(row)) {
                last.remove(values);
            } else {
                row.setKind(RowKind.INSERT);
                last.put(values, row);
            }
        }
        return List.copyOf(last.values());
    }

    /** The job, not run. */
    StreamGraph graph(Map<String, String> options) {
        return environment(options, NEVER, null).getStreamGraph();
    }

    /** What the last run has emitted, in order. */
    static List<Row> emitted() {
        return List.copyOf(EMITTED);
    }

    private static Map<Row, Integer> result() {
        Map<Row, Integer> counts = new HashMap<>();
        EMITTED.forEach(row -> count(row, counts));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /**
     * Checks that the last run retracted no row that was not there. To be called for runs of our
     * operators: upstream's ranks with an offset do not hold to it, even row by row.
     */
    void assertStreamIsValid(String name) {
        Map<Row, Integer> counts = new HashMap<>();
        for (Row row : EMITTED) {
            assertThat(count(row, counts)).as("%s, after %s, %s", query, row, name).isNotNegative();
        }
    }

    /** Counts a change of a row; how often the row is there then. */
    private static int count(Row change, Map<Row, Integer> counts) {
        Row plain = Row.copy(change);
        plain.setKind(RowKind.INSERT);
        return counts.merge(plain, isGone(change) ? -1 : 1, Integer::sum);
    }

    private static boolean isGone(Row change) {
        return change.getKind() == RowKind.DELETE || change.getKind() == RowKind.UPDATE_BEFORE;
    }

    /** How many sources the query has. */
    private int sources() {
        boolean hasTwo = query.matches(".*\\bt\\b.*") && query.matches(".*\\bu\\b.*");
        return hasTwo ? 2 : 1;
    }

    private StreamExecutionEnvironment environment(
            Map<String, String> options, int pause, @Nullable String savepoint) {
        StreamExecutionEnvironment environment = environment(options, savepoint);
        StreamTableEnvironment tables = tables(environment, options, pause);
        collect(tables.toChangelogStream(tables.sqlQuery(query)));
        return environment;
    }

    private static StreamExecutionEnvironment environment(
            Map<String, String> options, @Nullable String savepoint) {
        Configuration configuration = Configuration.fromMap(options);
        configuration.setString("restart-strategy.type", "none");
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    }

    private StreamTableEnvironment tables(
            StreamExecutionEnvironment environment, Map<String, String> options, int pause) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        options.forEach(tables.getConfig()::set);
        createTable(tables, environment, "t", left, form, pause);
        createTable(tables, environment, "u", right, form, pause);
        List<Row> inserts =
                left.stream()
                        .filter(row -> row.getKind() == RowKind.INSERT)
                        .collect(Collectors.toList());
        createTable(tables, environment, "inserts", inserts, null, pause);
        return tables;
    }

    private static void collect(DataStream<Row> changes) {
        changes.map(new Note()).setParallelism(1).sinkTo(new DiscardingSink<>());
    }

    @SuppressWarnings("deprecation")
    private static void createTable(
            StreamTableEnvironment tables,
            StreamExecutionEnvironment environment,
            String name,
            List<Row> changes,
            @Nullable Form form,
            int pause) {
        TypeInformation<Row> type =
                Types.ROW_NAMED(
                        new String[] {"id", "k", "v", "s"},
                        Types.INT,
                        Types.INT,
                        Types.INT,
                        Types.STRING);
        Schema.Builder schema =
                Schema.newBuilder()
                        .column("id", "INT NOT NULL")
                        .column("k", "INT")
                        .column("v", "INT")
                        .column("s", "STRING");
        if (form == Form.KEYED || form == Form.UPSERTS) {
            schema.primaryKey("id");
        }
        List<Row> emitted =
                form == Form.UPSERTS
                        ? changes.stream()
                                .filter(row -> row.getKind() != RowKind.UPDATE_BEFORE)
                                .collect(Collectors.toList())
                        : changes;
        tables.createTemporaryView(
                name,
                tables.fromChangelogStream(
                        environment
                                .addSource(
                                        new ChangelogSource(
                                                emitted,
                                                pause == NEVER
                                                        ? NEVER
                                                        : Math.min(pause, emitted.size())),
                                        type)
                                .setParallelism(1),
                        schema.build(),
                        form == null
                                ? ChangelogMode.insertOnly()
                                : form == Form.UPSERTS
                                        ? ChangelogMode.upsert()
                                        : ChangelogMode.all()));
    }

    /** Notes what is emitted. */
    private static final class Note implements MapFunction<Row, Row> {

        private static final long serialVersionUID = 1L;

        @Override
        public Row map(Row row) {
            EMITTED.add(Row.copy(row));
            return row;
        }
    }
}
