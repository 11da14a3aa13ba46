// SPDX-License-Identifier: Apache-2.0
package com.example.pageviews;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The job's results, by the DataStream API and by SQL. */
class PageViewsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(patient())
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    /** A loaded machine answers late, and ten seconds are the default. */
    private static Configuration patient() {
        Configuration configuration = new Configuration();
        configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(10));
        return configuration;
    }

    private final StreamExecutionEnvironment environment =
            StreamExecutionEnvironment.getExecutionEnvironment();
    private final DataStream<String> views = environment.fromData("home", "pins", "home", "home");

    @Test
    void countsOfAPageGrowByOne() throws Exception {
        List<Tuple2<String, Long>> counts = new ArrayList<>();

        try (CloseableIterator<Tuple2<String, Long>> rows =
                PageViews.count(views).executeAndCollect()) {
            rows.forEachRemaining(counts::add);
        }

        assertThat(counts)
                .containsExactlyInAnyOrder(
                        Tuple2.of("home", 1L),
                        Tuple2.of("pins", 1L),
                        Tuple2.of("home", 2L),
                        Tuple2.of("home", 3L));
    }

    @Test
    void sqlSeesTheSameViews() throws Exception {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        tables.createTemporaryView("page_views", tables.fromDataStream(views).as("page"));
        List<Row> changes = new ArrayList<>();

        try (CloseableIterator<Row> rows =
                tables.executeSql("SELECT page, COUNT(*) FROM page_views GROUP BY page")
                        .collect()) {
            rows.forEachRemaining(changes::add);
        }

        assertThat(changes)
                .contains(Row.of("pins", 1L), Row.ofKind(RowKind.UPDATE_AFTER, "home", 3L));
    }
}
