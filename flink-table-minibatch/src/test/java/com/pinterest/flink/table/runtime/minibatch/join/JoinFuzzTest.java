// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * Random changes of two inputs give the table that a join of their last rows gives: in our
 * operators and in upstream's, also when the one goes on with what the other left.
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
        WITH_JOIN_KEY,
        IN_JOIN_KEY;

        JoinInputSideSpec spec() {
            switch (this) {
                case NONE:
                    return JoinInputSideSpec.withoutUniqueKey();
                case UNIQUE:
                    return JoinInputSideSpec.withUniqueKey(Rows.type(1), Rows.fields(1));
                case WITH_JOIN_KEY:
                    return JoinInputSideSpec.withUniqueKey(Rows.type(2), Rows.fields(0, 1));
                default:
                    return JoinInputSideSpec.withUniqueKeyContainedByJoinKey(
                            Rows.type(1), Rows.fields(0));
            }
        }
    }

    /** Who runs the join. */
    private enum By {
        BUNDLES,
        ROWS,
        UPSTREAM
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
        FuzzCases.run(80, seed -> new Case(seed).check());
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
        private final boolean consistentRowKinds;
        private final boolean isOnHeap;
        private final boolean filtersKeys;
        private final long ttlMillis;
        private final List<Map<Integer, Integer[]>> tables =
                List.of(new TreeMap<>(), new TreeMap<>());
        private final List<Change> changes;
        private final int cut;

        /**
         * Whether rows are replaced without a retraction, as the planner allows it where unique
         * keys contain the join key. Upstream's operators are wrong then.
         */
        private final boolean isUpserted;

        /** Whether deletions have no more than the key. */
        private final boolean deletesByKey;

        Case(long seed) {
            random = Rows.random(seed);
            isUpserted = random.nextBoolean();
            deletesByKey = isUpserted && random.nextBoolean();
            type = Rows.oneOf(random, FlinkJoinType.values());
            left = keys();
            right = keys();
            condition = random.nextInt(3);
            filtersNulls = random.nextBoolean();
            consistentRowKinds = random.nextBoolean();
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
                    Integer[] row = table.remove(old);
                    if (deletesByKey) {
                        row[2] = null;
                    }
                    all.add(new Change(isLeft, Rows.row(RowKind.DELETE, row)));
                } else {
                    Integer[] row = table.get(old).clone();
                    if (!isUpserted) {
                        all.add(new Change(isLeft, Rows.row(RowKind.UPDATE_BEFORE, row)));
                    }
                    row[2] = random.nextInt(4);
                    if (kind != Keys.IN_JOIN_KEY && !isUpserted && random.nextInt(4) == 0) {
                        row[0] = random.nextInt(keys);
                    }
                    table.put(old, row);
                    all.add(new Change(isLeft, Rows.row(RowKind.UPDATE_AFTER, row)));
                }
            }
            return all;
        }

        void check() throws Exception {
            Map<String, ?> expected = table(join());

            check(By.BUNDLES, By.BUNDLES, expected);
            check(By.BUNDLES, isUpserted ? By.ROWS : By.UPSTREAM, expected);
            check(By.ROWS, By.BUNDLES, expected);
            if (!isUpserted) {
                check(By.UPSTREAM, By.BUNDLES, expected);
            }
        }

        private void check(By first, By then, Map<String, ?> expected) throws Exception {
            assertThat(table(run(first, then)))
                    .as("by %s, then by %s, %s", first, then, name)
                    .isEqualTo(expected);
        }

        private Keys keys() {
            return isUpserted
                    ? Rows.oneOf(random, Keys.WITH_JOIN_KEY, Keys.IN_JOIN_KEY)
                    : Rows.oneOf(random, Keys.values());
        }

        private Map<String, ?> table(List<String> emitted) {
            if (!isUpserted) {
                return Rows.table(emitted);
            }
            boolean hasOnePerLeft =
                    isExistence()
                            || (right == Keys.IN_JOIN_KEY
                                    && (type == FlinkJoinType.INNER || type == FlinkJoinType.LEFT));
            return hasOnePerLeft
                    ? Rows.tableByKey(emitted, 0, 1)
                    : Rows.tableByKey(emitted, 0, 1, FIELDS, FIELDS + 1);
        }

        private boolean isExistence() {
            return type == FlinkJoinType.SEMI || type == FlinkJoinType.ANTI;
        }

        /** The last rows of the inputs, joined. */
        private List<String> join() {
            List<String> joined = new ArrayList<>();
            Integer[] none = new Integer[FIELDS];
            for (Integer[] one : tables.get(0).values()) {
                long matches =
                        tables.get(1).values().stream().filter(other -> match(one, other)).count();
                if (isExistence()) {
                    if (matches > 0 == (type == FlinkJoinType.SEMI)) {
                        joined.add("+I" + Arrays.toString(one));
                    }
                    continue;
                }
                for (Integer[] other : tables.get(1).values()) {
                    if (match(one, other)) {
                        joined.add(pair(one, other));
                    }
                }
                if (matches == 0 && type.isLeftOuter()) {
                    joined.add(pair(one, none));
                }
            }
            if (type.isRightOuter()) {
                for (Integer[] other : tables.get(1).values()) {
                    if (tables.get(0).values().stream().noneMatch(one -> match(one, other))) {
                        joined.add(pair(none, other));
                    }
                }
            }
            return joined;
        }

        private static String pair(Integer[] one, Integer[] other) {
            Integer[] pair = Arrays.copyOf(one, 2 * FIELDS);
            System.arraycopy(other, 0, pair, FIELDS, FIELDS);
            return "+I" + Arrays.toString(pair);
        }

        private boolean match(Integer[] one, Integer[] other) {
            return Objects.equals(one[0], other[0])
                    && (one[0] != null || !filtersNulls)
                    && Condition.apply(condition, one[2], other[2]);
        }

        private List<String> run(By first, By then) throws Exception {
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
            LogicalType[] types = new LogicalType[isExistence() ? FIELDS : 2 * FIELDS];
            Arrays.fill(types, new IntType());
            return types;
        }

        /** Upstream's get rows that they may keep, as they do on the heap. */
        private void process(
                KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness,
                By who,
                List<Change> rows)
                throws Exception {
            Rows.Feed feed = new Rows.Feed(FIELDS, who == By.BUNDLES);
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
                By who) throws Exception {
            return new KeyedTwoInputStreamOperatorTestHarness<>(
                    operator(who),
                    Rows.fields(0),
                    Rows.fields(0),
                    Rows.fields(0).getProducedType());
        }

        private TwoInputStreamOperator<RowData, RowData, RowData> operator(By who) {
            switch (who) {
                case BUNDLES:
                    return bundling();
                case ROWS:
                    return ReplacingJoins.of(
                            upstreams(),
                            type,
                            Rows.type(FIELDS),
                            Rows.type(FIELDS),
                            condition(),
                            condition > 0,
                            left.spec(),
                            right.spec(),
                            new boolean[] {filtersNulls},
                            ttlMillis,
                            ttlMillis);
                default:
                    return upstreams();
            }
        }

        private TwoInputStreamOperator<RowData, RowData, RowData> bundling() {
            JoinOperator operator =
                    new JoinOperator(
                            type,
                            JoinInput.left(
                                    Rows.type(FIELDS), left.spec(), type, condition > 0, ttlMillis),
                            JoinInput.right(
                                    Rows.type(FIELDS),
                                    right.spec(),
                                    type,
                                    condition > 0,
                                    ttlMillis),
                            condition(),
                            new boolean[] {filtersNulls},
                            BundleLimits.ofRows(25),
                            consistentRowKinds,
                            true);
            if (filtersKeys) {
                operator.filterKeys();
            }
            return operator;
        }

        private TwoInputStreamOperator<RowData, RowData, RowData> upstreams() {
            if (isExistence()) {
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
            return apply(which, value(one), value(other));
        }

        private static Integer value(RowData row) {
            return row.isNullAt(2) ? null : row.getInt(2);
        }

        /** As SQL, a comparison with null is not true. */
        static boolean apply(int which, Integer one, Integer other) {
            if (which == 0) {
                return true;
            }
            return one != null && other != null && (which == 1 ? one < other : one.equals(other));
        }
    }
}
