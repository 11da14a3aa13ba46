// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.common;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.core.io.InputStatus;

/**
 * The numbers from zero, as many as were {@linkplain #allow allowed} so far. The job must have one
 * subtask of it and run in this process.
 */
final class GatedNumbers extends NumberSequenceSource {

    private static final long serialVersionUID = 1L;

    private static long allowed;
    private static long passed;
    private static CompletableFuture<Void> more = new CompletableFuture<>();

    GatedNumbers() {
        super(0, Long.MAX_VALUE - 1);
    }

    /** Lets the source emit the numbers below one. */
    static synchronized void allow(long end) {
        allowed = end;
        more.complete(null);
        more = new CompletableFuture<>();
    }

    /**
     * Waits a while until the numbers below one are emitted.
     *
     * @return whether they are
     */
    static boolean awaitEmitted(long end, long milliseconds) throws InterruptedException {
        synchronized (GatedNumbers.class) {
            if (passed < end) {
                GatedNumbers.class.wait(milliseconds);
            }
            return passed >= end;
        }
    }

    /** Tells how many values are emitted, and returns how many may be. */
    private static synchronized long progress(long emitted) {
        passed = emitted;
        GatedNumbers.class.notifyAll();
        return allowed;
    }

    /** Completes when there is more than a number of values to emit. */
    private static synchronized CompletableFuture<Void> moreThan(long emitted) {
        return allowed > emitted ? CompletableFuture.completedFuture(null) : more;
    }

    @Override
    public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new Reader(super.createReader(context));
    }

    @SuppressWarnings("try") // Flink's reader declares that closing may be interrupted.
    private static final class Reader implements SourceReader<Long, NumberSequenceSplit> {

        private final SourceReader<Long, NumberSequenceSplit> numbers;
        private long emitted;
        private long limit;

        Reader(SourceReader<Long, NumberSequenceSplit> numbers) {
            this.numbers = numbers;
        }

        @Override
        public InputStatus pollNext(ReaderOutput<Long> output) throws Exception {
            if (emitted == limit) {
                limit = progress(emitted);
                if (emitted == limit) {
                    return InputStatus.NOTHING_AVAILABLE;
                }
            }
            InputStatus status = numbers.pollNext(output);
            if (status == InputStatus.MORE_AVAILABLE) {
                emitted++;
            }
            return status;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return CompletableFuture.allOf(numbers.isAvailable(), moreThan(emitted));
        }

        @Override
        public void start() {
            numbers.start();
        }

        @Override
        public List<NumberSequenceSplit> snapshotState(long checkpointId) {
            return numbers.snapshotState(checkpointId);
        }

        @Override
        public void addSplits(List<NumberSequenceSplit> splits) {
            numbers.addSplits(splits);
        }

        @Override
        public void notifyNoMoreSplits() {
            numbers.notifyNoMoreSplits();
        }

        @Override
        public void close() throws Exception {
            numbers.close();
        }
    }
}
