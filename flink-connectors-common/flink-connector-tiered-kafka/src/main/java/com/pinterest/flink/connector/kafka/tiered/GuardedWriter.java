// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * The writer of a sink that puts bad records aside: with a checkpoint, they are safe.
 *
 * @param <T> the type of the records
 */
final class GuardedWriter<T> implements TierWriter<T> {

    private final TierWriter<T> writer;
    private final GuardedSerializer<T> guard;

    GuardedWriter(TierWriter<T> writer, GuardedSerializer<T> guard) {
        this.writer = writer;
        this.guard = guard;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        writer.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        guard.flush();
        writer.flush(endOfInput);
    }

    @Override
    public Collection<TierItem> prepareCommit() throws IOException, InterruptedException {
        return writer.prepareCommit();
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) throws IOException {
        return writer.snapshotState(checkpointId);
    }

    @Override
    public void close() throws IOException {
        TierWriter.closeAll(writer, guard);
    }
}
