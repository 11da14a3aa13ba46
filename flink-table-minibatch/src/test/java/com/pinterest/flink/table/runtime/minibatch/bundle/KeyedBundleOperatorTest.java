// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static com.pinterest.flink.table.runtime.minibatch.bundle.SumFunction.row;
import static com.pinterest.flink.table.runtime.minibatch.bundle.SumFunction.taken;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.keyselector.BinaryRowDataKeySelector;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;
import org.junit.jupiter.api.Test;

/** When bundles end, what is in them, and that reused keys do no harm. */
class KeyedBundleOperatorTest {

    private static OneInputStreamOperatorTestHarness<RowData, RowData> open(long size)
            throws Exception {
        OneInputStreamOperatorTestHarness<RowData, RowData> harness = harness(size);
        harness.open();
        return harness;
    }

    private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(long size)
            throws Exception {
        return harness(KeyedBundleOperator.of(new SumFunction(), BundleLimits.ofRows(size)));
    }

    private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(
            KeyedBundleOperator<RowData> operator) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                operator, Rows.fields(0), InternalTypeInfo.ofFields(new IntType()));
    }

    @Test
    void rowsOfAKeyAreGatheredUntilThereAreEnough() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = open(4)) {
            harness.processElement(row(1, 10));
            harness.processElement(row(2, 20));
            harness.processElement(row(1, 1));
            assertThat(taken(harness)).isEmpty();

            harness.processElement(row(3, 30));
            assertThat(taken(harness)).containsExactlyInAnyOrder("1=11", "2=20", "3=30");

            harness.processElement(row(1, 5));
            harness.endInput();
            harness.getOperator().finish();
            assertThat(taken(harness)).containsExactly("1=5");
        }
    }

    @Test
    void anOperatorThatWasNotOpenedFinishesAndCloses() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = harness(4)) {
            harness.setup();

            harness.getOperator().finish();

            assertThat(taken(harness)).isEmpty();
        }
    }

    @Test
    void watermarkComesBehindTheBundle() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = open(100)) {
            harness.processElement(row(1, 10));
            harness.processWatermark(7);

            assertThat(new ArrayList<>(harness.getOutput())).last().isEqualTo(new Watermark(7));
            assertThat(taken(harness)).containsExactly("1=10");
        }
    }

    @Test
    void barrierEndsTheBundle() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = open(100)) {
            harness.processElement(row(1, 10));
            harness.prepareSnapshotPreBarrier(1);

            assertThat(taken(harness)).containsExactly("1=10");
        }
    }

    @Test
    void emptyBundleIsNotFinished() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = open(100)) {
            harness.processWatermark(7);
            harness.prepareSnapshotPreBarrier(1);

            assertThat(taken(harness)).isEmpty();
        }
    }

    @Test
    void keysAreCopiedOnce() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = open(1000)) {
            for (int i = 0; i < 500; i++) {
                harness.processElement(row(i % 50, 1));
            }
            harness.prepareSnapshotPreBarrier(1);

            assertThat(taken(harness)).hasSize(50).allMatch(text -> text.endsWith("=10"));
        }
    }

    @Test
    void keysComeInTheOrderOfUpstreamUnlessTheyAreSorted() throws Exception {
        BundleLimits limits = BundleLimits.ofRows(1000);
        StateBackend rocksdb = new EmbeddedRocksDBStateBackend();

        List<String> onHeap =
                order(KeyedBundleOperator.of(new SumFunction(), limits), new HashMapStateBackend());

        assertThat(order(KeyedBundleOperator.of(new SumFunction(), limits), rocksdb))
                .isEqualTo(onHeap);
        assertThat(order(KeyedBundleOperator.sorted(new SumFunction(), limits), rocksdb))
                .isNotEqualTo(onHeap)
                .containsExactlyInAnyOrderElementsOf(onHeap);
    }

    private static List<String> order(KeyedBundleOperator<RowData> operator, StateBackend backend)
            throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = harness(operator)) {
            harness.setStateBackend(backend);
            harness.open();
            for (int key = 0; key < 100; key++) {
                harness.processElement(row(37 * key % 100, 1));
            }
            harness.prepareSnapshotPreBarrier(1);
            return taken(harness);
        }
    }

    @Test
    void selectorStillGivesKeysToKeep() throws Exception {
        BinaryRowDataKeySelector keys = Rows.fields(0);
        Set<RowData> kept = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            kept.add(keys.getKey(row(i, 0).getValue()));
        }
        BinaryRowData reused = keys.getReusedKey(row(3, 0).getValue());

        assertThat(kept).hasSize(10).contains(reused);
        assertThat(keys.getReusedKey(row(4, 0).getValue())).isSameAs(reused);
    }
}
