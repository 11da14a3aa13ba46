// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.util.List;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.runtime.operators.bundle.KeyedMapBundleOperator;
import org.apache.flink.table.runtime.operators.bundle.trigger.CountBundleTrigger;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;

/** A {@link ScriptFunction} in an operator, ours or upstream's, on a state backend. */
final class ScriptHarness implements AutoCloseable {

    /** Whose operator it is, and where its state. */
    enum Kind {
        OURS_ON_ROCKSDB,
        OURS_ON_HEAP,
        UPSTREAMS_ON_ROCKSDB,
        UPSTREAMS_ON_HEAP;

        boolean isOurs() {
            return this == OURS_ON_ROCKSDB || this == OURS_ON_HEAP;
        }

        boolean isOnHeap() {
            return this == OURS_ON_HEAP || this == UPSTREAMS_ON_HEAP;
        }
    }

    /** More than one, so that a key in the group of another is not found. */
    private static final int KEY_GROUPS = 128;

    private final KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness;

    private ScriptHarness(
            KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness) {
        this.harness = harness;
    }

    /**
     * Opens an operator.
     *
     * @param state null for none
     */
    static ScriptHarness open(
            Kind kind, ScriptFunction function, @Nullable OperatorSubtaskState state)
            throws Exception {
        OneInputStreamOperator<RowData, RowData> operator =
                kind.isOurs()
                        ? ours(function)
                        : new KeyedMapBundleOperator<>(
                                function, new CountBundleTrigger<>(Long.MAX_VALUE));
        KeySelector<RowData, RowData> keys = row -> key(row.getInt(0));
        KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        operator, keys, InternalTypeInfo.ofFields(new IntType()), KEY_GROUPS, 1, 0);
        StateBackend backend =
                kind.isOnHeap() ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend(true);
        harness.setStateBackend(backend);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return new ScriptHarness(harness);
    }

    private static KeyedBundleOperator<?> ours(ScriptFunction function) {
        BundleLimits limits = BundleLimits.ofRows(Long.MAX_VALUE).withBytes(Long.MAX_VALUE);
        KeyedBundleOperator<?> operator = KeyedBundleOperator.of(function, limits);
        operator.filterKeys();
        return operator;
    }

    private static BinaryRowData key(int number) {
        BinaryRowData key = new BinaryRowData(1);
        BinaryRowWriter writer = new BinaryRowWriter(key);
        writer.writeInt(0, number);
        writer.complete();
        return key;
    }

    /** Adds a row to the bundle. */
    void process(int key, long seed) throws Exception {
        harness.processElement(new StreamRecord<>(GenericRowData.of(key, seed)));
    }

    void finishBundle() throws Exception {
        harness.prepareSnapshotPreBarrier(1);
    }

    OperatorSubtaskState snapshot() throws Exception {
        return harness.snapshot(1, 1);
    }

    /** What was seen since the last call, key by key. */
    List<String> seen() {
        List<String> seen =
                harness.getOutput().stream()
                        .filter(element -> element instanceof StreamRecord)
                        .map(element -> (RowData) ((StreamRecord<?>) element).getValue())
                        .map(row -> row.getInt(0) + ":" + row.getString(1))
                        .collect(Collectors.toList());
        harness.getOutput().clear();
        return seen;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
