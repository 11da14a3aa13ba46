// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.table.runtime.minibatch.bundle.KeyedBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.LocalBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.TimerMiniBatchAssigner;
import com.pinterest.flink.table.runtime.minibatch.join.JoinOperator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.OperatorIDPair;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.runtime.operators.bundle.KeyedMapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.MapBundleOperator;
import org.apache.flink.table.runtime.operators.wmassigners.ProcTimeMiniBatchAssignerOperator;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans have our operators where mini-batch is on, and are else upstream's. */
class MiniBatchPlanTest {

    private static final List<String> ROW_BY_ROW =
            List.of("KeyedProcessOperator", "RetractableTopNOperator");

    private static final String OUR_KEYED = KeyedBundleOperator.class.getSimpleName();
    private static final String OUR_LOCAL = LocalBundleOperator.class.getSimpleName();
    private static final String KEYED = KeyedMapBundleOperator.class.getSimpleName();
    private static final String LOCAL = MapBundleOperator.class.getSimpleName();

    private static final String AGGREGATION = "SELECT k, COUNT(*), MAX(v) FROM t GROUP BY k";

    private static final Map<String, String> ON =
            Map.of(
                    "table.exec.mini-batch.enabled", "true",
                    "table.exec.mini-batch.allow-latency", "1 s",
                    "table.exec.mini-batch.size", "100");

    @Test
    void aggregationInTwoPhasesIsOurs() {
        assertThat(bundleOperators(AGGREGATION, ON)).containsExactly(OUR_LOCAL, OUR_KEYED);
    }

    @Test
    void aggregationInOnePhaseIsOurs() {
        Map<String, String> onePhase = with(ON, "table.optimizer.agg-phase-strategy", "ONE_PHASE");

        assertThat(bundleOperators(AGGREGATION, onePhase)).containsExactly(OUR_KEYED);
    }

    @Test
    void splitDistinctAggregationIsOurs() {
        Map<String, String> split = with(ON, "table.optimizer.distinct-agg.split.enabled", "true");

        assertThat(bundleOperators("SELECT k, COUNT(DISTINCT v) FROM t GROUP BY k", split))
                .containsExactly(OUR_LOCAL, OUR_KEYED, OUR_KEYED);
    }

    /** Not of the first row by processing time: its output is insert-only, without mini-batch. */
    @ParameterizedTest
    @ValueSource(strings = {"proctime DESC", "rowtime DESC", "rowtime ASC"})
    void deduplicationIsOurs(String order) {
        assertThat(bundleOperators(deduplication(order), ON)).containsExactly(OUR_KEYED);
    }

    private static String deduplication(String order) {
        return "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY "
                + order
                + ") AS n FROM t) WHERE n = 1";
    }

    @Test
    void compactingDeduplicationIsOurs() {
        Map<String, String> compacting =
                with(ON, "table.exec.deduplicate.mini-batch.compact-changes-enabled", "true");

        assertThat(bundleOperators(deduplication("rowtime DESC"), compacting))
                .containsExactly(OUR_KEYED);
    }

    @Test
    void normalizationOfUpsertsIsOurs() {
        assertThat(bundleOperators("SELECT * FROM upserts WHERE v > 3", ON))
                .containsExactly(OUR_KEYED);
    }

