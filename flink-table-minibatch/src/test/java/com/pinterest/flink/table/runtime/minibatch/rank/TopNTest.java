// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import com.pinterest.flink.table.runtime.minibatch.bundle.KeyedBundleOperator;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.rank.ComparableRecordComparator;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.operators.rank.RankType;
import org.apache.flink.table.runtime.operators.rank.RetractableTopNFunction;
import org.apache.flink.table.runtime.util.StateConfigUtil;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is emitted, where the table does not tell. Rows are a key, a unique key and a sort key. */
class TopNTest {

    private static final LogicalType[] ROW = {new IntType(), new IntType(), new IntType()};
    private static final LogicalType[] RANKED_ROW = {
        new IntType(), new IntType(), new IntType(), new BigIntType()
    };

    private static final ComparableRecordComparator ASCENDING =
            new ComparableRecordComparator(
                    Rows.byFirst(),
                    new int[] {0},
                    new LogicalType[] {new IntType()},
                    new boolean[] {true},
                    new boolean[] {true});

    private static final ConstantRankRange FIRST_TWO = new ConstantRankRange(1, 2);

    private LogicalType[] types = ROW;

    private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> open(TopN<?> function)
            throws Exception {
        return open(operator(function), false, null);
    }

    private static OneInputStreamOperator<RowData, RowData> operator(TopN<?> function) {
        return KeyedBundleOperator.sorted(function, BundleLimits.ofRows(1000));
    }

