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
     * FlinkRelMdModifiedMonotonicity takes the key of an input for constant though rows of it are
     * deleted; so the planner chooses a Top-N that cannot delete.
     */
    TOP_N_THAT_CANNOT_DELETE("UpdateFastStrategy[^\\n]*\\n[^\\n]*changelogMode=\\[[^\\]]*D\\]"),
    /** Of a join of many, where one column of an input is equal to two of another. */
    MULTI_JOIN_BY_A_COLUMN_TWICE("Found duplicates: \\[\\w+_key"),
    /**
     * RetractableTopNFunction, without mini-batch: the rank is not in the result and begins above
     * 1. It stores the kind with which it has emitted a row, and does not find the row again.
     */
    RANKS_FROM_AN_OFFSET("strategy=\\[RetractStrategy\\][^\\n]*rankStart=([2-9])"),
    /** NonTimeRangeUnboundedPrecedingFunction retracts all rows that are equal to the one. */
    OVER_RANGE_OF_EQUAL_ROWS("OverAggregate\\([^\\n]*window=\\[ RANGE");

    private final Pattern mark;

    KnownFault(String mark) {
        this.mark = Pattern.compile(mark);
    }

    /** The one of which a difference shows the mark; null for none. */
    @Nullable
    static KnownFault of(String plan, Difference difference) {
        String text = plan + difference;
        return Arrays.stream(values())
                .filter(fault -> fault.mark.matcher(text).find())
                .findFirst()
                .orElse(null);
    }
}