    @Test
    void topNOfATableThatGrowsIsOurs() {
        String query =
                "SELECT k, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n"
                        + " FROM t) WHERE n <= 3";
        Map<String, String> off = with(ON, MiniBatchOptions.TOP_N.key(), "false");

        assertThat(bundleOperators(query, ON)).containsExactly(OUR_KEYED);
        assertThat(bundleOperators(query, off)).isEmpty();
        assertThat(bundleOperators(query, Map.of())).isEmpty();
        assertThat(operatorIds(query, ON)).isEqualTo(operatorIds(query, off));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM t) WHERE n = 1",
                "FROM (SELECT k, v, COUNT(*) AS c FROM t GROUP BY k, v)) WHERE n <= 3",
                "FROM (SELECT k, MAX(v) AS v FROM t GROUP BY k)) WHERE n <= 3",
                "FROM upserts) WHERE n = 1"
            })
    void otherTopNIsOurs(String from) {
        String query =
                "SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n "
                        + from;
        Map<String, String> off = with(ON, MiniBatchOptions.TOP_N.key(), "false");

        assertThat(topN(query, ON)).containsExactly(OUR_KEYED);
        assertThat(topN(query, off)).containsAnyElementsOf(ROW_BY_ROW).hasSize(1);
        assertThat(topN(query, Map.of())).containsAnyElementsOf(ROW_BY_ROW).hasSize(1);
        assertThat(operatorIds(query, ON)).isEqualTo(operatorIds(query, off));
    }

    private static List<String> topN(String query, Map<String, String> options) {
        return operators(query, options, "Rank");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT t.v FROM t JOIN t u ON t.k = u.k",
                "SELECT t.v FROM t LEFT JOIN t u ON t.k = u.k",
                "SELECT t.v FROM t FULL JOIN t u ON t.k = u.k",
                "SELECT t.v FROM t WHERE k IN (SELECT v FROM t)",
                "SELECT t.v FROM t WHERE NOT EXISTS (SELECT v FROM t u WHERE t.k = u.v)"
            })
    void joinIsOurs(String query) {
        Map<String, String> off = with(ON, MiniBatchOptions.JOIN.key(), "false");

        assertThat(joins(query, ON)).containsExactly(JoinOperator.class.getSimpleName());
        assertThat(joins(query, off))
                .isNotEqualTo(joins(query, ON))
                .hasSize(1)
                .isEqualTo(joins(query, with(ON, "pinterest.features", "none")));
        assertThat(operatorIds(query, ON)).isEqualTo(operatorIds(query, off));
    }

    @Test
    void markersComeWithTheTimerAlone() {
        Map<String, String> off = with(ON, MiniBatchOptions.BATCHED_STATE.key(), "false");

        assertThat(assigners(ON)).containsExactly(TimerMiniBatchAssigner.class.getSimpleName());
        assertThat(assigners(off))
                .containsExactly(ProcTimeMiniBatchAssignerOperator.class.getSimpleName());
        assertThat(assigners(Map.of())).isEmpty();
    }

    private static List<String> assigners(Map<String, String> options) {
        return operators(AGGREGATION, options, "MiniBatchAssigner");
    }

    private static List<String> joins(String query, Map<String, String> options) {
        return operators(query, options, "Join");
    }

    private static List<String> operators(
            String query, Map<String, String> options, String startOfName) {
        return graph(query, options).getStreamNodes().stream()
                .filter(node -> node.getOperatorName().startsWith(startOfName))
                .map(MiniBatchPlanTest::operator)
                .collect(Collectors.toList());
    }

    @Test
    void planTellsWhichOperatorsGatherBundles() {
        String join = "SELECT t.v FROM t JOIN t u ON t.k = u.k";

        assertThat(graph(join, ON).getStreamingPlanAsJSON())
                .containsPattern("Join\\(joinType=.*\\[mini-batch\\]");
        assertThat(graph(AGGREGATION, ON).getStreamingPlanAsJSON())
                .containsPattern("LocalGroupAggregate\\(.*\\[mini-batch\\]")
                .containsPattern("GlobalGroupAggregate\\(.*\\[mini-batch\\]");
        assertThat(graph(AGGREGATION, Map.of()).getStreamingPlanAsJSON())
                .doesNotContain("[mini-batch]");
    }

    /** Upstream's Top-N and semi joins need no size of bundles. */
    @Test
    void whereNoSizeIsNeededNoneIsAskedFor() {
        Map<String, String> unsized =
                Map.of(
                        "table.exec.mini-batch.enabled", "true",
                        "table.exec.mini-batch.allow-latency", "1 s");

        assertThat(joins("SELECT v FROM t WHERE k IN (SELECT v FROM t)", unsized))
                .containsExactly("StreamingSemiAntiJoinOperator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1.5", "NaN"})
    void shareOfTheLatencyThatIsNoneIsNamed(String share) {
        Map<String, String> wrong = with(ON, MiniBatchOptions.FLUSH_SHARE.key(), share);

        assertThatThrownBy(() -> graph(AGGREGATION, wrong))
                .hasMessage(
                        "table.exec.mini-batch.flush-time.share is %s; it has to be above 0 and at"
                                + " most 1.",
                        Double.valueOf(share));
    }

    @Test
    void upstreamsOperatorsAreThereForTheAsking() {
        Map<String, String> off = with(ON, MiniBatchOptions.BATCHED_STATE.key(), "false");
        Map<String, String> noFeatures = with(ON, "pinterest.features", "none");

        assertThat(bundleOperators(AGGREGATION, off)).containsExactly(LOCAL, KEYED);
        assertThat(bundleOperators(AGGREGATION, noFeatures)).containsExactly(LOCAL, KEYED);
    }

    @Test
    void withoutMiniBatchThereAreNone() {
        assertThat(bundleOperators(AGGREGATION, Map.of())).isEmpty();
    }

    @Test
    void operatorsHaveTheSameIdsAsUpstreams() {
        Map<String, String> off = with(ON, MiniBatchOptions.BATCHED_STATE.key(), "false");

        assertThat(operatorIds(AGGREGATION, ON)).isEqualTo(operatorIds(AGGREGATION, off));
    }

    private static Map<String, String> with(Map<String, String> all, String key, String value) {
        return Stream.concat(all.entrySet().stream(), Map.of(key, value).entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<String> bundleOperators(String query, Map<String, String> options) {
        return graph(query, options).getStreamNodes().stream()
                .sorted((one, other) -> Integer.compare(one.getId(), other.getId()))
                .map(MiniBatchPlanTest::operator)
                .filter(name -> List.of(OUR_KEYED, OUR_LOCAL, KEYED, LOCAL).contains(name))
                .collect(Collectors.toList());
    }

    private static String operator(StreamNode node) {
        return node.getOperatorFactory() == null
                ? ""
                : node.getOperatorFactory()
                        .getStreamOperatorClass(MiniBatchPlanTest.class.getClassLoader())
                        .getSimpleName();
    }

    private static List<String> operatorIds(String query, Map<String, String> options) {
        return StreamSupport.stream(
                        graph(query, options).getJobGraph().getVertices().spliterator(), false)
                .map(JobVertex::getOperatorIDs)
                .flatMap(List::stream)
                .map(OperatorIDPair::getGeneratedOperatorID)
                .map(Object::toString)
                .collect(Collectors.toList());
    }

    private static StreamGraph graph(String query, Map<String, String> options) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1);
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        options.forEach(tables.getConfig()::set);
        tables.executeSql(
                "CREATE TABLE t (k INT, v INT, rowtime TIMESTAMP(3), proctime AS PROCTIME(),"
                        + " WATERMARK FOR rowtime AS rowtime)"
                        + " WITH ('connector' = 'datagen', 'number-of-rows' = '10')");
        tables.createTemporaryView(
                "upserts",
                tables.fromChangelogStream(
                        environment
                                .fromData(Row.of(1, 2))
                                .returns(
                                        Types.ROW_NAMED(
                                                new String[] {"k", "v"}, Types.INT, Types.INT)),
                        Schema.newBuilder()
                                .column("k", "INT NOT NULL")
                                .column("v", "INT")
                                .primaryKey("k")
                                .build(),
                        ChangelogMode.upsert()));
        tables.toChangelogStream(tables.sqlQuery(query)).print();
        return environment.getStreamGraph();
    }
}
