// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random changes give the same final tables with our operators, with upstream's, and without
 * mini-batch: in bundles of various sizes, on RocksDB and on the heap.
 *
 * <p>{@code -Dfuzz.cases=5000} makes more of them, {@code -Dfuzz.seed=N} the same.
 */
class MiniBatchFuzzTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static final int CASES = Integer.getInteger("fuzz.cases", 25);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    private static final String AGGREGATES =
            "COUNT(*), COUNT(v), SUM(v), AVG(v), MIN(v), MAX(v), MAX(s), COUNT(DISTINCT s),"
                    + " COUNT(DISTINCT v), COUNT(DISTINCT v) FILTER (WHERE v > 2),"
                    + " SUM(DISTINCT v) FILTER (WHERE s IS NOT NULL)";

    private static final List<String> QUERIES =
            List.of(
                    "SELECT k, " + AGGREGATES + " FROM t GROUP BY k",
                    "SELECT " + AGGREGATES + " FROM t",
                    "SELECT k, s, COUNT(*), MAX(v) FROM t GROUP BY k, s",
                    "SELECT c, COUNT(*), MIN(k) FROM"
                            + " (SELECT k, COUNT(*) AS c FROM t GROUP BY k) GROUP BY c",
                    "SELECT k, COUNT(DISTINCT v), COUNT(DISTINCT s) FROM t GROUP BY k",
                    "SELECT DISTINCT k, v FROM t",
                    topN("k, n, v", "n <= 3"),
                    topN("k, id, v", "n <= 2"),
                    topN("k, n, v", "n BETWEEN 2 AND 4"),
                    topN("k, v", "n BETWEEN 2 AND 3"),
                    "SELECT k, n, COUNT(*) FROM (" + topN("k, n, v", "n <= 5") + ") GROUP BY k, n");

    /** Over a table that only grows; s and id make the order of rows certain, as far as seen. */
    private static String topN(String columns, String ranks) {
        return "SELECT "
                + columns
                + " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, s) AS n"
                + " FROM inserts) WHERE "
                + ranks;
    }

    @Test
    void tablesAreTheSame() throws Exception {
        System.out.println("fuzz.seed=" + SEED + " fuzz.cases=" + CASES);
        for (int i = 0; i < CASES; i++) {
            runCase(SEED + i);
        }
    }

    private static void runCase(long seed) throws Exception {
        Random random = new Random(seed);
        List<Row> changes = Changelog.random(random, 1 + random.nextInt(400));
        String query = QUERIES.get(random.nextInt(QUERIES.size()));
        Map<String, String> options = options(random);
        String name = "fuzz.seed=" + seed + " fuzz.cases=1: " + query + " " + options;

        Map<Row, Integer> expected = table(query, changes, Map.of());

        assertThat(table(query, changes, options)).as(name).isEqualTo(expected);
        options.put("pinterest.features", "none");
        assertThat(table(query, changes, options)).as("upstream's, " + name).isEqualTo(expected);
    }

    private static Map<String, String> options(Random random) {
        Map<String, String> options = new HashMap<>();
        options.put("table.exec.mini-batch.enabled", "true");
        options.put("table.exec.mini-batch.allow-latency", "1 h");
        options.put("table.exec.mini-batch.size", any(random, "1", "2", "3", "7", "50000"));
        options.put("state.backend.type", any(random, "rocksdb", "rocksdb", "hashmap"));
        options.put(
                "table.optimizer.agg-phase-strategy",
                any(random, "ONE_PHASE", "TWO_PHASE", "TWO_PHASE"));
        options.put("table.optimizer.distinct-agg.split.enabled", any(random, "true", "false"));
        options.put("table.exec.state.ttl", any(random, "0 s", "0 s", "1 d"));
        options.put("parallelism.default", any(random, "1", "2"));
        options.put("pipeline.object-reuse", any(random, "true", "false"));
        return options;
    }

    private static String any(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }

    /** The rows of a query's result, and how often each is there. */
    private static Map<Row, Integer> table(
            String query, List<Row> changes, Map<String, String> options) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(Configuration.fromMap(options));
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        options.forEach(tables.getConfig()::set);
        TypeInformation<Row> type =
                Types.ROW_NAMED(
                        new String[] {"id", "k", "v", "s"},
                        Types.INT,
                        Types.INT,
                        Types.INT,
                        Types.STRING);
        Schema schema =
                Schema.newBuilder()
                        .column("id", "INT")
                        .column("k", "INT")
                        .column("v", "INT")
                        .column("s", "STRING")
                        .build();
        tables.createTemporaryView(
                "t",
                tables.fromChangelogStream(
                        environment.fromData(type, changes.toArray(new Row[0])),
                        schema,
                        ChangelogMode.all()));
        tables.createTemporaryView(
                "inserts",
                tables.fromChangelogStream(
                        environment.fromData(
                                type,
                                changes.stream()
                                        .filter(row -> row.getKind() == RowKind.INSERT)
                                        .toArray(Row[]::new)),
                        schema,
                        ChangelogMode.insertOnly()));
        Map<Row, Integer> counts = new HashMap<>();
        CloseableIterator<Row> rows = tables.sqlQuery(query).execute().collect();
        while (rows.hasNext()) {
            Row row = rows.next();
            boolean isGone =
                    row.getKind() == RowKind.DELETE || row.getKind() == RowKind.UPDATE_BEFORE;
            row.setKind(RowKind.INSERT);
            counts.merge(row, isGone ? -1 : 1, Integer::sum);
        }
        rows.close();
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
