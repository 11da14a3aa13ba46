// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.benchmarks.job.CpuReadings;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The queries run, and give something. */
class QueryTest {

    private static final long EVENTS = 200_000;

    /** With mini-batch, as the plans are the more intricate ones then. */
    private final TableEnvironment tables =
            NexmarkCpu.tables(
                    StreamExecutionEnvironment.createLocalEnvironment(1, patient()), true);

    /** A loaded machine answers late. */
    private static Configuration patient() {
        Configuration configuration = new Configuration();
        configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(10));
        return configuration;
    }

    /** The windows of Q12 end by the clock, after such a short job. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "Q12")
    void queryHasResults(Query query) throws Exception {
        NexmarkTable.create(tables, EVENTS, 0);

        CloseableIterator<Row> rows = tables.sqlQuery(query.sql()).execute().collect();

        assertThat(rows.hasNext()).isTrue();
        rows.close();
    }

    @Test
    void cpuTimeCountsFromTheEndOfTheWarmUp() throws Exception {
        NexmarkTable.create(tables, EVENTS, EVENTS - 1);

        double last = CpuReadings.cpuWhenWarm(Query.run(tables, Query.Q17.sql()), 1);

        assertThat(last).isNotNegative();
    }
}
