// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.AbstractRichFunction;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.StreamingJoinOperator;
import org.apache.flink.table.runtime.operators.join.stream.StreamingSemiAntiJoinOperator;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Random changes of two inputs give the same joined table in our operator and in upstream's, also
 * when the one goes on with what the other left.
 *
 * <p>More of them: {@link FuzzCases}.
 */
class JoinFuzzTest {

    /** The key of the join, a unique key, and a value. */
    private static final int FIELDS = 3;

    /** What keys an input has. */
    private enum Keys {
        NONE,
        UNIQUE,
        IN_JOIN_KEY;

        JoinInputSideSpec spec() {
            switch (this) {
                case NONE:
                    return JoinInputSideSpec.withoutUniqueKey();
                case UNIQUE:
                    return JoinInputSideSpec.withUniqueKey(Rows.type(1), Rows.fields(1));
                default:
                    return JoinInputSideSpec.withUniqueKeyContainedByJoinKey(
                            Rows.type(1), Rows.fields(0));
            }
        }
    }

    /** A change of one input. */
    private static final class Change {

        private final boolean isLeft;
        private final RowData row;

        Change(boolean isLeft, RowData row) {
            this.isLeft = isLeft;
            this.row = row;
        }
    }

    @Test
    void tablesAreTheSame() throws Exception {
        FuzzCases.run(200, seed -> new Case(seed).check());
    }

    /** What is random. */
    private static final class Case {

        private final Random random;
        private final String name;
        private final FlinkJoinType type;
        private final Keys left;
        private final Keys right;
        private final int condition;
        private final boolean filtersNulls;
        private final boolean mendsKinds;
        private final boolean isOnHeap;
        private final boolean filtersKeys;
        private final long ttlMillis;
        private final List<Change> changes;
        private final int cut;

        /** Whether updates come without what was before, as the planner has it with such keys. */
        private final boolean isUpserted;

        Case(long seed) {
            random = Rows.random(seed);
            isUpserted = random.nextInt(5) == 0;
            FlinkJoinType anyType =
                    FlinkJoinType.values()[random.nextInt(FlinkJoinType.values().length)];
            type = isUpserted && anyType.isOuter() ? FlinkJoinType.INNER : anyType;
            left = isUpserted ? Keys.IN_JOIN_KEY : Keys.values()[random.nextInt(3)];
            right = isUpserted ? Keys.IN_JOIN_KEY : Keys.values()[random.nextInt(3)];
            condition = isUpserted ? 0 : random.nextInt(3);
            filtersNulls = random.nextBoolean();
            mendsKinds = random.nextBoolean();
            isOnHeap = random.nextInt(3) == 0;
            filtersKeys = random.nextInt(4) > 0;
            ttlMillis = random.nextInt(4) == 0 ? 1_000_000 : 0;
            changes = changes(1 + random.nextInt(150), 1 + random.nextInt(5));
            cut = random.nextInt(changes.size() + 1);
            name =
                    String.format(
                            "fuzz.seed=%d fuzz.cases=1: %s of %s and %s", seed, type, left, right);
        }

        /** Of either input, one by one; an update is two changes, between which others may come. */
        private List<Change> changes(int length, int keys) {
            List<Map<Integer, Integer[]>> tables = List.of(new TreeMap<>(), new TreeMap<>());
            List<Change> all = new ArrayList<>();
            for (int i = 0; all.size() < length; i++) {
                boolean isLeft = random.nextBoolean();
                Keys kind = isLeft ? left : right;
                Map<Integer, Integer[]> table = tables.get(isLeft ? 0 : 1);
                int what = random.nextInt(4);
                Integer old =
                        table.isEmpty()
                                ? null
                                : new ArrayList<>(table.keySet()).get(random.nextInt(table.size()));
                if (old == null || what < 2) {
                    Integer key = random.nextInt(8) == 0 ? null : random.nextInt(keys);
                    int id = kind == Keys.IN_JOIN_KEY ? key == null ? -1 : key : i;
                    if (!table.containsKey(id)) {
                        Integer[] row = {key, kind == Keys.NONE ? 0 : id, random.nextInt(4)};
                        table.put(id, row);
                        all.add(new Change(isLeft, Rows.row(RowKind.INSERT, row)));
                    }
                } else if (what == 2) {
                    all.add(new Change(isLeft, Rows.row(RowKind.DELETE, table.remove(old))));
                } else {
                    Integer[] row = table.get(old).clone();
                    // Semi and anti joins count the rows of the right input.
                    if (!isUpserted || !isLeft && type != FlinkJoinType.INNER) {
                        all.add(new Change(isLeft, Rows.row(RowKind.UPDATE_BEFORE, row)));
                    }
                    row[2] = random.nextInt(4);
                    if (kind != Keys.IN_JOIN_KEY && random.nextInt(4) == 0) {
                        row[0] = random.nextInt(keys);
                    }
                    table.put(old, row);
                    all.add(new Change(isLeft, Rows.row(RowKind.UPDATE_AFTER, row)));
                }
            }
            return all;
        }

