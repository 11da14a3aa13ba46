// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When bundles are finished, and how large the next ones are. */
class BundleControlTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestProcessingTimeService time = new TestProcessingTimeService();
    private final List<EndOfBundle> ends = new ArrayList<>();

    /** The time of flushes: it goes on by so much in each. */
    private final AtomicLong flushNanos = new AtomicLong();

    private final AtomicLong nanos = new AtomicLong();
    private final List<BundleControl> opened = new ArrayList<>();
    private BundleControl control;

    @AfterEach
    void close() {
        opened.forEach(BundleControl::close);
    }

    private BundleControl open(long rows, Duration latency, long bytes, double share) {
        return open(
                BundleLimits.ofRows(rows)
                        .withLatency(latency)
                        .withBytes(bytes)
                        .withFlushShare(share),
                this::finishInTime);
    }

    private BundleControl open(BundleLimits limits, BundleControl.Bundle bundle) {
        control = new BundleControl(limits, time, nanos::get, new Ends(), bundle);
        opened.add(control);
        return control;
    }

    /** Takes the time of a flush, and makes one result. */
    private int finishInTime() {
        nanos.addAndGet(flushNanos.get());
        return 1;
    }

    /** Notes the ends that are counted. */
    private final class Ends extends UnregisteredMetricsGroup {

        @Override
        public Counter counter(String name) {
            return new SimpleCounter() {
                @Override
                public void inc() {
                    ends.add(
                            Arrays.stream(EndOfBundle.values())
                                    .filter(end -> end.metric().equals(name))
                                    .findFirst()
                                    .orElseThrow());
                }
            };
        }
    }

    private static void add(BundleControl control, int rows, long size) throws Exception {
        for (int i = 0; i < rows; i++) {
            control.add(size);
        }
    }

    @Test
    void endsByRows() throws Exception {
        open(3, SECOND, 1 << 20, 1);

        add(control, 8, 10);

        assertThat(ends).containsExactly(EndOfBundle.ROWS, EndOfBundle.ROWS);
        assertThat(control.rows()).isEqualTo(2);
    }

    @Test
    void endsByBytes() throws Exception {
        open(1000, SECOND, 3000, 1);

        add(control, 2, 1000);
        assertThat(ends).isEmpty();

        add(control, 1, 1000);
        assertThat(ends).containsExactly(EndOfBundle.BYTES);

        add(control, 2, 1000);
        assertThat(ends).hasSize(1);
    }

    @Test
    void bundlesShareAPartOfTheHeap() throws Exception {
        long part = Runtime.getRuntime().maxMemory() / 5;
        BundleControl other = open(1000, SECOND, 0, 1);
        open(1000, SECOND, 0, 1);

        add(control, 1, part / 2 - 1000);
        assertThat(ends).isEmpty();
        add(control, 1, 1000);
        assertThat(ends).containsExactly(EndOfBundle.BYTES);

        other.close();
        other.close();
        add(control, 1, part / 2 + 1000);
        assertThat(ends).hasSize(1);
    }

    @Test
    void endsWhenTheFirstRowHasWaited() throws Exception {
        open(1000, SECOND, 1 << 20, 1);
        time.setCurrentTime(500);
        add(control, 1, 10);

        time.setCurrentTime(1499);
        add(control, 1, 10);
        assertThat(ends).isEmpty();

        time.setCurrentTime(1500);
        assertThat(ends).containsExactly(EndOfBundle.LATENCY);
    }

    @Test
    void timerOfABundleThatIsOverLeavesTheNextItsTime() throws Exception {
        open(2, SECOND, 1 << 20, 1);
        time.setCurrentTime(0);
        add(control, 2, 10);
        time.setCurrentTime(600);
        add(control, 1, 10);

        time.setCurrentTime(1000);
        assertThat(ends).containsExactly(EndOfBundle.ROWS);

        time.setCurrentTime(1600);
        assertThat(ends).containsExactly(EndOfBundle.ROWS, EndOfBundle.LATENCY);
    }

    @Test
    void oneTimerIsThereAtATime() throws Exception {
        open(2, SECOND, 1 << 20, 1);

        add(control, 100, 10);

        assertThat(time.getNumActiveTimers()).isEqualTo(1);
    }

    @Test
    void thereIsNoTimerWithoutALatency() throws Exception {
        open(1000, Duration.ZERO, 1 << 20, 1);

        add(control, 1, 10);

        assertThat(time.getNumActiveTimers()).isZero();
    }

    @Test
    void nothingEndsAfterTheClose() throws Exception {
        open(1000, SECOND, 1 << 20, 1);
        add(control, 1, 10);

        control.close();
        time.setCurrentTime(5000);

        assertThat(ends).isEmpty();
    }

    @Test
    void bundlesThatTakeLongGetSmallerAndGrowAgain() throws Exception {
        open(10_000, SECOND, 1 << 30, 0.5);
        flushNanos.set(Duration.ofSeconds(1).toNanos());

        add(control, 10_000, 10);
        assertThat(ends).hasSize(1);
        add(control, 5000, 10);
        assertThat(ends).as("half the time is half the rows").hasSize(2);

        flushNanos.set(0);
        add(control, 2500, 10);
        assertThat(ends).hasSize(3);
        add(control, 2500 + 625, 10);
        assertThat(ends).hasSize(4);
        for (int i = 0; i < 20; i++) {
            add(control, 10_000, 10);
        }
        ends.clear();
        add(control, 10_000 - (int) control.rows() - 1, 10);
        assertThat(ends).as("not more than ever").isEmpty();
        add(control, 1, 10);
        assertThat(ends).containsExactly(EndOfBundle.ROWS);
    }

    @Test
    void someRowsAreGatheredHoweverLongTheyTake() throws Exception {
        open(1000, SECOND, 1 << 20, 0.5);
        flushNanos.set(Duration.ofHours(1).toNanos());

        add(control, 1000, 10);
        add(control, 63, 10);
        assertThat(ends).hasSize(1);
        add(control, 1, 10);
        assertThat(ends).hasSize(2);
    }

    @Test
    void whatIsNoLimitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleLimits.ofRows(0))
                .withMessageContaining("0 rows");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleLimits.ofRows(1).withLatency(SECOND.negated()))
                .withMessageContaining("-1000 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleLimits.ofRows(1).withBytes(-1))
                .withMessageContaining("-1 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundleLimits.ofRows(1).withFlushShare(1.5))
                .withMessageContaining("not 1.5");
    }

    /** The size of the next bundle after some full ones. */
    private static long rowsOfFullBundle(SizeSearch search, int bundles, RowsToResult reduction) {
        for (int i = 0; i < bundles; i++) {
            search.onFullBundle(reduction.of(search.size()));
        }
        return search.size();
    }

    private interface RowsToResult {
        double of(long rows);
    }

    @Test
    void bundlesShrinkWhereNothingIsSummedUp() {
        SizeSearch search = new SizeSearch(50_000);

        assertThat(rowsOfFullBundle(search, 100, rows -> 1.0)).isEqualTo(8192);
    }

    @Test
    void bundlesStayWhereMoreRowsSumUpMore() {
        SizeSearch search = new SizeSearch(50_000);

        assertThat(rowsOfFullBundle(search, 8, rows -> rows / 100.0))
                .as("is tried")
                .isEqualTo(25_000);
        assertThat(rowsOfFullBundle(search, 1, rows -> rows / 100.0)).isEqualTo(50_000);
    }

    @Test
    void bundlesGrowAgainUpToTheirLimit() {
        SizeSearch search = new SizeSearch(50_000);
        rowsOfFullBundle(search, 100, rows -> 1.0);

        rowsOfFullBundle(search, 100, rows -> rows / 100.0);

        assertThat(search.size()).isGreaterThanOrEqualTo(25_000).isLessThanOrEqualTo(50_000);
        assertThat(rowsOfFullBundle(search, 1, rows -> rows / 100.0)).isEqualTo(50_000);
    }

    @Test
    void bundlesStayBetweenWhereMoreGainsNothingAndLessLoses() {
        SizeSearch search = new SizeSearch(50_000);
        RowsToResult reduction = rows -> Math.min(rows, 20_000) / 100.0;
        rowsOfFullBundle(search, 9, reduction);

        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            sizes.add(rowsOfFullBundle(search, 1, reduction));
        }

        assertThat(sizes).contains(12_500L, 50_000L);
        assertThat(Collections.frequency(sizes, 25_000L)).isEqualTo(800);
        rowsOfFullBundle(search, 100, rows -> rows / 100.0);
        assertThat(search.size()).as("once more sums up more").isGreaterThan(25_000);
    }

    @Test
    void bundlesThatAreSmallAnywayStay() {
        SizeSearch search = new SizeSearch(100);

        assertThat(rowsOfFullBundle(search, 100, rows -> 1.0)).isEqualTo(100);
    }

    @Test
    void onlyFullBundlesTell() throws Exception {
        open(
                BundleLimits.ofRows(20_000).withBytes(1 << 30).withAdaptiveSize(true),
                () -> (int) control.rows());
        for (int i = 0; i < 50; i++) {
            add(control, 100, 10);
            control.finish(EndOfBundle.WATERMARK);
        }
        ends.clear();
        add(control, 8 * 20_000, 10);
        assertThat(ends).hasSize(8);
        add(control, 10_000, 10);
        assertThat(ends).as("half the size").hasSize(9);
    }

    @Test
    void emptyBundleIsNotFinished() throws Exception {
        open(BundleLimits.ofRows(10), () -> fail("nothing to finish"));

        control.finish(EndOfBundle.WATERMARK);

        assertThat(ends).isEmpty();
    }
}
