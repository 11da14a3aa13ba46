// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A query with its tables, its sink and its options; compiled once, it runs over many histories.
 */
final class SqlCase {

    /** The batch plan as it can run in a thread; the runtime decides nothing in it. */
    private static final Map<String, String> BATCH =
            Map.of(
                    "jobmanager.scheduler", "Default",
                    "execution.batch-shuffle-mode", "ALL_EXCHANGES_PIPELINED",
                    "table.optimizer.multiple-input-enabled", "false",
                    "table.optimizer.adaptive-broadcast-join.strategy", "none",
                    "table.optimizer.skewed-join-optimization.strategy", "none");

    private static final Configuration ROCKSDB =
            Configuration.fromMap(Map.of("state.backend.rocksdb.memory.managed", "false"));

    private final List<InputTable> tables;
    private final String query;
    private final Set<String> forms;
    private final List<String> key;
    private final Changes changes;
    private final boolean isOneRowOfNothing;
    private final Map<String, String> options;

    private String sink;
    private LogicalType[] types;
    private int[] keyIndexes;
    private LocalJob streaming;
    private LocalJob batch;

    private SqlCase(
            List<InputTable> tables,
            String query,
            Set<String> forms,
            List<String> key,
            Changes changes,
            Map<String, String> options) {
        this.tables = tables;
        this.query = query;
        this.forms = forms;
        this.key = key;
        this.changes = changes;
        this.isOneRowOfNothing = forms.contains("group by nothing");
        this.options = options;
    }

    /** A random case, not compiled. */
    static SqlCase random(long seed) {
        Random random = Rows.random(seed);
        QueryGenerator generator = new QueryGenerator(random);
        Relation query = generator.query();
        List<Set<String>> keys = query.keys();
        boolean isKeyed = !keys.isEmpty() && random.nextInt(3) > 0;
        List<String> key =
                isKeyed ? new ArrayList<>(keys.get(random.nextInt(keys.size()))) : List.of();
        Changes[] keyed = {
            Changes.UPSERTS, Changes.UPSERTS, Changes.UPSERTS_WITH_KEYS_DELETED, Changes.ALL
        };
        Changes changes = isKeyed ? keyed[random.nextInt(keyed.length)] : Changes.ALL;
        Set<String> words = new TreeSet<>(Arrays.asList(query.sql().split("[ ()]+")));
        List<InputTable> read =
                generator.tables().stream()
                        .filter(table -> words.contains(table.name()))
                        .collect(Collectors.toList());
        return new SqlCase(
                read,
                query.sql(),
                generator.forms(),
                key,
                changes,
                SqlOptions.random(random, read));
    }

    SqlCase with(Map<String, String> others) {
        return new SqlCase(tables, query, forms, key, changes, new TreeMap<>(others));
    }

    SqlCase withoutKey() {
        return new SqlCase(tables, query, forms, List.of(), Changes.ALL, options);
    }

    Map<String, String> options() {
        return options;
    }

    Set<String> forms() {
        return forms;
    }

    boolean isKeyed() {
        return !key.isEmpty();
    }

    History history(long seed) {
        return History.random(tables, Rows.random(seed * 31 + 7));
    }

    /** The operators of the streaming job. */
    List<String> operators() {
        return streaming.operators();
    }

    /** Compiles both plans. */
    void compile() {
        streaming = compile(false);
        batch = compile(true);
    }

    private LocalJob compile(boolean isBatch) {
        StreamExecutionEnvironment environment = environment(isBatch);
        return new LocalJob(graph(environment, isBatch), environment.getConfig(), isBatch);
    }

    private JobGraph graph(StreamExecutionEnvironment environment, boolean isBatch) {
        planned(environment, isBatch).attachAsDataStream();
        return environment.getStreamGraph().getJobGraph();
    }

    /** The streaming plan. */
    String plan() {
        return plan(false);
    }

    /** The plan of the query that gives the expected result. */
    String batchPlan() {
        return plan(true);
    }

    private String plan(boolean isBatch) {
        return planned(environment(isBatch), isBatch)
                .explain(ExplainDetail.CHANGELOG_MODE)
                .replaceAll("(?s).*== Optimized Physical Plan ==\n|\n== Optimized Exec.*", "");
    }

    private StreamExecutionEnvironment environment(boolean isBatch) {
        Map<String, String> all = new TreeMap<>(isBatch ? BATCH : options);
        all.put("parallelism.default", "1");
        all.put("table.exec.sink.not-null-enforcer", "DROP");
        all.put("table.exec.sink.require-on-conflict", "false");
        Configuration configuration = Configuration.fromMap(all);
        configuration.set(
                ExecutionOptions.RUNTIME_MODE,
                isBatch ? RuntimeExecutionMode.BATCH : RuntimeExecutionMode.STREAMING);
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    }