        void check() throws Exception {
            Map<String, ?> expected = table(run(false, false));

            assertThat(table(run(true, true))).as("ours, %s", name).isEqualTo(expected);
            assertThat(table(run(true, false)))
                    .as("ours, then upstream's, %s", name)
                    .isEqualTo(expected);
            assertThat(table(run(false, true)))
                    .as("upstream's, then ours, %s", name)
                    .isEqualTo(expected);
        }

        private Map<String, ?> table(List<String> emitted) {
            return isUpserted ? Rows.tableByFirst(emitted) : Rows.table(emitted);
        }

        private List<String> run(boolean first, boolean then) throws Exception {
            OperatorSubtaskState state;
            List<String> emitted;
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness = harness(first)) {
                Rows.open(harness, isOnHeap, null, types());
                process(harness, first, changes.subList(0, cut));
                harness.getOperator().prepareSnapshotPreBarrier(1);
                state = harness.snapshot(1, 1);
                emitted = new ArrayList<>(Rows.emitted(harness, types()));
            }
            try (KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData>
                    harness = harness(then)) {
                Rows.open(harness, isOnHeap, state, types());
                process(harness, then, changes.subList(cut, changes.size()));
                harness.getOperator().prepareSnapshotPreBarrier(2);
                emitted.addAll(Rows.emitted(harness, types()));
            }
            return emitted;
        }

        private LogicalType[] types() {
            boolean isPair = type != FlinkJoinType.SEMI && type != FlinkJoinType.ANTI;
            LogicalType[] types = new LogicalType[isPair ? 2 * FIELDS : FIELDS];
            Arrays.fill(types, new IntType());
            return types;
        }

        /** Upstream's get rows that they may keep, as they do on the heap. */
        private void process(
                KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness,
                boolean isOurs,
                List<Change> rows)
                throws Exception {
            Rows.Feed feed = new Rows.Feed(FIELDS, isOurs);
            for (Change change : rows) {
                if (change.isLeft) {
                    harness.processElement1(feed.of(change.row));
                } else {
                    harness.processElement2(feed.of(change.row));
                }
                if (random.nextInt(30) == 0) {
                    harness.getOperator().prepareSnapshotPreBarrier(0);
                }
            }
        }

        private KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness(
                boolean isOurs) throws Exception {
            return new KeyedTwoInputStreamOperatorTestHarness<>(
                    isOurs ? ours() : upstreams(),
                    Rows.fields(0),
                    Rows.fields(0),
                    Rows.fields(0).getProducedType());
        }

        private TwoInputStreamOperator<RowData, RowData, RowData> ours() {
            boolean isExistence = type == FlinkJoinType.SEMI || type == FlinkJoinType.ANTI;
            JoinOperator operator =
                    new JoinOperator(
                            type,
                            new JoinInput(
                                    Rows.type(FIELDS),
                                    left.spec(),
                                    type.isLeftOuter() || isExistence,
                                    ttlMillis),
                            new JoinInput(
                                    Rows.type(FIELDS),
                                    right.spec(),
                                    type.isRightOuter(),
                                    ttlMillis),
                            condition(),
                            new boolean[] {filtersNulls},
                            new BundleLimits(25, Duration.ZERO, 0, 1, false),
                            mendsKinds,
                            true);
            if (filtersKeys) {
                operator.filterKeys();
            }
            return operator;
        }

        private TwoInputStreamOperator<RowData, RowData, RowData> upstreams() {
            if (type == FlinkJoinType.SEMI || type == FlinkJoinType.ANTI) {
                return new StreamingSemiAntiJoinOperator(
                        type == FlinkJoinType.ANTI,
                        Rows.type(FIELDS),
                        Rows.type(FIELDS),
                        condition(),
                        left.spec(),
                        right.spec(),
                        new boolean[] {filtersNulls},
                        ttlMillis,
                        ttlMillis);
            }
            return new StreamingJoinOperator(
                    Rows.type(FIELDS),
                    Rows.type(FIELDS),
                    condition(),
                    left.spec(),
                    right.spec(),
                    type.isLeftOuter(),
                    type.isRightOuter(),
                    new boolean[] {filtersNulls},
                    ttlMillis,
                    ttlMillis);
        }

        private GeneratedJoinCondition condition() {
            int which = condition;
            return new GeneratedJoinCondition("", "", new Object[0]) {
                private static final long serialVersionUID = 1L;

                @Override
                public JoinCondition newInstance(ClassLoader loader) {
                    return new Condition(which);
                }
            };
        }
    }

    /** True, or compares the values. */
    private static final class Condition extends AbstractRichFunction implements JoinCondition {

        private static final long serialVersionUID = 1L;

        private final int which;

        Condition(int which) {
            this.which = which;
        }

        @Override
        public boolean apply(RowData one, RowData other) {
            switch (which) {
                case 0:
                    return true;
                case 1:
                    return one.getInt(2) < other.getInt(2);
                default:
                    return one.getInt(2) == other.getInt(2);
            }
        }
    }
}
