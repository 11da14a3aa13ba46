// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import com.pinterest.flink.table.runtime.minibatch.bundle.AbstractBundleOperator;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import com.pinterest.flink.table.runtime.minibatch.bundle.KeyProjection;
import com.pinterest.flink.table.runtime.minibatch.bundle.ReductionWatch;
import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.BundleState;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.JoinConditionWithNullFilters;
import org.apache.flink.table.runtime.util.StreamRecordCollector;

/**
 * A regular join that gathers the changes of both inputs by their key. State is that of {@code
 * StreamingJoinOperator} and {@code StreamingSemiAntiJoinOperator}; keys are processed in its
 * order.
 *
 * <p>With state on the heap, the only benefit of bundles is fewer changes. Inner joins therefore
 * skip bundles while few changes cancel each other. Other joins emit fewer changes in any case: if
 * a row comes in one bundle with the rows that it matches, it is not emitted without a match first.
 */
public final class JoinOperator extends AbstractBundleOperator
        implements TwoInputStreamOperator<RowData, RowData, RowData> {

    private static final long serialVersionUID = 1L;

    private static final String LEFT_STATE = "left-records";
    private static final String RIGHT_STATE = "right-records";

    private final FlinkJoinType type;
    private final JoinInput left;
    private final JoinInput right;
    private final GeneratedJoinCondition generatedCondition;
    private final boolean[] filtersNulls;
    private final boolean consistentRowKinds;
    private final boolean skipsBundles;

    private transient KeyProjection leftKeys;
    private transient KeyProjection rightKeys;
    private transient BundleState state;
    private transient JoinConditionWithNullFilters condition;
    private transient Join join;
    private transient Map<RowData, BundleEntry<KeyChanges>> bundle;

    /** Null if bundles are never skipped. */
    @Nullable private transient ReductionWatch reduction;

    /** The key whose changes are processed; null at other times. */
    @Nullable private transient RowData currentKey;

    private transient int leftRows;
    private transient int rightRows;
    private transient int leftReduced;
    private transient int rightReduced;

    /**
     * Creates the operator.
     *
     * @param filtersNulls of each field of the key, whether rows with null there match no other
     * @param consistentRowKinds whether an insertion stays one when it is combined with later
     *     changes; upstream's gets the kind of the last change
     * @param skipsBundles whether an inner join on the heap processes changes one by one while few
     *     of them cancel each other
     */
    public JoinOperator(
            FlinkJoinType type,
            JoinInput left,
            JoinInput right,
            GeneratedJoinCondition condition,
            boolean[] filtersNulls,
            BundleLimits limits,
            boolean consistentRowKinds,
            boolean skipsBundles) {
        super(limits);
        this.type = type;
        this.left = left;
        this.right = right;
        this.generatedCondition = condition;
        this.filtersNulls = filtersNulls;
        this.consistentRowKinds = consistentRowKinds;
        this.skipsBundles = skipsBundles;
    }

    @Override
    protected void askForFilters(Configuration task) {
        askForPrefixes(task);
    }

    @Override
    public void open() throws Exception {
        super.open();
        bundle = new HashMap<>();
        leftKeys = new KeyProjection(keySelector(0));
        rightKeys = new KeyProjection(keySelector(1));
        state = openState(this::expectedReads);
        left.open(getRuntimeContext(), LEFT_STATE);
        right.open(getRuntimeContext(), RIGHT_STATE);
        openCondition();
        StreamRecordCollector<RowData> out = new StreamRecordCollector<>(output);
        join =
                isExistence()
                        ? new ExistenceJoin(left, right, type == FlinkJoinType.ANTI, condition, out)
                        : new PairJoin(left, right, condition, out);
        openControl();
        reduction =
                skipsBundles
                                && type == FlinkJoinType.INNER
                                && getKeyedStateBackend() instanceof HeapKeyedStateBackend
                        ? new ReductionWatch(limits)
                        : null;
        getMetricGroup().gauge("leftBundleReducedSize", () -> leftReduced);
        getMetricGroup().gauge("rightBundleReducedSize", () -> rightReduced);
    }

    /** Upstream's combine no changes, so the kinds of their changes are consistent. */
    private boolean isExistence() {
        return type == FlinkJoinType.SEMI || type == FlinkJoinType.ANTI;
    }

    @SuppressWarnings("unchecked")
    private KeySelector<RowData, RowData> keySelector(int input) {
        KeySelector<?, ?> selector = config.getStatePartitioner(input, getUserCodeClassloader());
        return (KeySelector<RowData, RowData>) selector;
    }

    private void openCondition() throws Exception {
        condition =
                new JoinConditionWithNullFilters(
                        generatedCondition.newInstance(getUserCodeClassloader()),
                        filtersNulls,
                        new CurrentKey());
        condition.setRuntimeContext(getRuntimeContext());
        condition.open(DefaultOpenContext.INSTANCE);
    }

    /** What the changes of either input read from a state. */
    private ExpectedReads expectedReads(String name) {
        boolean isLeft = name.equals(LEFT_STATE);
        JoinInput input = isLeft ? left : right;
        return new ExpectedReads() {
            @Override
            public boolean ofValue(BundleEntry<?> entry) {
                KeyChanges changes = (KeyChanges) entry.getValue();
                Changes own = isLeft ? changes.left : changes.right;
                Changes others = isLeft ? changes.right : changes.left;
                return others != null || (own != null && own.readsState(input));
            }

            @Override
            public Iterable<?> ofMap(BundleEntry<?> entry) {
                KeyChanges changes = (KeyChanges) entry.getValue();
                Changes own = isLeft ? changes.left : changes.right;
                return own == null ? List.of() : own.mapKeys(input);
            }
        };
    }

    /** Nothing: a row that is gathered accesses no state. */
    @Override
    @SuppressWarnings("rawtypes")
    public void setKeyContextElement1(StreamRecord record) {}

    /** Nothing: a row that is gathered accesses no state. */
    @Override
    @SuppressWarnings("rawtypes")
    public void setKeyContextElement2(StreamRecord record) {}

    @Override
    public void processElement1(StreamRecord<RowData> record) throws Exception {
        if (reduction != null && reduction.skipsBundle()) {
            change(leftKeys, left, record.getValue(), right);
            return;
        }
        KeyChanges changes = changes(leftKeys, record.getValue());
        if (changes.left == null) {
            changes.left = left.newChanges(consistentRowKinds || isExistence());
        }
        Change change = left.keep(record.getValue());
        changes.left.add(change);
        leftRows++;
        countRow(left.sizeOf(change));
    }

    @Override
    public void processElement2(StreamRecord<RowData> record) throws Exception {
        if (reduction != null && reduction.skipsBundle()) {
            change(rightKeys, right, record.getValue(), left);
            return;
        }
        KeyChanges changes = changes(rightKeys, record.getValue());
        if (changes.right == null) {
            changes.right = right.newChanges(consistentRowKinds || isExistence());
        }
        Change change = right.keep(record.getValue());
        changes.right.add(change);
        rightRows++;
        countRow(right.sizeOf(change));
    }

    /** Processes one change, while nothing is gathered. */
    private void change(KeyProjection keys, JoinInput input, RowData row, JoinInput other)
            throws Exception {
        currentKey = keys.keep(keys.of(row));
        state.setCurrentKey(currentKey);
        Changes changes = input.newChanges(consistentRowKinds || isExistence());
        changes.add(input.keep(row));
        change(input, changes, other);
        currentKey = null;
    }

    private KeyChanges changes(KeyProjection keys, RowData row) throws Exception {
        RowData key = keys.of(row);
        BundleEntry<KeyChanges> entry = bundle.get(key);
        if (entry == null) {
            RowData kept = keys.keep(key);
            entry = new BundleEntry<>(kept);
            entry.setValue(new KeyChanges());
            bundle.put(kept, entry);
        }
        return entry.getValue();
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    protected int finishBundle() throws Exception {
        List<BundleEntry<KeyChanges>> changed = new ArrayList<>(bundle.size());
        leftReduced = leftRows;
        rightReduced = rightRows;
        leftRows = 0;
        rightRows = 0;
        for (BundleEntry<KeyChanges> entry : bundle.values()) {
            KeyChanges changes = entry.getValue();
            leftReduced -= changes.left == null ? 0 : changes.left.size();
            rightReduced -= changes.right == null ? 0 : changes.right.size();
            if (!changes.isEmpty()) {
                changed.add(entry);
            }
        }
        change(changed.toArray(new BundleEntry[0]));
        if (reduction != null) {
            reduction.onBundle(rows(), rows() - leftReduced - rightReduced);
        }
        int keys = bundle.size();
        bundle.clear();
        return keys;
    }

    private void change(BundleEntry<KeyChanges>[] entries) throws Exception {
        state.sort(entries);
        state.begin(entries);
        for (BundleEntry<KeyChanges> entry : entries) {
            state.setCurrentKey(entry.getKey());
            currentKey = entry.getKey();
            KeyChanges changes = entry.getValue();
            // Rows that an outer join will match are not emitted without a match first.
            if (type == FlinkJoinType.RIGHT) {
                change(left, changes.left, right);
                change(right, changes.right, left);
            } else {
                change(right, changes.right, left);
                change(left, changes.left, right);
            }
        }
        currentKey = null;
        state.end();
    }

    private void change(JoinInput input, @Nullable Changes changes, JoinInput other)
            throws Exception {
        if (changes != null) {
            changes.settle(input);
            join.change(input, changes, other);
        }
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (condition != null) {
            condition.close();
        }
    }

    /** The changes of a key in each input; null if there are none. */
    private static final class KeyChanges {

        @Nullable private Changes left;
        @Nullable private Changes right;

        boolean isEmpty() {
            return (left == null || left.size() == 0) && (right == null || right.size() == 0);
        }
    }

    /** Gives the condition the key of the rows that it gets. */
    private final class CurrentKey implements KeyContext {

        @Override
        public void setCurrentKey(Object key) {
            throw new UnsupportedOperationException("A condition sets no key.");
        }

        @Override
        public Object getCurrentKey() {
            return currentKey;
        }
    }
}