    private StreamStatementSet planned(StreamExecutionEnvironment environment, boolean isBatch) {
        StreamTableEnvironment planner =
                StreamTableEnvironment.create(
                        environment,
                        isBatch
                                ? EnvironmentSettings.inBatchMode()
                                : EnvironmentSettings.inStreamingMode());
        tables.forEach(table -> planner.executeSql(table.ddl()));
        if (sink == null) {
            describeSink(planner);
        }
        planner.executeSql(sink);
        StreamStatementSet statements = planner.createStatementSet();
        statements.addInsertSql("INSERT INTO sink " + query);
        return statements;
    }

    private void describeSink(StreamTableEnvironment planner) {
        List<String> columns = new ArrayList<>();
        List<LogicalType> all = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        planner.sqlQuery(query)
                .getResolvedSchema()
                .getColumns()
                .forEach(
                        column -> {
                            boolean isKey = key.contains(column.getName());
                            LogicalType type = column.getDataType().getLogicalType().copy(!isKey);
                            if (isKey) {
                                indexes.add(all.size());
                            }
                            all.add(type);
                            columns.add(column.getName() + " " + type.asSerializableString());
                        });
        if (isKeyed()) {
            columns.add("PRIMARY KEY (" + String.join(", ", key) + ") NOT ENFORCED");
        }
        sink =
                "CREATE TABLE sink ("
                        + String.join(", ", columns)
                        + ") WITH ('connector' = '"
                        + OracleTableFactory.NAME
                        + "', 'changes' = '"
                        + changes
                        + "')";
        types = all.toArray(new LogicalType[0]);
        keyIndexes = indexes.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Compares the results of a history.
     *
     * @return what is different; null for nothing
     */
    @Nullable
    Difference compare(History history) {
        ResultTable actual = resultTable();
        Map<InputTable, Collection<RowData>> last;
        try (LocalJob.Run run = streaming.start(this::stateBackend)) {
            last = feed(history, run);
            actual.addAll(run.finish());
        } catch (Exception | LinkageError e) {
            return Difference.failure("streaming", e);
        }
        ResultTable expected = resultTable();
        try (LocalJob.Run run = batch.start(HashMapStateBackend::new)) {
            for (Map.Entry<InputTable, Collection<RowData>> table : last.entrySet()) {
                for (RowData row : table.getValue()) {
                    run.feed(table.getKey().name(), row);
                }
            }
            expected.addAll(run.finish());
        } catch (Exception | LinkageError e) {
            return Difference.failure("batch", e);
        }
        if (isOneRowOfNothing && actual.isEmpty() && expected.isOneRowOfNothing()) {
            return null;
        }
        return Difference.between(expected, actual);
    }

    private static Map<InputTable, Collection<RowData>> feed(History history, LocalJob.Run run)
            throws Exception {
        return history.feed(
                new History.Feed() {
                    @Override
                    public void change(InputTable table, RowData row) throws Exception {
                        run.feed(table.name(), row);
                    }

                    @Override
                    public void tick() throws Exception {
                        run.advance(History.TICK_MILLIS);
                    }
                });
    }

    /** The streaming result as {@link LocalJob} makes it. */
    ResultTable streamingResult(History history) throws Exception {
        ResultTable result = resultTable();
        try (LocalJob.Run run = streaming.start(this::stateBackend)) {
            feed(history, run);
            result.addAll(run.finish());
        }
        return result;
    }

    /** The streaming result as a cluster makes it; of several tables in any order. */
    ResultTable streamingResult(History history, MiniCluster cluster) throws Exception {
        OracleTableFactory.RESULTS.clear();
        OracleTableFactory.ROWS.clear();
        history.feed(
                new History.Feed() {
                    @Override
                    public void change(InputTable table, RowData row) {
                        OracleTableFactory.ROWS
                                .computeIfAbsent(table.name(), any -> new ArrayList<>())
                                .add(row);
                    }

                    @Override
                    public void tick() {}
                });
        cluster.executeJobBlocking(graph(environment(false), false));
        ResultTable result = resultTable();
        result.addAll(OracleTableFactory.RESULTS);
        return result;
    }

    private ResultTable resultTable() {
        return new ResultTable(types, changes.areByKey() ? keyIndexes : null);
    }

    private StateBackend stateBackend() {
        return "rocksdb".equals(options.get(SqlOptions.STATE_BACKEND))
                ? new EmbeddedRocksDBStateBackend(true)
                        .configure(ROCKSDB, SqlCase.class.getClassLoader())
                : new HashMapStateBackend();
    }

    /** Everything that is needed to do it again by hand. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        tables.forEach(table -> text.append("  ").append(table.ddl()).append(";\n"));
        text.append("  ").append(sink).append(";\n");
        text.append("  INSERT INTO sink ").append(query).append(";\n");
        options.forEach(
                (option, value) ->
                        text.append("  SET '")
                                .append(option)
                                .append("' = '")
                                .append(value)
                                .append("';\n"));
        return text.toString();
    }
}
