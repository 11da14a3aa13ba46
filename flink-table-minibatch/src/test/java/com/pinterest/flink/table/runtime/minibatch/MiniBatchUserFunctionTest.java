// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.functions.AggregateFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregate functions of users are opened as often as upstream does it, and closed after use. */
class MiniBatchUserFunctionTest {

    private static final int KEYS = 20;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT k, total(v) FROM t GROUP BY k",
                "SELECT k, total(v), COUNT(DISTINCT v) FROM t GROUP BY k"
            })
    void isOpenedOnceAndUsedWhileItIsOpen(String query) throws Exception {
        for (String phases : List.of("TWO_PHASE", "ONE_PHASE")) {
            int upstreams = opened(query, phases, "false");
            assertThat(opened(query, phases, "true")).as(phases).isEqualTo(upstreams);
            // Upstream's bundle operators leave functions open.
            assertThat(Total.CLOSED).as(phases).hasValue(upstreams);
        }
    }

    /** All that the job has to do is done by then. */
    @Test
    void failureToCloseDoesNotFailTheJob() throws Exception {
        Total.failsToClose = true;
        try {
            opened("SELECT k, total(v) FROM t GROUP BY k", "ONE_PHASE", "true");
        } finally {
            Total.failsToClose = false;
        }
        assertThat(Total.CLOSED).hasPositiveValue();
    }

    /** How often the function was opened in a run. */
    private static int opened(String query, String phases, String ours) throws Exception {
        Total.OPENED.set(0);
        Total.CLOSED.set(0);
        StreamTableEnvironment tables =
                StreamTableEnvironment.create(StreamExecutionEnvironment.createLocalEnvironment(1));
        Map.of(
                        "table.exec.mini-batch.enabled",
                        "true",
                        "table.exec.mini-batch.allow-latency",
                        "1 min",
                        "table.exec.mini-batch.size",
                        "1000",
                        "table.optimizer.agg-phase-strategy",
                        phases,
                        MiniBatchOptions.BATCHED_STATE.key(),
                        ours)
                .forEach(tables.getConfig()::set);
        tables.createTemporarySystemFunction("total", Total.class);
        tables.executeSql(
                "CREATE TABLE n (i INT) WITH ('connector' = 'datagen', 'number-of-rows' = '100',"
                        + " 'fields.i.kind' = 'sequence', 'fields.i.start' = '0',"
                        + " 'fields.i.end' = '99')");
        tables.executeSql(
                "CREATE TEMPORARY VIEW t AS SELECT MOD(i, " + KEYS + ") AS k, i AS v FROM n");
        List<Row> rows = new ArrayList<>();
        TableResult result = tables.executeSql(query);
        try (CloseableIterator<Row> results = result.collect()) {
            results.forEachRemaining(rows::add);
        }
        // Functions may be closed after the last row has come.
        result.getJobClient().orElseThrow().getJobExecutionResult().get();
        assertThat(rows).hasSize(KEYS);
        // k, k + 20, … k + 80.
        assertThat(rows).allMatch(row -> row.getField(1).equals(200 + 5 * (int) row.getField(0)));
        return Total.OPENED.get();
    }

    /** A sum that needs something which is there between open and close only. */
    public static final class Total extends AggregateFunction<Integer, Total.Sum> {

        private static final AtomicInteger OPENED = new AtomicInteger();
        private static final AtomicInteger CLOSED = new AtomicInteger();

        private static volatile boolean failsToClose;

        private transient int[] resource;

        /** The accumulator. */
        public static final class Sum {
            public int sum;
        }

        @Override
        public void open(FunctionContext context) {
            OPENED.incrementAndGet();
            resource = new int[1];
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
            resource = null;
            if (failsToClose) {
                throw new IllegalStateException("A function that cannot be closed.");
            }
        }

        @Override
        public Sum createAccumulator() {
            return new Sum();
        }

        /** Adds a value. */
        public void accumulate(Sum sum, Integer value) {
            sum.sum += value + resource[0];
        }

        /** Adds sums. */
        public void merge(Sum sum, Iterable<Sum> others) {
            others.forEach(other -> sum.sum += other.sum + resource[0]);
        }

        @Override
        public Integer getValue(Sum sum) {
            return sum.sum + resource[0];
        }
    }
}
