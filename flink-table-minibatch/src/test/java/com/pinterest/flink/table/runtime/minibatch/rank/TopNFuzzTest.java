// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import com.pinterest.flink.table.runtime.minibatch.bundle.KeyedBundleOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.rank.AbstractTopNFunction;
import org.apache.flink.table.runtime.operators.rank.AppendOnlyTopNFunction;
import org.apache.flink.table.runtime.operators.rank.ComparableRecordComparator;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.operators.rank.FastTop1Function;
import org.apache.flink.table.runtime.operators.rank.RankType;
import org.apache.flink.table.runtime.util.StateConfigUtil;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Random changes of one order, with many rows of equal sort keys, give the same first rows in our
 * operators and in upstream's, also when the one goes on with what the other left.
 *
 * <p>More of them: {@link FuzzCases}.
 */
class TopNFuzzTest {

    /** The key, a unique key, the sort key, and one more. */
    private static final int FIELDS = 4;

    private enum Kind {
        APPEND_ONLY,
        TOP_ROW,
        UPDATABLE,
        RETRACTABLE
    }

    @Test
    void firstRowsAreTheSame() throws Exception {
        FuzzCases.run(75, seed -> new Case(seed).check());
    }

    /** What is random. */
    private static final class Case {

        private final Random random;
        private final String name;
        private final Kind kind;
        private final ConstantRankRange ranks;
        private final boolean outputsRanks;
        private final boolean isOnHeap;
        private final boolean filtersKeys;
        private final StateTtlConfig ttl;
        private final long cacheSize;
        private final List<RowData> changes;
        private final int cut;

        Case(long seed) {
            random = Rows.random(seed);
            name = "fuzz.seed=" + seed + " fuzz.cases=1";
            kind = Rows.oneOf(random, Kind.values());
            long first = kind == Kind.TOP_ROW || random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(3);
            long last = kind == Kind.TOP_ROW ? 1 : Math.max(2, first + random.nextInt(4));
            ranks = new ConstantRankRange(first, last);
            outputsRanks = random.nextBoolean();
            isOnHeap = random.nextInt(3) == 0;
            filtersKeys = random.nextInt(4) > 0;
            ttl = StateConfigUtil.createTtlConfig(random.nextInt(4) == 0 ? 1_000_000 : 0);
            cacheSize = random.nextBoolean() ? 1 : 1000;
            changes = changes(1 + random.nextInt(200), 1 + random.nextInt(4));
            cut = random.nextInt(changes.size() + 1);
        }

        private List<RowData> changes(int length, int keys) {
            Map<Integer, Integer[]> rows = new TreeMap<>();
            List<RowData> all = new ArrayList<>();
            for (int i = 0; all.size() < length; i++) {
                int what = random.nextInt(3);
                Integer id =
                        rows.isEmpty()
                                ? null
                                : new ArrayList<>(rows.keySet()).get(random.nextInt(rows.size()));
                if (id == null || what == 0 || kind == Kind.APPEND_ONLY || kind == Kind.TOP_ROW) {
                    Integer[] row = {random.nextInt(keys), i, random.nextInt(6), random.nextInt(3)};
                    rows.put(i, row);
                    all.add(Rows.row(RowKind.INSERT, row));
                } else if (kind == Kind.UPDATABLE) {
                    Integer[] row = rows.get(id).clone();
                    row[2] -= random.nextInt(3);
                    row[3] = random.nextInt(100);
                    rows.put(id, row);
                    all.add(Rows.row(RowKind.UPDATE_AFTER, row));
                } else if (what == 1) {
                    all.add(Rows.row(RowKind.DELETE, rows.remove(id)));
                } else {
                    Integer[] row = rows.get(id).clone();
                    all.add(Rows.row(RowKind.UPDATE_BEFORE, rows.get(id)));
                    row[2] = random.nextInt(6);
                    rows.put(id, row);
                    all.add(Rows.row(RowKind.UPDATE_AFTER, row));
                }
            }
            return all;
        }

        void check() throws Exception {
            Map<String, Integer> expected = Rows.table(run(false, false));

            assertThat(Rows.table(run(true, true))).as("ours, %s", name).isEqualTo(expected);
            assertThat(Rows.table(run(true, false)))
                    .as("ours, then upstream's, %s", name)
                    .isEqualTo(expected);
            assertThat(Rows.table(run(false, true)))
                    .as("upstream's, then ours, %s", name)
                    .isEqualTo(expected);
        }

