// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The first rows of keys by processing time are those of the planner's own deduplication. */
class FirstRowsTest {

    private static final Map<String, String> ON =
            Map.of(
                    "table.exec.deduplicate.fingerprints.enabled",
                    "true",
                    "table.exec.state.ttl",
                    "1 h");
    private static final Map<String, String> OFF = Map.of("table.exec.state.ttl", "1 h");

    private static final TypeInformation<Row> ROW =
            Types.ROW_NAMED(new String[] {"k", "s", "v"}, Types.INT, Types.STRING, Types.LONG);

    private static final int ROWS = 20_000;

    /** The rows that passed in all runs of the job with a savepoint. */
    private static final ConcurrentLinkedQueue<Row> passed = new ConcurrentLinkedQueue<>();

    private static final AtomicLong read = new AtomicLong();

    private static volatile long limit;
    private static volatile CountDownLatch limitReached = new CountDownLatch(1);

    @TempDir Path directory;

    // ------------------------------------------------------------------ plans

    @Test
    void firstRowByProcessingTimeIsOursIfAskedFor() {
        assertThat(hasOurs(query("p ASC"), ON)).isTrue();
        assertThat(description(query("p ASC"), ON)).contains("Deduplicate", "[fingerprints]");
    }

    @Test
    void firstRowIsUpstreamsByDefaultAndWithoutTtl() {
        assertThat(hasOurs(query("p ASC"), OFF)).isFalse();
        assertThat(hasOurs(query("p ASC"), Map.of())).isFalse();
        assertThat(
                        hasOurs(
                                query("p ASC"),
                                Map.of("table.exec.deduplicate.fingerprints.enabled", "true")))
                .isFalse();
        assertThat(hasOurs(query("p ASC"), with(ON, "pinterest.features", "none"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"p DESC", "t ASC", "t DESC", "v ASC"})
    void otherOrdersAreUpstreams(String order) {
        assertThat(hasOurs(query(order), ON)).isFalse();
    }

    // ------------------------------------------------------------------ results

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 1, false", "3, 2, false", "4, 2, true", "5, 3, true"})
    void resultIsThatOfUpstream(long seed, int parallelism, boolean miniBatch) throws Exception {
        // given rows of a single source, so that it is determined which one is first
        List<Row> rows = randomRows(new Random(seed));
        Map<String, String> more =
                miniBatch
                        ? Map.of(
                                "table.exec.mini-batch.enabled", "true",
                                "table.exec.mini-batch.allow-latency", "1 s",
                                "table.exec.mini-batch.size", "500")
                        : Map.of();

        // when
        List<Row> upstreams = result(rows, parallelism, with(OFF, more));
        List<Row> ours = result(rows, parallelism, with(ON, more));

        // then
        assertThat(upstreams).isNotEmpty().hasSizeLessThan(ROWS);
        assertThat(ours).containsExactlyInAnyOrderElementsOf(upstreams);
        assertThat(ours).containsExactlyInAnyOrderElementsOf(firstRows(rows));
    }

    /** Keys of two columns, either of which may be null. */
    private static List<Row> randomRows(Random random) {
        int keys = 1 + random.nextInt(ROWS);
        List<Row> rows = new ArrayList<>();
        for (long i = 0; i < ROWS; i++) {
            int key = random.nextInt(keys);
            rows.add(
                    Row.of(
                            key % 10 == 0 ? null : key % 100,
                            key % 7 == 0 ? null : "key " + key / 100,
                            i));
        }
        return rows;
    }

    private static List<Row> firstRows(List<Row> rows) {
        Map<List<Object>, Row> first = new LinkedHashMap<>();
        for (Row row : rows) {
            List<Object> key = new ArrayList<>();
            key.add(row.getField(0));
            key.add(row.getField(1));
            first.putIfAbsent(key, row);
        }
        return List.copyOf(first.values());
    }

    private static List<Row> result(List<Row> rows, int parallelism, Map<String, String> options)
            throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism);
        List<Row> results = new ArrayList<>();
        try (CloseableIterator<Row> iterator =
                unique(environment, environment.fromData(rows, ROW), query("p ASC"), options)
                        .executeAndCollect()) {
            // Names of columns would count.
            iterator.forEachRemaining(
                    row -> results.add(Row.of(row.getField(0), row.getField(1), row.getField(2))));
        }
        return results;
    }

    // ------------------------------------------------------------------ savepoints

    @ParameterizedTest
    @CsvSource({"hashmap, CANONICAL", "rocksdb, CANONICAL", "rocksdb, NATIVE"})
    void goesOnFromASavepoint(String backend, SavepointFormatType format) throws Exception {
        passed.clear();
        String savepoint = runUntilSavepoint(backend, format, ON);

        run(backend, 3, ON, savepoint);

        assertThat(passed).hasSize(KEYS);
        assertThat(passed).extracting(row -> row.getField(0)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"hashmap, CANONICAL", "rocksdb, CANONICAL", "rocksdb, NATIVE"})
    void stateOfTheOtherOperatorIsRefused(String backend, SavepointFormatType format)
            throws Exception {
        String ofOurs = runUntilSavepoint(backend, format, ON);
        String ofUpstreams = runUntilSavepoint(backend, format, OFF);

        assertThatThrownBy(() -> run(backend, 2, OFF, ofOurs))
                .hasStackTraceContaining("must be compatible with the previous")
                .hasStackTraceContaining("table.exec.deduplicate.fingerprints.enabled = true");
        assertThatThrownBy(() -> run(backend, 2, ON, ofUpstreams))
                .hasStackTraceContaining("must be compatible with the previous")
                .hasStackTraceContaining("table.exec.deduplicate.fingerprints.enabled = true");
    }

