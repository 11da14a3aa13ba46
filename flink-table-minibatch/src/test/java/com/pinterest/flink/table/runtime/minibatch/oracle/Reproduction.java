// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.annotation.Nullable;

/**
 * A difference with as few steps of its history, and as few options, as it needs; and with which
 * other options it is there, too.
 */
final class Reproduction {

    private static final Map<String, String> MINI_BATCH =
            Map.of(
                    SqlOptions.MINI_BATCH,
                    "true",
                    "table.exec.mini-batch.allow-latency",
                    History.TICK_MILLIS + " ms",
                    "table.exec.mini-batch.size",
                    "1000");

    private final Difference.Kind kind;
    private SqlCase sql;
    private History history;

    /**
     * Looks for it.
     *
     * @param kind of the difference, which stays
     */
    Reproduction(SqlCase sql, History history, Difference.Kind kind) {
        this.sql = sql;
        this.history = history;
        this.kind = kind;
        leaveOutSteps();
        leaveOutOptions();
    }

    private void leaveOutSteps() {
        for (int size = Math.max(1, history.length() / 2); size > 0; size /= 2) {
            int from = 0;
            while (from + size <= history.length()) {
                History shorter = history.without(from, from + size);
                if (kind(sql, shorter) == kind) {
                    history = shorter;
                } else {
                    from++;
                }
            }
        }
    }

    private void leaveOutOptions() {
        for (String option : sql.options().keySet()) {
            Map<String, String> fewer = without(sql.options(), option);
            SqlCase simpler = sql.with(fewer);
            if (isCompiled(simpler) && kind(simpler, history) == kind) {
                sql = simpler;
            }
        }
    }

    private static Map<String, String> without(Map<String, String> options, String option) {
        Map<String, String> rest = new TreeMap<>(options);
        rest.remove(option);
        if (option.equals(SqlOptions.MINI_BATCH)) {
            rest.keySet().removeIf(key -> key.startsWith("table.exec.mini-batch"));
            rest.remove(SqlOptions.FEATURES);
        }
        return rest;
    }

    @Nullable
    private static Difference.Kind kind(SqlCase sql, History history) {
        Difference difference = sql.compare(history);
        return difference == null ? null : difference.kind();
    }

    private static boolean isCompiled(SqlCase sql) {
        try {
            sql.compile();
            return true;
        } catch (Exception | AssertionError e) {
            // The planner refuses a query with these options.
            return false;
        }
    }

    /** Everything that is needed to do it again by hand. */
    @Override
    public String toString() {
        return kind
                + "\n"
                + sql
                + "  changes:\n"
                + history
                + sql.compare(history)
                + "  plan:\n"
                + sql.plan()
                + "\n  it differs, too:"
                + variant("without mini-batch", one -> one.with(rowByRow()))
                + variant("with mini-batch", one -> one.with(inBundles()))
                + variant("with upstream's mini-batch", one -> one.with(inUpstreamsBundles()))
                + (sql.isKeyed() ? variant("without a key of the sink", SqlCase::withoutKey) : "")
                + "\n";
    }

    private Map<String, String> rowByRow() {
        return without(sql.options(), SqlOptions.MINI_BATCH);
    }

    private Map<String, String> inBundles() {
        Map<String, String> options = rowByRow();
        options.putAll(MINI_BATCH);
        return options;
    }

    private Map<String, String> inUpstreamsBundles() {
        Map<String, String> options = inBundles();
        options.put(SqlOptions.FEATURES, "none");
        return options;
    }

    private String variant(String name, Function<SqlCase, SqlCase> change) {
        SqlCase other = change.apply(sql);
        return " " + name + ": " + (isCompiled(other) ? kind(other, history) : "not planned") + ";";
    }
}