        private List<String> run(boolean first, boolean then) throws Exception {
            OperatorSubtaskState state;
            List<String> emitted;
            try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                    harness(first)) {
                Rows.open(harness, isOnHeap, null, types());
                process(harness, first, changes.subList(0, cut));
                harness.prepareSnapshotPreBarrier(1);
                state = harness.snapshot(1, 1);
                emitted = new ArrayList<>(Rows.emitted(harness, types()));
            }
            try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                    harness(then)) {
                Rows.open(harness, isOnHeap, state, types());
                process(harness, then, changes.subList(cut, changes.size()));
                harness.prepareSnapshotPreBarrier(2);
                emitted.addAll(Rows.emitted(harness, types()));
            }
            return emitted;
        }

        private LogicalType[] types() {
            List<LogicalType> types = new ArrayList<>();
            for (int i = 0; i < FIELDS; i++) {
                types.add(new IntType());
            }
            if (outputsRanks) {
                types.add(new BigIntType());
            }
            return types.toArray(new LogicalType[0]);
        }

        /** Upstream's get rows that they may keep, as they do on the heap. */
        private void process(
                KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness,
                boolean isOurs,
                List<RowData> rows)
                throws Exception {
            Rows.Feed feed = new Rows.Feed(FIELDS, isOurs);
            for (RowData row : rows) {
                harness.processElement(feed.of(row));
                if (random.nextInt(30) == 0) {
                    harness.prepareSnapshotPreBarrier(0);
                }
            }
        }

        private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness(
                boolean isOurs) throws Exception {
            AbstractTopNFunction function = function();
            OneInputStreamOperator<RowData, RowData> operator;
            if (isOurs) {
                KeyedBundleOperator<?> ours =
                        KeyedBundleOperator.sorted(bundled(function), BundleLimits.ofRows(25));
                if (filtersKeys) {
                    ours.filterKeys();
                }
                operator = ours;
            } else {
                KeyedProcessOperator<RowData, RowData, RowData> upstreams =
                        new KeyedProcessOperator<>(function);
                function.setKeyContext(upstreams);
                operator = upstreams;
            }
            return new KeyedOneInputStreamOperatorTestHarness<>(
                    operator, Rows.fields(0), Rows.fields(0).getProducedType());
        }

        private TopN<?> bundled(AbstractTopNFunction function) {
            switch (kind) {
                case APPEND_ONLY:
                    return new AppendOnlyTopN(
                            ttl,
                            Rows.type(FIELDS),
                            Rows.byFirst(),
                            Rows.fields(2),
                            ranks,
                            true,
                            outputsRanks,
                            cacheSize);
                case TOP_ROW:
                    return new TopRow(
                            ttl,
                            Rows.type(FIELDS),
                            Rows.byFirst(),
                            Rows.fields(2),
                            true,
                            outputsRanks,
                            cacheSize);
                default:
                    return ((TopNFunctions.Bundled) function).bundled();
            }
        }

        private AbstractTopNFunction function() {
            switch (kind) {
                case APPEND_ONLY:
                    return new AppendOnlyTopNFunction(
                            ttl,
                            Rows.type(FIELDS),
                            Rows.byFirst(),
                            Rows.fields(2),
                            RankType.ROW_NUMBER,
                            ranks,
                            true,
                            outputsRanks,
                            cacheSize);
                case TOP_ROW:
                    return new FastTop1Function(
                            ttl,
                            Rows.type(FIELDS),
                            Rows.byFirst(),
                            Rows.fields(2),
                            RankType.ROW_NUMBER,
                            ranks,
                            true,
                            outputsRanks,
                            cacheSize);
                case UPDATABLE:
                    return TopNFunctions.updatable(
                            ttl,
                            Rows.type(FIELDS),
                            Rows.fields(1),
                            Rows.byFirst(),
                            Rows.fields(2),
                            RankType.ROW_NUMBER,
                            ranks,
                            true,
                            outputsRanks,
                            cacheSize);
                default:
                    return TopNFunctions.retractable(
                            ttl,
                            Rows.type(FIELDS),
                            new ComparableRecordComparator(
                                    Rows.byFirst(),
                                    new int[] {0},
                                    new LogicalType[] {new IntType()},
                                    new boolean[] {true},
                                    new boolean[] {true}),
                            Rows.fields(2),
                            RankType.ROW_NUMBER,
                            ranks,
                            // With an offset, upstream finds rows of its own state no more.
                            ranks.getRankStart() == 1
                                    ? Rows.strictEqualiser(FIELDS)
                                    : Rows.equaliser(FIELDS),
                            true,
                            outputsRanks);
            }
        }
    }
}