    private static final int KEYS = 3_000;

    private String runUntilSavepoint(
            String backend, SavepointFormatType format, Map<String, String> options)
            throws Exception {
        read.set(0);
        limitReached = new CountDownLatch(1);
        limit = ROWS / 2;
        StreamExecutionEnvironment environment = environment(backend, 2, null);
        numbersInto(environment, options);
        JobClient job = environment.executeAsync();
        limitReached.await();
        return stop(job, format);
    }

    /** Stops a job with a savepoint, as soon as all of its tasks run. */
    private String stop(JobClient job, SavepointFormatType format) throws Exception {
        while (true) {
            try {
                return job.stopWithSavepoint(false, directory.toUri().toString(), format).get();
            } catch (ExecutionException e) {
                if (ExceptionUtils.findThrowableWithMessage(
                                e, "Not all required tasks are currently running")
                        .isEmpty()) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }
    }

    private static void run(
            String backend, int parallelism, Map<String, String> options, String savepoint)
            throws Exception {
        limit = Long.MAX_VALUE;
        StreamExecutionEnvironment environment = environment(backend, parallelism, savepoint);
        numbersInto(environment, options);
        environment.execute();
    }

    private static StreamExecutionEnvironment environment(
            String backend, int parallelism, @Nullable String savepoint) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        environment.setMaxParallelism(16);
        return environment;
    }

    private static void numbersInto(
            StreamExecutionEnvironment environment, Map<String, String> options) {
        DataStream<Row> rows =
                environment
                        .fromSequence(0, ROWS - 1)
                        .uid("numbers")
                        .setParallelism(1)
                        .map(new ToRow())
                        .returns(ROW)
                        .uid("rows")
                        .setParallelism(1);
        unique(environment, rows, query("p ASC"), options)
                .map(
                        row -> {
                            passed.add(row);
                            return row;
                        })
                .returns(ROW)
                .uid("passed")
                .sinkTo(new DiscardingSink<>())
                .uid("nothing");
    }

    /** Takes its time behind the limit, so that the job is stopped before its end. */
    private static final class ToRow implements MapFunction<Long, Row> {

        private static final long serialVersionUID = 1;

        @Override
        public Row map(Long number) throws Exception {
            if (read.incrementAndGet() > limit) {
                limitReached.countDown();
                Thread.sleep(1);
            }
            return Row.of((int) (number % KEYS), "same", number);
        }
    }

    // ------------------------------------------------------------------ queries

    private static String query(String order) {
        return "SELECT k, s, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k, s ORDER BY "
                + order
                + ") AS n FROM input) WHERE n = 1";
    }

    private static DataStream<Row> unique(
            StreamExecutionEnvironment environment,
            DataStream<Row> rows,
            String query,
            Map<String, String> options) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        options.forEach(tables.getConfig()::set);
        tables.createTemporaryView(
                "input",
                rows,
                Schema.newBuilder()
                        .column("k", "INT")
                        .column("s", "STRING")
                        .column("v", "BIGINT")
                        .columnByExpression("p", "PROCTIME()")
                        .columnByExpression("t", "TO_TIMESTAMP_LTZ(v, 3)")
                        .watermark("t", "t")
                        .build());
        return tables.toChangelogStream(tables.sqlQuery(query));
    }

    private static boolean hasOurs(String query, Map<String, String> options) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(2);
        unique(environment, environment.fromData(List.of(Row.of(1, "a", 1L)), ROW), query, options)
                .sinkTo(new DiscardingSink<>());
        for (StreamNode node : environment.getStreamGraph(false).getStreamNodes()) {
            if (node.getOperatorFactory() instanceof SimpleOperatorFactory) {
                SimpleOperatorFactory<?> factory =
                        (SimpleOperatorFactory<?>) node.getOperatorFactory();
                if (factory.getOperator() instanceof DeduplicationOperator) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String description(String query, Map<String, String> options) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(2);
        unique(environment, environment.fromData(List.of(Row.of(1, "a", 1L)), ROW), query, options)
                .sinkTo(new DiscardingSink<>());
        StringBuilder descriptions = new StringBuilder();
        for (StreamNode node : environment.getStreamGraph(false).getStreamNodes()) {
            descriptions.append(node.getOperatorDescription()).append('\n');
        }
        return descriptions.toString();
    }

    private static Map<String, String> with(Map<String, String> options, String key, String value) {
        return with(options, Map.of(key, value));
    }

    private static Map<String, String> with(Map<String, String> options, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(options);
        all.putAll(more);
        return all;
    }
}
