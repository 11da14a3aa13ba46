// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.Arrays;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/**
 * Faults of upstream's that are not mended here. Queries whose plan or failure shows the mark of
 * one and that give another result are counted under its name, and not looked at further.
 */
enum KnownFault {
    /**
     * JoinToMultiJoinRule, where a projection stands between two joins: a table is lost, or columns
     * are taken for others.
     */
    MULTI_JOIN_OVER_A_PROJECTION("\\bMultiJoin\\("),
    /**
     * SplitAggregateRule, where a distinct column is one of the group: it is counted once in each
     * bucket of another column. The rule has code of an annotation processor, so it has no patch.
     */
    SPLIT_AGGREGATE_OF_A_GROUPING_COLUMN(
            "groupBy=\\[(?:[^\\]]*, )?(\\w+)(?:, [^\\]]*)?\\],"
                    + " partialFinalType=\\[PARTIAL\\][^\\n]*DISTINCT \\1\\b"),
    /**
     * FlinkAggregateExpandDistinctAggregatesRule in the batch plan, where a distinct column is one
     * of the group and a primary key replaces the group: all rows are filtered out by a grouping id
     * that none has. The streaming result is right.
     */
    BATCH_DISTINCT_OF_A_GROUPING_COLUMN("=\\((\\d+), (?!\\1\\))\\d+\\) AS \\$g_\\d");

    private final Pattern mark;

    KnownFault(String mark) {
        this.mark = Pattern.compile(mark);
    }

    /** The one of which a plan, of either mode, or a difference shows the mark; null for none. */
    @Nullable
    static KnownFault of(String plan, String batchPlan, Difference difference) {
        String text = plan + batchPlan + difference;
        return Arrays.stream(values())
                .filter(fault -> fault.mark.matcher(text).find())
                .findFirst()
                .orElse(null);
    }
}
