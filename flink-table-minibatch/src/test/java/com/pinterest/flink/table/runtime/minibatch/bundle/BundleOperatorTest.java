// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.dataview.StateDataViewStore;
import org.apache.flink.table.runtime.generated.AggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.apache.flink.table.runtime.keyselector.BinaryRowDataKeySelector;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** When bundles end, what is in them, and that keys which are reused do no harm. */
class BundleOperatorTest {

    private static OneInputStreamOperatorTestHarness<RowData, RowData> open(long size)
            throws Exception {
        OneInputStreamOperatorTestHarness<RowData, RowData> harness = harness(size);
        harness.open();
        return harness;
    }

    private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(long size)
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                BundleOperator.keyed(
                        new Sum(), new BundleLimits(size, Duration.ofSeconds(10), 0, 1, false)),
                Rows.fields(0),
                InternalTypeInfo.ofFields(new IntType()));
    }

    private static StreamRecord<RowData> row(int key, long value) {
        return new StreamRecord<>(GenericRowData.of(key, value));
    }

    /** Keys and sums since the last call. */
    private static List<String> taken(OneInputStreamOperatorTestHarness<RowData, RowData> harness) {
        List<String> taken =
                harness.getOutput().stream()
                        .filter(element -> element instanceof StreamRecord)
                        .map(element -> (RowData) ((StreamRecord<?>) element).getValue())
                        .map(row -> row.getInt(0) + "=" + row.getLong(1))
                        .collect(Collectors.toList());
        harness.getOutput().clear();
        return taken;
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

    @Test
    void localAggregationStepsAsideWhereItSumsUpLittleAndComesBack() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = openLocal(1000, true)) {
            for (int i = 0; i < 1000; i++) {
                harness.processElement(row(i, 1));
            }
            assertThat(taken(harness)).hasSize(1000);

            for (int i = 0; i < 16_000; i++) {
                harness.processElement(row(7, i));
            }
            assertThat(taken(harness)).hasSize(16_000).startsWith("7=0", "7=1").endsWith("7=15999");

            for (int i = 0; i < 2000; i++) {
                harness.processElement(row(7, 1));
            }
            assertThat(taken(harness)).containsExactly("7=1000", "7=1000");
        }
    }

    @Test
    void localAggregationStaysIfItIsToldTo() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = openLocal(1000, false)) {
            for (int i = 0; i < 1500; i++) {
                harness.processElement(row(i, 1));
            }
            assertThat(taken(harness)).hasSize(1000);
        }
    }

    @Test
    void smallBundlesDoNotTellWhetherThereIsLittleToSumUp() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = openLocal(1000, true)) {
            for (int i = 0; i < 999; i++) {
                harness.processElement(row(i, 1));
            }
            harness.prepareSnapshotPreBarrier(1);
            assertThat(taken(harness)).hasSize(999);

            harness.processElement(row(1, 1));
            assertThat(taken(harness)).isEmpty();
        }
    }

    @Test
    void rowsThatArePassedOnTakeNoHandlersOfTheirOwn() throws Exception {
        AtomicInteger made = new AtomicInteger();
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness =
                openLocal(1000, true, made)) {
            for (int i = 0; i < 1000; i++) {
                harness.processElement(row(i, 1));
            }
            int ofBundle = made.get();
            assertThat(ofBundle).isGreaterThanOrEqualTo(1000);

            for (int i = 0; i < 1500; i++) {
                harness.processElement(row(i, 1));
            }
            assertThat(taken(harness)).hasSize(2500);
            assertThat(made).hasValue(ofBundle);
        }
    }

    private static OneInputStreamOperatorTestHarness<RowData, RowData> openLocal(
            long size, boolean stepsAside) throws Exception {
        return openLocal(size, stepsAside, new AtomicInteger());
    }

    /**
     * An operator without state, over keys as they are.
     *
     * @param made counts the handlers
     */
    private static OneInputStreamOperatorTestHarness<RowData, RowData> openLocal(
            long size, boolean stepsAside, AtomicInteger made) throws Exception {
        OneInputStreamOperatorTestHarness<RowData, RowData> harness =
                new OneInputStreamOperatorTestHarness<>(
                        BundleOperator.local(
                                new Sum(),
                                new GeneratedSumHandler(made),
                                new BundleLimits(size, Duration.ofSeconds(10), 0, 1, false),
                                Rows.fields(0),
                                stepsAside));
        harness.open();
        return harness;
    }

    /** Gathers a sum for each key. */
    private static final class Sum extends MapBundleFunction<RowData, RowData, RowData, RowData> {
        private static final long serialVersionUID = 1L;

        @Override
        public RowData addInput(@Nullable RowData gathered, RowData row) {
            long before = gathered == null ? 0 : gathered.getLong(0);
            return GenericRowData.of(before + row.getLong(1));
        }

        @Override
        public void finishBundle(Map<RowData, RowData> bundle, Collector<RowData> out) {
            bundle.forEach(
                    (key, sum) -> out.collect(GenericRowData.of(key.getInt(0), sum.getLong(0))));
        }
    }

    /** Makes handlers that sum up the second field. */
    private static final class GeneratedSumHandler extends GeneratedAggsHandleFunction {
        private static final long serialVersionUID = 1L;

        GeneratedSumHandler(AtomicInteger made) {
            super("SumHandler", "", new Object[] {made}, new Configuration());
        }

        @Override
        @SuppressWarnings("unchecked")
        public Class<AggsHandleFunction> compile(ClassLoader classLoader) {
            return (Class<AggsHandleFunction>) (Class<?>) SumHandler.class;
        }
    }

    /** As a generated class is: with its references for the constructor. */
    public static final class SumHandler implements AggsHandleFunction {

        private long sum;

        public SumHandler(Object[] references) {
            ((AtomicInteger) references[0]).incrementAndGet();
        }

        @Override
        public void open(StateDataViewStore store) {}

        @Override
        public void accumulate(RowData row) {
            sum += row.getLong(1);
        }

        @Override
        public void retract(RowData row) {
            sum -= row.getLong(1);
        }

        @Override
        public void merge(RowData accumulators) {
            sum += accumulators.getLong(0);
        }

        @Override
        public void setAccumulators(RowData accumulators) {
            sum = accumulators.getLong(0);
        }

        @Override
        public void resetAccumulators() {
            sum = 0;
        }

        @Override
        public RowData getAccumulators() {
            return GenericRowData.of(sum);
        }

        @Override
        public RowData createAccumulators() {
            return GenericRowData.of(0L);
        }

        @Override
        public RowData getValue() {
            return getAccumulators();
        }

        @Override
        public void setWindowSize(int size) {}

        @Override
        public void cleanup() {}

        @Override
        public void close() {}
    }
}
