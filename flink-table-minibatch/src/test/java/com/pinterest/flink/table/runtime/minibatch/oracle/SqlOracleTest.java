// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The result of a streaming query is that of the batch query over what the tables have in the end:
 * for random queries, tables, histories of their rows, sinks and options. So it finds faults that
 * upstream's operators have, too. What there was of everything is printed.
 *
 * <p>More of them: {@code ci/fuzz sql}. {@code fuzz.seed=S fuzz.plans=1 fuzz.history=H} does one
 * again. What has no batch twin is left out: time to live, processing time, ties in an order,
 * retractions of rows that were never there, keys of a sink that a join without a match makes null;
 * and an aggregation without groups of no rows, which is a row in batch mode and none in streaming
 * mode.
 */
class SqlOracleTest {

    private static final int PLANS = 50;
    private static final int HISTORIES = 5;
    private static final int PROGRESS = 50;

    private final int plans = Integer.getInteger("fuzz.plans", PLANS);
    private final int histories = Integer.getInteger("fuzz.cases", HISTORIES);
    @Nullable private final Integer history = Integer.getInteger("fuzz.history");

    /**
     * One that finds nothing, unless another is given: {@code ci/fuzz sql} looks for new faults.
     */
    private final long seed = Long.getLong("fuzz.seed", 4711);

    private final List<String> reports = new ArrayList<>();
    private final Map<String, Integer> coverage = new TreeMap<>();
    private int refused;
    private int runs;

    @Test
    void streamingResultIsTheBatchResult() throws Exception {
        System.out.printf("fuzz.seed=%d fuzz.plans=%d fuzz.cases=%d%n", seed, plans, histories);
        for (int plan = 0; plan < plans; plan++) {
            check(seed + plan);
            if ((plan + 1) % PROGRESS == 0) {
                System.out.printf(
                        "fuzz: %d of %d plans, %d histories, %d differences%n",
                        plan + 1, plans, runs, reports.size());
            }
        }
        coverage.forEach((name, count) -> System.out.printf("| %-70s %5d%n", name, count));
        assertThat(reports).as("differences").isEmpty();
        assertThat(refused).as("queries that are not planned").isLessThan(2 + plans / 5);
    }

    private void check(long seed) throws Exception {
        SqlCase sql = SqlCase.random(seed);
        try {
            sql.compile();
        } catch (Exception | AssertionError e) {
            refused++;
            count("not planned: " + reason(e));
            return;
        }
        sql.forms().forEach(form -> count("query: " + form));
        sql.operators().stream().distinct().forEach(name -> count("operator: " + name));
        for (int i = 0; i < histories; i++) {
            if (history == null || history == i) {
                runs++;
                Difference difference = sql.compare(sql.history(i));
                if (difference != null) {
                    report(sql, i, difference, seed);
                    return;
                }
            }
        }
    }

    private void report(SqlCase sql, int number, Difference difference, long seed)
            throws Exception {
        KnownFault fault = KnownFault.of(sql.plan(), sql.batchPlan(), difference);
        if (fault != null) {
            count("known fault: " + fault);
            return;
        }
        String report =
                "fuzz.seed="
                        + seed
                        + " fuzz.plans=1 fuzz.history="
                        + number
                        + ": "
                        + new Reproduction(sql, sql.history(number), difference.kind());
        System.out.println(report);
        reports.add(report);
    }

    private void count(String what) {
        coverage.merge(what, 1, Integer::sum);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = String.valueOf(cause).replace('\n', ' ');
        return text.substring(0, Math.min(120, text.length()));
    }
}
