// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The result of a streaming query is that of the batch query over what the tables have in the end:
 * for random queries, tables, histories of their rows, sinks and options. So it finds faults that
 * upstream's operators have, too.
 *
 * <p>More of them: {@code ci/fuzz sql}. {@code fuzz.seed=S fuzz.plans=1 fuzz.history=H} does one
 * again. What has no batch twin is left out: time to live, processing time, ties in an order,
 * retractions of rows that were never there; and an aggregation without groups of no rows at all,
 * which has a row in batch mode and none in streaming mode.
 */
class SqlOracleTest {

    private static final int PLANS = 50;
    private static final int HISTORIES = 5;

    private final List<String> reports = new ArrayList<>();
    private final Map<String, Integer> forms = new TreeMap<>();
    private final Map<String, Integer> operators = new TreeMap<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final Map<KnownFault, Integer> known = new EnumMap<>(KnownFault.class);
    private int runs;

    @Test
    void streamingResultIsTheBatchResult() throws Exception {
        int plans = Integer.getInteger("fuzz.plans", PLANS);
        int histories = Integer.getInteger("fuzz.cases", HISTORIES);
        Integer one = Integer.getInteger("fuzz.history");
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println(
                "fuzz.seed=" + seed + " fuzz.plans=" + plans + " fuzz.cases=" + histories);
        long start = System.nanoTime();
        for (int plan = 0; plan < plans; plan++) {
            SqlCase sql = SqlCase.random(seed + plan);
            try {
                sql.compile();
            } catch (Exception | AssertionError e) {
                refused.merge(reason(e), 1, Integer::sum);
                if (Boolean.getBoolean("fuzz.refused")) {
                    System.out.println(
                            "refused: fuzz.seed=" + (seed + plan) + " " + reason(e) + "\n" + sql);
                }
                continue;
            }
            sql.forms().forEach(form -> forms.merge(form, 1, Integer::sum));
            sql.operators().stream()
                    .distinct()
                    .forEach(operator -> operators.merge(operator, 1, Integer::sum));
            for (int history = 0; history < histories; history++) {
                if (one == null || one == history) {
                    runs++;
                    if (!check(sql, seed + plan, history)) {
                        break;
                    }
                }
            }
            if (plan % 50 == 49) {

                System.out.printf(
                        "fuzz: %d of %d plans, %d histories, %d s, %d differences%n",
                        plan + 1,
                        plans,
                        runs,
                        (System.nanoTime() - start) / 1_000_000_000,
                        reports.size());
            }
        }
        forms.forEach((form, count) -> System.out.printf("| %-60s %5d%n", form, count));
        operators.forEach((name, count) -> System.out.printf("| %-60s %5d%n", name, count));
        refused.forEach((reason, count) -> System.out.printf("| refused: %s %5d%n", reason, count));
        known.forEach((fault, count) -> System.out.printf("| known fault: %s %5d%n", fault, count));
        if (!reports.isEmpty()) {
            throw new AssertionError(
                    reports.size() + " differences:\n" + String.join("\n", reports));
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = String.valueOf(cause);
        return text.substring(0, Math.min(160, text.length())).replace('\n', ' ');
    }

    private boolean check(SqlCase sql, long seed, int number) throws Exception {
        History history = sql.history(number);
        Difference difference = sql.compare(history);
        if (difference == null) {
            return true;
        }
        KnownFault fault = KnownFault.of(sql.plan(), difference);
        if (fault != null) {
            known.merge(fault, 1, Integer::sum);
            return false;
        }
        history = shortest(sql, history, difference.kind());
        sql = withFewOptions(sql, history, difference.kind());
        difference = sql.compare(history);
        String report =
                "fuzz.seed="
                        + seed
                        + " fuzz.plans=1 fuzz.history="
                        + number
                        + ": "
                        + difference.kind()
                        + "\n"
                        + sql
                        + "  changes:\n"
                        + history
                        + difference
                        + "  plan:\n"
                        + sql.plan()
                        + "\n"
                        + variants(sql, history);
        reports.add(report);
        System.out.println(report);
        return false;
    }

    /** Leaves out steps as long as the difference stays. */
    private static History shortest(SqlCase sql, History history, Difference.Kind kind)
            throws Exception {
        History shortest = history;
        for (int size = Math.max(1, history.length() / 2); size > 0; size /= 2) {
            int from = 0;
            while (from + size <= shortest.length()) {
                History shorter = shortest.without(from, from + size);
                Difference difference = sql.compare(shorter);
                if (difference != null && difference.kind() == kind) {
                    shortest = shorter;
                    from = 0;
                } else {
                    from++;
                }
            }
        }
        return shortest;
    }

    private static SqlCase withFewOptions(SqlCase sql, History history, Difference.Kind kind) {
        SqlCase fewest = sql;
        for (String option : sql.options().keySet()) {
            Map<String, String> fewer = new TreeMap<>(fewest.options());
            fewer.remove(option);
            if (option.equals(SqlOptions.MINI_BATCH)) {
                fewer = without(fewer);
            }
            Map<String, String> rest = fewer;
            if (kind == differs(fewest, any -> any.with(rest), history)) {
                fewest = compiled(fewest.with(rest));
            }
        }
        return fewest;
    }

    private static SqlCase compiled(SqlCase sql) {
        sql.compile();
        return sql;
    }

    /** With which other options, and without a key of the sink, there is a difference, too. */
    private static String variants(SqlCase sql, History history) {
        StringBuilder text = new StringBuilder("  it differs, too:");
        Map<String, String> miniBatch =
                Map.of(
                        SqlOptions.MINI_BATCH,
                        "true",
                        "table.exec.mini-batch.allow-latency",
                        "1 s",
                        "table.exec.mini-batch.size",
                        "1000");
        add(text, "without mini-batch", sql, any -> any.with(without(any.options())), history);
        add(
                text,
                "with mini-batch",
                sql,
                any -> any.with(with(without(any.options()), miniBatch)),
                history);
        add(
                text,
                "with upstream's mini-batch",
                sql,
                any ->
                        any.with(
                                with(
                                        with(without(any.options()), miniBatch),
                                        Map.of(SqlOptions.FEATURES, "none"))),
                history);
        if (sql.isKeyed()) {
            add(text, "without a key of the sink", sql, SqlCase::withoutKey, history);
        }
        return text.append('\n').toString();
    }

    private static Map<String, String> without(Map<String, String> options) {
        Map<String, String> rest = new TreeMap<>(options);
        rest.keySet().removeIf(key -> key.startsWith("table.exec.mini-batch"));
        rest.remove(SqlOptions.FEATURES);
        return rest;
    }

    private static Map<String, String> with(Map<String, String> options, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(options);
        all.putAll(more);
        return all;
    }

    private static void add(
            StringBuilder text,
            String name,
            SqlCase sql,
            Function<SqlCase, SqlCase> variant,
            History history) {
        Difference.Kind kind = differs(sql, variant, history);
        text.append(' ').append(name).append(": ").append(kind == null ? "no" : kind).append(';');
    }

    @Nullable
    private static Difference.Kind differs(
            SqlCase sql, Function<SqlCase, SqlCase> variant, History history) {
        SqlCase other = variant.apply(sql);
        try {
            other.compile();
        } catch (Exception | AssertionError e) {
            return null;
        }
        Difference difference = other.compare(history);
        return difference == null ? null : difference.kind();
    }
}
