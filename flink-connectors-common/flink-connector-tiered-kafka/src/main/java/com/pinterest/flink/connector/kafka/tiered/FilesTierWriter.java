// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.file.sink.writer.FileWriter;

/**
 * Writes files with the writer of {@code FileSink}.
 *
 * @param <T> the type of the records
 * @param <F> the type of what is written of a record
 */
final class FilesTierWriter<T, F> implements TierWriter<T> {

    private final FileWriter<F> writer;
    private final Conversion<T, F> conversion;

    FilesTierWriter(FileWriter<F> writer, Conversion<T, F> conversion) {
        this.writer = writer;
        this.conversion = conversion;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        F converted = conversion.apply(element, context.timestamp());
        if (converted != null) {
            writer.write(converted, context);
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
    }

    @Override
    public Collection<TierItem> prepareCommit() throws IOException {
        return TierItem.of(SinkTier.FILES, writer.prepareCommit());
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) throws IOException {
        return TierItem.of(SinkTier.FILES, writer.snapshotState(checkpointId));
    }

    @Override
    public void close() {
        writer.close();
    }

    /** Makes of a record what is written; {@code null} if nothing is to be written. */
    @FunctionalInterface
    interface Conversion<T, F> {
        F apply(T record, Long timestamp) throws IOException;
    }
}
