// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.annotation.Nullable;

/**
 * The writer of a sink that wrote files before: it completes those that were open in the restored
 * state with the first checkpoint, and otherwise hands all on to the writer of the new tier.
 *
 * @param <T> the type of the records
 */
final class EndingFilesWriter<T> implements TierWriter<T> {

    private final TierWriter<T> writer;
    @Nullable private TierWriter<T> files;
    private final List<TierItem> committables = new ArrayList<>();

    EndingFilesWriter(TierWriter<T> writer, TierWriter<T> files) {
        this.writer = writer;
        this.files = files;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        writer.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        if (files != null) {
            files.flush(true);
            committables.addAll(files.prepareCommit());
        }
        writer.flush(endOfInput);
    }

    @Override
    public Collection<TierItem> prepareCommit() throws IOException, InterruptedException {
        List<TierItem> all = new ArrayList<>(committables);
        committables.clear();
        all.addAll(writer.prepareCommit());
        return all;
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) throws IOException {
        if (files != null) {
            // They are complete, as prepareCommit was called before.
            files.close();
            files = null;
        }
        return writer.snapshotState(checkpointId);
    }

    @Override
    public void close() throws IOException {
        TierWriter.closeAll(writer, files);
    }
}
