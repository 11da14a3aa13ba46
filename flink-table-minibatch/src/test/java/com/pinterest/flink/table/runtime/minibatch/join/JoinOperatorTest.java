// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When bundles end, and what is emitted of them, in order. Both inputs have a unique key. */
class JoinOperatorTest {

    @Test
    void bundleEndsWithTheWatermarkOfBothInputsAndBeforeIt() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.INNER).open()) {
            harness.left(RowKind.INSERT, 1, 10);
            harness.right(RowKind.INSERT, 1, 20);
            harness.operator().processWatermark1(new Watermark(5));
            assertThat(harness.operator().getOutput()).isEmpty();

            harness.operator().processWatermark2(new Watermark(7));
            assertThat(harness.operator().getOutput())
                    .hasSize(2)
                    .last()
                    .isEqualTo(new Watermark(5));
            assertThat(harness.taken()).containsExactly("+I[1, 10, 1, 20]");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowsOnTheHeapAreNotGatheredWhereFewCancelEachOther(boolean isOnHeap) throws Exception {
        try (JoinHarness harness =
                JoinHarness.of(FlinkJoinType.INNER)
                        .withoutUniqueKey()
                        .withStateOnHeap(isOnHeap)
                        .open()) {
            for (int key = 0; key < 500; key++) {
                harness.left(RowKind.INSERT, key, 10);
                harness.right(RowKind.INSERT, key, 20);
            }
            assertThat(harness.taken()).as("a full bundle").hasSize(500);

            harness.left(RowKind.INSERT, 7, 11);
            harness.right(RowKind.INSERT, 8, 21);

            List<String> emitted = List.of("+I[7, 11, 7, 20]", "+I[8, 10, 8, 21]");
            assertThat(harness.taken()).isEqualTo(isOnHeap ? emitted : List.of());

            harness.left(RowKind.INSERT, 1000, 10);
            harness.left(RowKind.INSERT, 1001, 10);
            harness.right(RowKind.INSERT, 1000, 20);

            emitted = List.of("+I[1000, 10, 1000, 20]");
            assertThat(harness.taken())
                    .as("of keys that are new")
                    .isEqualTo(isOnHeap ? emitted : List.of());
        }
    }

    @Test
    void rowsOnTheHeapAreGatheredWhereTheyCancelEachOther() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.INNER).open()) {
            harness.left(RowKind.INSERT, 1, 0);
            for (int value = 1; value < 500; value++) {
                harness.left(RowKind.UPDATE_BEFORE, 1, value - 1);
                harness.left(RowKind.UPDATE_AFTER, 1, value);
            }
            harness.right(RowKind.INSERT, 1, 1000);
            assertThat(harness.taken()).as("a full bundle").hasSize(1);

            harness.left(RowKind.UPDATE_BEFORE, 1, 499);
            harness.left(RowKind.UPDATE_AFTER, 1, 500);

            assertThat(harness.taken()).isEmpty();
        }
    }

    /** Each row would be emitted as alone first. */
    @ParameterizedTest
    @EnumSource(names = {"LEFT", "RIGHT"})
    void rowsOfOuterJoinsAreGatheredOnTheHeapToo(FlinkJoinType type) throws Exception {
        try (JoinHarness harness = JoinHarness.of(type).withoutUniqueKey().open()) {
            for (int bundle = 0; bundle < 2; bundle++) {
                for (int key = 0; key < 500; key++) {
                    harness.left(RowKind.INSERT, 500 * bundle + key, 10);
                    harness.right(RowKind.INSERT, 500 * bundle + key, 20);
                }
                assertThat(harness.taken()).as("bundle %d of %s", bundle, type).hasSize(500);
            }
        }
    }

    @Test
    void bundleEndsBeforeACheckpoint() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).open()) {
            harness.left(RowKind.INSERT, 1, 10);
            assertThat(harness.flushed()).containsExactly("+I[1, 10, null, null]");
        }
    }

    @Test
    void bundleEndsWithTheInput() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).open()) {
            harness.left(RowKind.INSERT, 1, 10);
            harness.finish();

            assertThat(harness.taken()).containsExactly("+I[1, 10, null, null]");
        }
    }

    @Test
    void bundleEndsWhenItsFirstRowHasWaited() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).open()) {
            harness.operator().setProcessingTime(100);
            harness.left(RowKind.INSERT, 1, 10);
            harness.operator().setProcessingTime(1099);
            assertThat(harness.taken()).isEmpty();

            harness.operator().setProcessingTime(1100);
            assertThat(harness.taken()).containsExactly("+I[1, 10, null, null]");
        }
    }

    /** Not all inputs retract what they update. */
    @ParameterizedTest
    @EnumSource(names = {"INNER", "LEFT"})
    void deletionOfARowThatWasUpdatedInTheBundleIsNotLost(FlinkJoinType type) throws Exception {
        try (JoinHarness harness = JoinHarness.of(type).open()) {
            harness.right(RowKind.INSERT, 1, 20);
            harness.left(RowKind.INSERT, 1, 10);
            assertThat(harness.flushed()).containsExactly("+I[1, 10, 1, 20]");

            harness.left(RowKind.UPDATE_AFTER, 1, 11);
            harness.left(RowKind.DELETE, 1, 11);
            assertThat(harness.flushed()).containsExactly("-D[1, 10, 1, 20]");

            harness.left(RowKind.UPDATE_AFTER, 1, 12);
            harness.left(RowKind.DELETE, 1, 12);
            assertThat(harness.flushed()).as("nothing was there").isEmpty();
        }
    }

    @Test
    void rowThatReplacesAnotherIsNoFurtherAssociation() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).withoutCondition().open()) {
            harness.left(RowKind.INSERT, 1, 10);
            harness.right(RowKind.INSERT, 1, 20);
            assertThat(harness.flushed()).containsExactly("+I[1, 10, 1, 20]");
            harness.right(RowKind.UPDATE_AFTER, 1, 21);
            assertThat(harness.flushed()).last().asString().endsWith("[1, 10, 1, 21]");

            harness.right(RowKind.DELETE, 1, 21);

            assertThat(harness.flushed())
                    .as("the left row is alone again")
                    .last()
                    .isEqualTo("+I[1, 10, null, null]");
        }
    }

    /** Of many rows with other unique keys. */
    @Test
    void deletionsOfRowsThatWereUpdatedInTheBundleAreNotLost() throws Exception {
        try (JoinHarness harness =
                JoinHarness.of(FlinkJoinType.LEFT)
                        .withUniqueValues()
                        .withStateOnHeap(false)
                        .open()) {
            for (int id : new int[] {10, 11, 12}) {
                harness.left(RowKind.INSERT, 1, id);
            }
            assertThat(harness.flushed()).hasSize(3);

            for (int id : new int[] {12, 10, 13}) {
                harness.left(RowKind.UPDATE_AFTER, 1, id);
                harness.left(RowKind.DELETE, 1, id);
            }

            assertThat(harness.flushed())
                    .containsExactly("-D[1, 12, null, null]", "-D[1, 10, null, null]");
        }
    }

    /** By the unique key of the left input, the last change is the one that counts. */
    @Test
    void rowThatWasAloneIsRetractedBeforeTheOneInItsPlaceIsJoined() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).open()) {
            harness.right(RowKind.INSERT, 1, 20);
            harness.left(RowKind.INSERT, 1, 30);
            assertThat(harness.flushed()).containsExactly("+I[1, 30, null, null]");

            harness.left(RowKind.UPDATE_BEFORE, 1, 30);
            harness.left(RowKind.UPDATE_AFTER, 1, 10);
            assertThat(harness.flushed())
                    .containsExactly("-D[1, 30, null, null]", "+I[1, 10, 1, 20]");
        }
    }

    @Test
    void rowThatIsAloneAtNoEndOfABundleIsNotEmittedAsAlone() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.LEFT).open()) {
            harness.left(RowKind.INSERT, 1, 10);
            harness.right(RowKind.INSERT, 1, 20);
            assertThat(harness.flushed()).containsExactly("+I[1, 10, 1, 20]");

            harness.right(RowKind.UPDATE_BEFORE, 1, 20);
            harness.right(RowKind.UPDATE_AFTER, 1, 25);
            assertThat(harness.flushed()).containsExactly("-D[1, 10, 1, 20]", "+I[1, 10, 1, 25]");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kindsOfSumsAreThoseOfTheLastChangesOrFitThem(boolean consistentRowKinds) throws Exception {
        try (JoinHarness harness =
                JoinHarness.of(FlinkJoinType.INNER)
                        .withConsistentRowKinds(consistentRowKinds)
                        .open()) {
            harness.right(RowKind.INSERT, 1, 20);
            harness.left(RowKind.INSERT, 1, 10);
            harness.left(RowKind.UPDATE_BEFORE, 1, 10);
            harness.left(RowKind.UPDATE_AFTER, 1, 11);
            assertThat(harness.flushed())
                    .containsExactly(consistentRowKinds ? "+I[1, 11, 1, 20]" : "+U[1, 11, 1, 20]");

            harness.left(RowKind.UPDATE_BEFORE, 1, 11);
            harness.left(RowKind.UPDATE_AFTER, 1, 12);
            harness.left(RowKind.DELETE, 1, 12);
            assertThat(harness.flushed())
                    .containsExactly(consistentRowKinds ? "-D[1, 11, 1, 20]" : "-U[1, 11, 1, 20]");
        }
    }

    /** More than are kept in memory. */
    @Test
    void oneRowMatchesVeryMany() throws Exception {
        int many = 40_000;
        try (JoinHarness harness =
                JoinHarness.of(FlinkJoinType.LEFT)
                        .withUniqueValues()
                        .withStateOnHeap(false)
                        .open()) {
            for (int i = 0; i < many; i++) {
                harness.left(RowKind.INSERT, 1, i);
            }
            assertThat(harness.flushed())
                    .hasSize(many)
                    .allMatch(row -> row.endsWith("null, null]"));

            harness.right(RowKind.INSERT, 1, many);
            assertThat(harness.flushed()).hasSize(2 * many);

            harness.right(RowKind.INSERT, 1, many + 1);
            harness.right(RowKind.DELETE, 1, many);
            harness.left(RowKind.DELETE, 1, 7);
            assertThat(harness.flushed())
                    .hasSize(2 * many + 1)
                    .noneMatch(row -> row.contains("null"));

            harness.right(RowKind.DELETE, 1, many + 1);
            assertThat(harness.flushed())
                    .hasSize(2 * (many - 1))
                    .filteredOn(row -> row.startsWith("+"))
                    .hasSize(many - 1)
                    .allMatch(row -> row.endsWith("null, null]"));
        }
    }

    @Test
    void operatorThatWasNotOpenedFinishesAndCloses() throws Exception {
        try (JoinHarness harness = JoinHarness.of(FlinkJoinType.INNER).setUp()) {
            harness.finish();

            assertThat(harness.taken()).isEmpty();
        }
    }
}
