// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.BundleLimits;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.AbstractRichFunction;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.generated.JoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;

/**
 * A join of rows {@code (key, value)} by their key, if the left value is at most the right one. By
 * default the key is unique in both inputs, state is on the heap, and kinds of rows are upstream's.
 */
final class JoinHarness implements AutoCloseable {

    private static final LogicalType[] TYPES =
            Collections.nCopies(4, new IntType()).toArray(new LogicalType[0]);

    private final FlinkJoinType type;

    private JoinInputSideSpec keys =
            JoinInputSideSpec.withUniqueKeyContainedByJoinKey(Rows.type(1), Rows.fields(0));

    private boolean hasCondition = true;
    private boolean isOnHeap = true;
    private boolean consistentRowKinds;
    private KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> harness;

    private JoinHarness(FlinkJoinType type) {
        this.type = type;
    }

    static JoinHarness of(FlinkJoinType type) {
        return new JoinHarness(type);
    }

    /** Makes the value the unique key of both inputs. */
    JoinHarness withUniqueValues() {
        keys = JoinInputSideSpec.withUniqueKey(Rows.type(1), Rows.fields(1));
        return this;
    }

    JoinHarness withoutUniqueKey() {
        keys = JoinInputSideSpec.withoutUniqueKey();
        return this;
    }

    /** Joins all rows with the same key, not only those whose values are in order. */
    JoinHarness withoutCondition() {
        hasCondition = false;
        return this;
    }

    JoinHarness withStateOnHeap(boolean onHeap) {
        isOnHeap = onHeap;
        return this;
    }

    JoinHarness withConsistentRowKinds(boolean consistent) {
        consistentRowKinds = consistent;
        return this;
    }

    JoinHarness open() throws Exception {
        Rows.open(create(), isOnHeap, null, TYPES);
        return this;
    }

    /** Prepares the operator as a task does that ends before it opens it. */
    JoinHarness setUp() throws Exception {
        create().setup();
        return this;
    }

    private KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> create()
            throws Exception {
        JoinOperator operator =
                new JoinOperator(
                        type,
                        JoinInput.left(Rows.type(2), keys, type, hasCondition, 0),
                        JoinInput.right(Rows.type(2), keys, type, hasCondition, 0),
                        new GeneratedJoinCondition("", "", new Object[0]) {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public JoinCondition newInstance(ClassLoader loader) {
                                return new LessOrEqual(hasCondition);
                            }
                        },
                        new boolean[] {true},
                        BundleLimits.ofRows(1000).withLatency(Duration.ofSeconds(1)),
                        consistentRowKinds,
                        true);
        harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        operator, Rows.fields(0), Rows.fields(0), Rows.fields(0).getProducedType());
        return harness;
    }

    /** Upstream's harness, for watermarks and time. */
    KeyedTwoInputStreamOperatorTestHarness<RowData, RowData, RowData, RowData> operator() {
        return harness;
    }

    void left(RowKind kind, int key, int value) throws Exception {
        harness.processElement1(new Rows.Feed(2, false).of(Rows.row(kind, key, value)));
    }

    void right(RowKind kind, int key, int value) throws Exception {
        harness.processElement2(new Rows.Feed(2, false).of(Rows.row(kind, key, value)));
    }

    /** Returns what has been emitted since the last call. */
    List<String> taken() {
        List<String> taken = Rows.emitted(harness, TYPES);
        harness.getOutput().clear();
        return taken;
    }

    /** Finishes the bundle by a checkpoint, and returns what has been emitted since. */
    List<String> flushed() throws Exception {
        harness.getOperator().prepareSnapshotPreBarrier(1);
        return taken();
    }

    void finish() throws Exception {
        harness.getOperator().finish();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    private static final class LessOrEqual extends AbstractRichFunction implements JoinCondition {

        private static final long serialVersionUID = 1L;

        private final boolean compares;

        private LessOrEqual(boolean compares) {
            this.compares = compares;
        }

        @Override
        public boolean apply(RowData left, RowData right) {
            return !compares || left.getInt(1) <= right.getInt(1);
        }
    }
}
