// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;

/**
 * Writes to Kafka with the writer of {@code KafkaSink}.
 *
 * @param <T> the type of the records
 */
final class KafkaTierWriter<T> implements TierWriter<T> {

    private final StatefulSinkWriter<T, KafkaWriterState> writer;
    private final CommittingSinkWriter<T, KafkaCommittable> committing;
    @Nullable private final CommittedTransactions committed;

    /**
     * @param writer one that makes {@link KafkaCommittable}s as well
     * @param committed {@code null} if transactional ids are not used again
     */
    @SuppressWarnings("unchecked")
    KafkaTierWriter(
            StatefulSinkWriter<T, KafkaWriterState> writer,
            @Nullable CommittedTransactions committed) {
        this.writer = writer;
        this.committing = (CommittingSinkWriter<T, KafkaCommittable>) writer;
        this.committed = committed;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        writer.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
    }

    @Override
    public Collection<TierItem> prepareCommit() throws IOException, InterruptedException {
        return TierItem.of(SinkTier.KAFKA, committing.prepareCommit());
    }

    @Override
    public List<TierItem> snapshotState(long checkpointId) throws IOException {
        if (committed == null) {
            return TierItem.of(SinkTier.KAFKA, writer.snapshotState(checkpointId));
        }
        committed.release(checkpointId);
        return TierItem.of(
                SinkTier.KAFKA, committed.withoutCommitted(writer.snapshotState(checkpointId)));
    }

    @Override
    public void close() throws IOException {
        TierWriter.closeAll(writer, committed);
    }
}
