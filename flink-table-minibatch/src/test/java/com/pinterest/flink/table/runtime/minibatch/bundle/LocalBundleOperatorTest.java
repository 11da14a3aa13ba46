// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static com.pinterest.flink.table.runtime.minibatch.bundle.SumFunction.row;
import static com.pinterest.flink.table.runtime.minibatch.bundle.SumFunction.taken;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.dataview.StateDataViewStore;
import org.apache.flink.table.runtime.generated.AggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;
import org.junit.jupiter.api.Test;

/** When rows skip bundles of a local aggregation. */
class LocalBundleOperatorTest {

    @Test
    void rowsSkipBundlesThatDoNotPayOffForSomeTime() throws Exception {
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
    void rowsSkipNoBundleIfTheOptionIsOff() throws Exception {
        try (OneInputStreamOperatorTestHarness<RowData, RowData> harness = openLocal(1000, false)) {
            for (int i = 0; i < 1500; i++) {
                harness.processElement(row(i, 1));
            }
            assertThat(taken(harness)).hasSize(1000);
        }
    }

    @Test
    void smallBundlesAreNotJudged() throws Exception {
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
    void rowsThatSkipBundlesShareAHandler() throws Exception {
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
            long size, boolean skipsBundles) throws Exception {
        return openLocal(size, skipsBundles, new AtomicInteger());
    }

    /**
     * An operator without state, over keys as they are.
     *
     * @param made counts the handlers
     */
    private static OneInputStreamOperatorTestHarness<RowData, RowData> openLocal(
            long size, boolean skipsBundles, AtomicInteger made) throws Exception {
        OneInputStreamOperatorTestHarness<RowData, RowData> harness =
                new OneInputStreamOperatorTestHarness<>(
                        new LocalBundleOperator(
                                new SumFunction(),
                                new GeneratedSumHandler(made),
                                Rows.fields(0),
                                skipsBundles,
                                BundleLimits.ofRows(size)));
        harness.open();
        return harness;
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
