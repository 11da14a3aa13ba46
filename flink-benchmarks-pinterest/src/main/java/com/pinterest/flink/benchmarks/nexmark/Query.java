// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableEnvironment;

/** The queries. Their texts are the resources {@code /nexmark/*.sql}. */
public enum Query {
    Q3,
    Q4,
    Q5,
    Q7,
    Q8,
    Q9,
    Q11,
    Q12,
    Q15,
    Q16,
    Q17,
    Q18,
    Q19,
    Q20;

    private static final TableDescriptor BLACK_HOLE =
            TableDescriptor.forConnector("blackhole").build();

    /** Returns the usual name, for example {@code q4}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the number of events for the warm-up, and again for the measurement; cheaper queries
     * need more.
     */
    public long events() {
        return switch (this) {
            case Q3, Q8, Q12 -> 15_000_000;
            case Q4, Q7, Q9, Q16, Q18, Q19, Q20 -> 2_000_000;
            default -> 6_000_000;
        };
    }

    /** Returns its text, which requires the tables of {@link NexmarkTable#create}. */
    String sql() throws IOException {
        try (InputStream text = Query.class.getResourceAsStream("/nexmark/" + id() + ".sql")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Runs a query to its end and discards its results. */
    static JobExecutionResult run(TableEnvironment tables, String sql) throws Exception {
        return tables.sqlQuery(sql)
                .insertInto(BLACK_HOLE)
                .execute()
                .getJobClient()
                .orElseThrow()
                .getJobExecutionResult()
                .get();
    }
}