    private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> open(
            OneInputStreamOperator<RowData, RowData> operator,
            boolean isOnHeap,
            @Nullable OperatorSubtaskState state)
            throws Exception {
        KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        operator, Rows.fields(0), Rows.fields(0).getProducedType());
        Rows.open(harness, isOnHeap, state, types);
        return harness;
    }

    private static TopRow topRow(StateTtlConfig ttl, boolean generateUpdateBefore) {
        return new TopRow(
                ttl,
                Rows.type(3),
                Rows.byFirst(),
                Rows.fields(2),
                generateUpdateBefore,
                false,
                100);
    }

    private static UpdatableTopN updatable(boolean generateUpdateBefore, int ranks) {
        return new UpdatableTopN(
                StateTtlConfig.DISABLED,
                Rows.type(3),
                Rows.fields(1),
                Rows.byFirst(),
                Rows.fields(2),
                new ConstantRankRange(1, ranks),
                generateUpdateBefore,
                false,
                100);
    }

    /** Rows of the key 0, and what is emitted of them as a bundle. */
    private List<String> bundle(
            KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness,
            int[]... idsAndSortKeys)
            throws Exception {
        for (int[] each : idsAndSortKeys) {
            process(harness, RowKind.INSERT, each[0], each[1]);
        }
        harness.prepareSnapshotPreBarrier(1);
        List<String> emitted = Rows.emitted(harness, types);
        harness.getOutput().clear();
        return emitted;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void topNThatDeletesRefusesStateOfOneThatDoesNot(boolean isOnHeap) throws Exception {
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(updatable(true, 2)), isOnHeap, null)) {
            bundle(harness, new int[] {1, 10}, new int[] {2, 20}, new int[] {3, 30});
            state = harness.snapshot(1, 1);
        }

        for (OneInputStreamOperator<RowData, RowData> operator :
                List.of(
                        operator(retractable(StateTtlConfig.DISABLED, FIRST_TWO)),
                        new RetractableTopNOperator(upstreams(FIRST_TWO)))) {
            assertThatThrownBy(() -> open(operator, isOnHeap, state))
                    .isInstanceOf(StateMigrationException.class)
                    .hasMessageContaining("Start the query without state");
        }
    }

    @Test
    void updateOfTheTopRowMayLeaveItsSortKey() throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(topRow(StateTtlConfig.DISABLED, true))) {
            bundle(harness, new int[] {1, 10});

            process(harness, RowKind.UPDATE_AFTER, 2, 10);
            assertThat(bundle(harness)).containsExactly("-U[0, 1, 10]", "+U[0, 2, 10]");
        }
    }

    @Test
    void rowThatLeavesRanksFromAnOffsetIsDeleted() throws Exception {
        RetractableTopN secondAndThird =
                retractable(StateTtlConfig.DISABLED, ASCENDING, new ConstantRankRange(2, 3), false);
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(secondAndThird)) {
            bundle(harness, new int[] {1, 10}, new int[] {2, 20}, new int[] {3, 30});

            process(harness, RowKind.DELETE, 1, 10);
            assertThat(bundle(harness)).containsExactly("-D[0, 2, 20]");
        }
    }

    @Test
    void topNThatDeletesTakesItsOwnState() throws Exception {
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(retractable(StateTtlConfig.DISABLED, FIRST_TWO))) {
            bundle(harness, new int[] {1, 10}, new int[] {2, 20});
            state = harness.snapshot(1, 1);
        }

        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(new RetractableTopNOperator(upstreams(FIRST_TWO)), false, state)) {
            assertThat(bundle(harness, new int[] {3, 15}))
                    .containsExactly("-D[0, 2, 20]", "+I[0, 3, 15]");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void topRowIsRetractedIfThatIsAskedFor(boolean generateUpdateBefore) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(topRow(StateTtlConfig.DISABLED, generateUpdateBefore))) {
            assertThat(bundle(harness, new int[] {1, 9}, new int[] {2, 8}))
                    .containsExactly("+I[0, 2, 8]");
            assertThat(bundle(harness, new int[] {3, 8}, new int[] {4, 9})).isEmpty();

            List<String> better = bundle(harness, new int[] {5, 7}, new int[] {6, 6});

            assertThat(better).last().isEqualTo("+U[0, 6, 6]");
            assertThat(better.subList(0, better.size() - 1))
                    .isEqualTo(generateUpdateBefore ? List.of("-U[0, 2, 8]") : List.of());
        }
    }

    @Test
    void rowsThatAreNotKeptTakeNoMemory() throws Exception {
        BundleLimits limits = BundleLimits.ofRows(1000).withBytes(10_000);
        List<TopN<?>> functions =
                List.of(
                        topRow(StateTtlConfig.DISABLED, false),
                        retractable(StateTtlConfig.DISABLED, new ConstantRankRange(1, 1)));
        for (TopN<?> function : functions) {
            try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                    open(KeyedBundleOperator.sorted(function, limits), false, null)) {
                for (int id = 0; id < 200; id++) {
                    process(harness, RowKind.INSERT, id, id);
                }

                boolean keepsAll = function instanceof RetractableTopN;
                assertThat(Rows.emitted(harness, types).isEmpty()).isEqualTo(!keepsAll);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newVersionOfARowTakesThePlaceOfTheOld(boolean generateUpdateBefore) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(updatable(generateUpdateBefore, 2))) {
            assertThat(bundle(harness, new int[] {1, 9}, new int[] {2, 8}))
                    .containsExactly("+I[0, 2, 8]", "+I[0, 1, 9]");

            List<String> better =
                    bundle(harness, new int[] {1, 8}, new int[] {1, 7}, new int[] {3, 9});

            assertThat(better).last().isEqualTo("+U[0, 1, 7]");
            assertThat(better.subList(0, better.size() - 1))
                    .isEqualTo(generateUpdateBefore ? List.of("-U[0, 1, 9]") : List.of());
        }
    }

    /** By its unique key, the last change of a row is the one that counts. */
    @Test
    void rowThatMovesIsRetractedBeforeItIsAdded() throws Exception {
        types = RANKED_ROW;
        UpdatableTopN withRanks =
                new UpdatableTopN(
                        StateTtlConfig.DISABLED,
                        Rows.type(3),
                        Rows.fields(1),
                        Rows.byFirst(),
                        Rows.fields(2),
                        new ConstantRankRange(1, 2),
                        true,
                        true,
                        100);
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(withRanks)) {
            bundle(harness, new int[] {1, 8}, new int[] {2, 9});

            assertThat(bundle(harness, new int[] {2, 7}))
                    .containsExactly(
                            "-U[0, 1, 8, 1]", "-U[0, 2, 9, 2]", "+U[0, 2, 7, 1]", "+U[0, 1, 8, 2]");
        }
    }

    /** As upstream, a row that got worse goes before others of its bundle that are better. */
    @Test
    void rowThatGetsWorseMakesRoom() throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(updatable(true, 2))) {
            bundle(harness, new int[] {1, 10}, new int[] {2, 8});

            assertThat(bundle(harness, new int[] {2, 99}, new int[] {3, 50}, new int[] {2, 98}))
                    .containsExactly("-D[0, 2, 8]", "+I[0, 3, 50]");
        }
    }

    /** What is kept in memory of a busy key must not outlive what is in the state. */
    @Test
    void rowsOfABusyKeyExpire() throws Exception {
        StateTtlConfig ttl = StateConfigUtil.createTtlConfig(500);
        for (TopN<?> function :
                List.of(
                        new UpdatableTopN(
                                ttl,
                                Rows.type(3),
                                Rows.fields(1),
                                Rows.byFirst(),
                                Rows.fields(2),
                                new ConstantRankRange(1, 2),
                                true,
                                false,
                                100),
                        new AppendOnlyTopN(
                                ttl,
                                Rows.type(3),
                                Rows.byFirst(),
                                Rows.fields(2),
                                new ConstantRankRange(1, 2),
                                true,
                                false,
                                100))) {
            try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                    open(function)) {
                harness.setStateTtlProcessingTime(0);
                bundle(harness, new int[] {1, 10}, new int[] {2, 20});
                Thread.sleep(300);
                harness.setStateTtlProcessingTime(300);
                assertThat(bundle(harness, new int[] {3, 9})).contains("+I[0, 3, 9]");
                Thread.sleep(300);
                harness.setStateTtlProcessingTime(600);

                assertThat(bundle(harness, new int[] {4, 30})).containsExactly("+I[0, 4, 30]");
            }
        }
    }

    /** A row that is kept in memory as it was read would do so for as long again. */
    @Test
    void topRowExpiresThoughItIsRead() throws Exception {
        StateTtlConfig ttl = StateConfigUtil.createTtlConfig(60_000);
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(topRow(ttl, true))) {
            harness.setStateTtlProcessingTime(0);
            bundle(harness, new int[] {1, 10});
            state = harness.snapshot(1, 1);
        }
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(topRow(ttl, true)), false, state)) {
            harness.setStateTtlProcessingTime(59_000);
            assertThat(bundle(harness, new int[] {2, 20})).isEmpty();
            harness.setStateTtlProcessingTime(61_000);

            assertThat(bundle(harness, new int[] {3, 30})).containsExactly("+I[0, 3, 30]");
        }
    }

    /** The rows of a sort key may expire before the count of all. */
    @Test
    void rowsThatHaveExpiredHaveNoRank() throws Exception {
        RetractableTopN function =
                retractable(StateConfigUtil.createTtlConfig(100), new ConstantRankRange(1, 3));
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(function)) {
            harness.setStateTtlProcessingTime(0);
            assertThat(bundle(harness, new int[] {1, 10})).containsExactly("+I[0, 1, 10]");
            harness.setStateTtlProcessingTime(90);
            assertThat(bundle(harness, new int[] {2, 20})).containsExactly("+I[0, 2, 20]");
            harness.setStateTtlProcessingTime(150);

            assertThat(bundle(harness, new int[] {3, 10})).contains("+I[0, 3, 10]");
            assertThat(bundle(harness, new int[] {4, 30}))
                    .as("the third of three")
                    .containsExactly("+I[0, 4, 30]");
        }
    }

    /** As 0.0 and -0.0. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowsWhoseSortKeysAreEqualButNotTheSameAreRankedAsTheyCome(boolean isOnHeap)
            throws Exception {
        ComparableRecordComparator byAbsoluteValue =
                new ComparableRecordComparator(
                        Rows.comparator(
                                (one, other) ->
                                        Integer.compare(
                                                Math.abs(one.getInt(0)),
                                                Math.abs(other.getInt(0)))),
                        new int[] {0},
                        new LogicalType[] {new IntType()},
                        new boolean[] {true},
                        new boolean[] {true});
        RetractableTopN function =
                retractable(
                        StateTtlConfig.DISABLED,
                        byAbsoluteValue,
                        new ConstantRankRange(1, 3),
                        true);
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(function), isOnHeap, null)) {
            assertThat(bundle(harness, new int[] {1, 5}, new int[] {2, 5}))
                    .containsExactly("+I[0, 1, 5]", "+I[0, 2, 5]");
            assertThat(bundle(harness, new int[] {3, -5})).containsExactly("+I[0, 3, -5]");
            assertThat(bundle(harness, new int[] {4, 6}, new int[] {5, 7})).isEmpty();

            process(harness, RowKind.DELETE, 1, 5);
            process(harness, RowKind.DELETE, 2, 5);
            process(harness, RowKind.DELETE, 3, -5);
            assertThat(bundle(harness, new int[] {6, -5}, new int[] {7, 5}))
                    .contains("+I[0, 6, -5]", "+I[0, 7, 5]", "+I[0, 4, 6]");
            assertThat(bundle(harness, new int[] {8, 5})).contains("-D[0, 4, 6]");
        }
    }

    /** The order of rows with the same sort key has to be found again in the state. */
    @Test
    void rowsOfASortKeyKeepTheirOrderOverARestore() throws Exception {
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(updatable(true, 3)), false, null)) {
            bundle(harness, new int[] {1, 10}, new int[] {9, 10});
            bundle(harness, new int[] {1, 5});
            bundle(harness, new int[] {2, 10});
            state = harness.snapshot(1, 1);
        }
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(updatable(true, 3)), false, state)) {
            assertThat(bundle(harness, new int[] {7, 6})).contains("-D[0, 2, 10]");
        }
    }

    /** With an offset, upstream keeps rows of the kinds that it emitted them with. */
    @Test
    void rowsOfUpstreamsStateAreThereWhateverTheirKind() throws Exception {
        ConstantRankRange secondRank = new ConstantRankRange(2, 2);
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(upstreamsRetractable(secondRank), true, null)) {
            process(harness, RowKind.INSERT, 1, 30);
            process(harness, RowKind.INSERT, 2, 20);
            process(harness, RowKind.INSERT, 3, 10);
            assertThat(Rows.emitted(harness, types)).last().isEqualTo("+U[0, 2, 20]");
            state = harness.snapshot(1, 1);
        }
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(operator(retractable(StateTtlConfig.DISABLED, secondRank)), true, state)) {
            process(harness, RowKind.DELETE, 2, 20);
            harness.prepareSnapshotPreBarrier(2);

            assertThat(Rows.emitted(harness, types))
                    .containsExactly("-D[0, 2, 20]", "+I[0, 1, 30]");
        }
    }

    /** Upstream finds a row only if it is kept as an insertion. */
    @Test
    void rowsThatLostTheirRankAreInsertionsInTheState() throws Exception {
        ConstantRankRange two = new ConstantRankRange(1, 2);
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(retractable(StateTtlConfig.DISABLED, two))) {
            bundle(harness, new int[] {1, 10}, new int[] {2, 10});
            assertThat(bundle(harness, new int[] {3, 5}, new int[] {4, 6}, new int[] {5, 10}))
                    .contains("-D[0, 1, 10]", "-D[0, 2, 10]");
            state = harness.snapshot(1, 1);
        }
        try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                open(upstreamsRetractable(two), false, state)) {
            process(harness, RowKind.DELETE, 1, 10);
            process(harness, RowKind.DELETE, 3, 5);

            assertThat(Rows.emitted(harness, types)).last().isEqualTo("+I[0, 2, 10]");
        }
    }

    private static RetractableTopN retractable(StateTtlConfig ttl, ConstantRankRange ranks) {
        return retractable(ttl, ASCENDING, ranks, true);
    }

    private static RetractableTopN retractable(
            StateTtlConfig ttl,
            ComparableRecordComparator comparator,
            ConstantRankRange ranks,
            boolean generateUpdateBefore) {
        return new RetractableTopN(
                ttl,
                Rows.type(3),
                comparator,
                Rows.fields(2),
                ranks,
                Rows.strictEqualiser(3),
                generateUpdateBefore,
                false);
    }

    private static KeyedProcessOperator<RowData, RowData, RowData> upstreamsRetractable(
            ConstantRankRange ranks) {
        RetractableTopNFunction function = upstreams(ranks);
        KeyedProcessOperator<RowData, RowData, RowData> operator =
                new KeyedProcessOperator<>(function);
        function.setKeyContext(operator);
        return operator;
    }

    private static RetractableTopNFunction upstreams(ConstantRankRange ranks) {
        return new RetractableTopNFunction(
                StateTtlConfig.DISABLED,
                Rows.type(3),
                ASCENDING,
                Rows.fields(2),
                RankType.ROW_NUMBER,
                ranks,
                Rows.strictEqualiser(3),
                true,
                false);
    }

    private static void process(
            KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness,
            RowKind kind,
            int id,
            int sortKey)
            throws Exception {
        harness.processElement(new Rows.Feed(3, false).of(Rows.row(kind, 0, id, sortKey)));
    }
}
