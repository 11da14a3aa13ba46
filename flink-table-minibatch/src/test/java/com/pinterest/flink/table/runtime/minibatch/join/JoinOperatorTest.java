// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.AbstractRichFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/** When bundles end, and what is emitted of them, in order. Both inputs have a unique key. */
class JoinOperatorTest {

    private static final LogicalType[] TYPES =
            Collections.nCopies(4, new IntType()).toArray(new LogicalType[0]);

    private static KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> open(
            FlinkJoinType type, boolean consistentRowKinds) throws Exception {
        return open(
                type,
                consistentRowKinds,
                JoinInputSideSpec.withUniqueKeyContainedByJoinKey(Rows.type(1), Rows.fields(0)),
                true);
    }

    private static KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> open(
            FlinkJoinType type,
            boolean consistentRowKinds,
            JoinInputSideSpec keys,
            boolean isOnHeap)
            throws Exception {
        JoinOperator operator =
                new JoinOperator(
                        type,
                        JoinInput.left(Rows.type(2), keys, type, true, 0),
                        JoinInput.right(Rows.type(2), keys, type, true, 0),
                        new GeneratedJoinCondition("", "", new Object[0]) {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public JoinCondition newInstance(ClassLoader loader) {
                                return new LessOrEqual();
                            }
                        },
                        new boolean[] {true},
                        BundleLimits.ofRows(1000).withLatency(Duration.ofSeconds(1)),
                        consistentRowKinds,
                        true);
        KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        operator, Rows.fields(0), Rows.fields(0), Rows.fields(0).getProducedType());
        Rows.open(harness, isOnHeap, null, TYPES);
        return harness;
    }

    private static void left(
            KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness,
            RowKind kind,
            int key,
            int value)
            throws Exception {
        harness.processElement1(new Rows.Feed(2, false).of(Rows.row(kind, key, value)));
    }

    private static void right(
            KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness,
            RowKind kind,
            int key,
            int value)
            throws Exception {
        harness.processElement2(new Rows.Feed(2, false).of(Rows.row(kind, key, value)));
    }

    private static List<String> taken(
            KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness) {
        List<String> taken = Rows.emitted(harness, TYPES);
        harness.getOutput().clear();
        return taken;
    }

    /** What has been emitted since, with that of the bundle, which a checkpoint ends. */
    private static List<String> flushed(
            KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness)
            throws Exception {
        harness.getOperator().prepareSnapshotPreBarrier(1);
        return taken(harness);
    }

    @Test
    void bundleEndsWithTheWatermarkOfBothInputsAndBeforeIt() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.INNER, false)) {
            left(harness, RowKind.INSERT, 1, 10);
            right(harness, RowKind.INSERT, 1, 20);
            harness.processWatermark1(new Watermark(5));
            assertThat(harness.getOutput()).isEmpty();

            harness.processWatermark2(new Watermark(7));
            assertThat(harness.getOutput()).hasSize(2).last().isEqualTo(new Watermark(5));
            assertThat(taken(harness)).containsExactly("+I[1, 10, 1, 20]");
        }
    }

    @Test
    void rowsOnTheHeapAreNotGatheredWhereFewCancelEachOther() throws Exception {
        for (boolean isOnHeap : new boolean[] {true, false}) {
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness =
                            open(
                                    FlinkJoinType.INNER,
                                    false,
                                    JoinInputSideSpec.withoutUniqueKey(),
                                    isOnHeap)) {
                for (int key = 0; key < 500; key++) {
                    left(harness, RowKind.INSERT, key, 10);
                    right(harness, RowKind.INSERT, key, 20);
                }
                assertThat(taken(harness)).as("a full bundle").hasSize(500);

                left(harness, RowKind.INSERT, 7, 11);
                right(harness, RowKind.INSERT, 8, 21);

                List<String> emitted = List.of("+I[7, 11, 7, 20]", "+I[8, 10, 8, 21]");
                assertThat(taken(harness)).isEqualTo(isOnHeap ? emitted : List.of());

                left(harness, RowKind.INSERT, 1000, 10);
                left(harness, RowKind.INSERT, 1001, 10);
                right(harness, RowKind.INSERT, 1000, 20);

                emitted = List.of("+I[1000, 10, 1000, 20]");
                assertThat(taken(harness))
                        .as("of keys that are new")
                        .isEqualTo(isOnHeap ? emitted : List.of());
            }
        }
    }

    @Test
    void rowsOnTheHeapAreGatheredWhereTheyCancelEachOther() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.INNER, false)) {
            left(harness, RowKind.INSERT, 1, 0);
            for (int value = 1; value < 500; value++) {
                left(harness, RowKind.UPDATE_BEFORE, 1, value - 1);
                left(harness, RowKind.UPDATE_AFTER, 1, value);
            }
            right(harness, RowKind.INSERT, 1, 1000);
            assertThat(taken(harness)).as("a full bundle").hasSize(1);

            left(harness, RowKind.UPDATE_BEFORE, 1, 499);
            left(harness, RowKind.UPDATE_AFTER, 1, 500);

            assertThat(taken(harness)).isEmpty();
        }
    }

    /** Each row would be emitted as alone first. */
    @Test
    void rowsOfOuterJoinsAreGatheredOnTheHeapToo() throws Exception {
        for (FlinkJoinType type : List.of(FlinkJoinType.LEFT, FlinkJoinType.RIGHT)) {
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness = open(type, false, JoinInputSideSpec.withoutUniqueKey(), true)) {
                for (int bundle = 0; bundle < 2; bundle++) {
                    for (int key = 0; key < 500; key++) {
                        left(harness, RowKind.INSERT, 500 * bundle + key, 10);
                        right(harness, RowKind.INSERT, 500 * bundle + key, 20);
                    }
                    assertThat(taken(harness)).as("bundle %d of %s", bundle, type).hasSize(500);
                }
            }
        }
    }

    @Test
    void bundleEndsBeforeACheckpoint() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false)) {
            left(harness, RowKind.INSERT, 1, 10);
            assertThat(flushed(harness)).containsExactly("+I[1, 10, null, null]");
        }
    }

    @Test
    void bundleEndsWithTheInput() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false)) {
            left(harness, RowKind.INSERT, 1, 10);
            harness.getOperator().finish();

            assertThat(taken(harness)).containsExactly("+I[1, 10, null, null]");
        }
    }

    @Test
    void bundleEndsWhenItsFirstRowHasWaited() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false)) {
            harness.setProcessingTime(100);
            left(harness, RowKind.INSERT, 1, 10);
            harness.setProcessingTime(1099);
            assertThat(taken(harness)).isEmpty();

            harness.setProcessingTime(1100);
            assertThat(taken(harness)).containsExactly("+I[1, 10, null, null]");
        }
    }

    /** Not all inputs retract what they update. */
    @Test
    void deletionOfARowThatWasUpdatedInTheBundleIsNotLost() throws Exception {
        for (FlinkJoinType type : List.of(FlinkJoinType.INNER, FlinkJoinType.LEFT)) {
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness = open(type, false)) {
                right(harness, RowKind.INSERT, 1, 20);
                left(harness, RowKind.INSERT, 1, 10);
                assertThat(flushed(harness)).containsExactly("+I[1, 10, 1, 20]");

                left(harness, RowKind.UPDATE_AFTER, 1, 11);
                left(harness, RowKind.DELETE, 1, 11);
                assertThat(flushed(harness)).containsExactly("-D[1, 10, 1, 20]");

                left(harness, RowKind.UPDATE_AFTER, 1, 12);
                left(harness, RowKind.DELETE, 1, 12);
                assertThat(flushed(harness)).as("nothing was there").isEmpty();
            }
        }
    }

    /** Of many rows with other unique keys. */
    @Test
    void deletionsOfRowsThatWereUpdatedInTheBundleAreNotLost() throws Exception {
        JoinInputSideSpec unique = JoinInputSideSpec.withUniqueKey(Rows.type(1), Rows.fields(1));
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false, unique, false)) {
            for (int id : new int[] {10, 11, 12}) {
                left(harness, RowKind.INSERT, 1, id);
            }
            assertThat(flushed(harness)).hasSize(3);

            for (int id : new int[] {12, 10, 13}) {
                left(harness, RowKind.UPDATE_AFTER, 1, id);
                left(harness, RowKind.DELETE, 1, id);
            }

            assertThat(flushed(harness))
                    .containsExactly("-D[1, 12, null, null]", "-D[1, 10, null, null]");
        }
    }

    /** By the unique key of the left input, the last change is the one that counts. */
    @Test
    void rowThatWasAloneIsRetractedBeforeTheOneInItsPlaceIsJoined() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false)) {
            right(harness, RowKind.INSERT, 1, 20);
            left(harness, RowKind.INSERT, 1, 30);
            assertThat(flushed(harness)).containsExactly("+I[1, 30, null, null]");

            left(harness, RowKind.UPDATE_BEFORE, 1, 30);
            left(harness, RowKind.UPDATE_AFTER, 1, 10);
            assertThat(flushed(harness))
                    .containsExactly("-D[1, 30, null, null]", "+I[1, 10, 1, 20]");
        }
    }

    @Test
    void rowThatIsAloneAtNoEndOfABundleIsNotEmittedAsAlone() throws Exception {
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false)) {
            left(harness, RowKind.INSERT, 1, 10);
            right(harness, RowKind.INSERT, 1, 20);
            assertThat(flushed(harness)).containsExactly("+I[1, 10, 1, 20]");

            right(harness, RowKind.UPDATE_BEFORE, 1, 20);
            right(harness, RowKind.UPDATE_AFTER, 1, 25);
            assertThat(flushed(harness)).containsExactly("-D[1, 10, 1, 20]", "+I[1, 10, 1, 25]");
        }
    }

    @Test
    void kindsOfSumsAreThoseOfTheLastChangesOrFitThem() throws Exception {
        for (boolean consistentRowKinds : new boolean[] {false, true}) {
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness = open(FlinkJoinType.INNER, consistentRowKinds)) {
                right(harness, RowKind.INSERT, 1, 20);
                left(harness, RowKind.INSERT, 1, 10);
                left(harness, RowKind.UPDATE_BEFORE, 1, 10);
                left(harness, RowKind.UPDATE_AFTER, 1, 11);
                assertThat(flushed(harness))
                        .containsExactly(
                                consistentRowKinds ? "+I[1, 11, 1, 20]" : "+U[1, 11, 1, 20]");

                left(harness, RowKind.UPDATE_BEFORE, 1, 11);
                left(harness, RowKind.UPDATE_AFTER, 1, 12);
                left(harness, RowKind.DELETE, 1, 12);
                assertThat(flushed(harness))
                        .containsExactly(
                                consistentRowKinds ? "-D[1, 11, 1, 20]" : "-U[1, 11, 1, 20]");
            }
        }
    }

    /** More than are kept in memory. */
    @Test
    void oneRowMatchesVeryMany() throws Exception {
        int many = 40_000;
        JoinInputSideSpec unique = JoinInputSideSpec.withUniqueKey(Rows.type(1), Rows.fields(1));
        try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                open(FlinkJoinType.LEFT, false, unique, false)) {
            for (int i = 0; i < many; i++) {
                left(harness, RowKind.INSERT, 1, i);
            }
            assertThat(flushed(harness)).hasSize(many).allMatch(row -> row.endsWith("null, null]"));

            right(harness, RowKind.INSERT, 1, many);
            assertThat(flushed(harness)).hasSize(2 * many);

            right(harness, RowKind.INSERT, 1, many + 1);
            right(harness, RowKind.DELETE, 1, many);
            left(harness, RowKind.DELETE, 1, 7);
            assertThat(flushed(harness))
                    .hasSize(2 * many + 1)
                    .noneMatch(row -> row.contains("null"));

            right(harness, RowKind.DELETE, 1, many + 1);
            assertThat(flushed(harness))
                    .hasSize(2 * (many - 1))
                    .filteredOn(row -> row.startsWith("+"))
                    .hasSize(many - 1)
                    .allMatch(row -> row.endsWith("null, null]"));
        }
    }

    @Test
    void operatorThatWasNotOpenedFinishesAndCloses() throws Exception {
        KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new JoinOperator(
                                FlinkJoinType.INNER,
                                JoinInput.left(
                                        Rows.type(2),
                                        JoinInputSideSpec.withoutUniqueKey(),
                                        FlinkJoinType.INNER,
                                        true,
                                        0),
                                JoinInput.right(
                                        Rows.type(2),
                                        JoinInputSideSpec.withoutUniqueKey(),
                                        FlinkJoinType.INNER,
                                        true,
                                        0),
                                null,
                                new boolean[] {true},
                                BundleLimits.ofRows(1000).withLatency(Duration.ofSeconds(1)),
                                false,
                                true),
                        Rows.fields(0),
                        Rows.fields(0),
                        Rows.fields(0).getProducedType());
        harness.setup();

        harness.getOperator().finish();
        harness.close();
    }

    private static final class LessOrEqual extends AbstractRichFunction implements JoinCondition {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean apply(RowData left, RowData right) {
            return left.getInt(1) <= right.getInt(1);
        }
    }
}
