// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * Serializes records and decides on their partition, so that they can be sent to the one subtask
 * that writes it. It has no state: a job with it starts from the savepoint of one without.
 *
 * @param <T> the type of the records
 */
final class ArchiveRouter<T> extends ProcessFunction<T, Tuple3<String, Integer, byte[]>>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final KafkaRecordSerializationSchema<T> serializer;
    private final int partitions;
    private transient OfflineSinkContext sinkContext;
    private transient int nextPartition;
    @Nullable private transient GuardedSerializer<T> guard;

    /**
     * @param partitions how many partitions each topic has
     */
    ArchiveRouter(KafkaRecordSerializationSchema<T> serializer, int partitions) {
        this.serializer = serializer;
        this.partitions = partitions;
    }

    /** Adds the router, and what sends each partition to its subtask. */
    DataStream<Tuple3<String, Integer, byte[]>> addTo(DataStream<T> input) {
        return input.process(this)
                .returns(ArchiveRecord.TYPE)
                .name("Router")
                .partitionCustom(new ToOwner(), new PartitionOf());
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        sinkContext =
                new OfflineSinkContext(
                        subtask,
                        getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                        partitions);
        nextPartition = subtask;
        serializer.open(
                RuntimeContextInitializationContextAdapters.serializationAdapter(
                        getRuntimeContext(), group -> group.addGroup("user")),
                sinkContext);
        if (serializer instanceof GuardedSerializer) {
            guard = (GuardedSerializer<T>) serializer;
            guard.start(
                    TieredKafkaSink.metrics(getRuntimeContext().getMetricGroup())
                            .counter(TieredKafkaSink.BAD_RECORDS));
        }
    }

    /** There is no state, but bad records have to be safe with a checkpoint. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) throws IOException {
        if (guard != null) {
            guard.flush();
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // There is none.
    }

    @Override
    public void close() throws IOException {
        if (guard != null) {
            guard.close();
        }
    }

    @Override
    public void processElement(
            T element, Context context, Collector<Tuple3<String, Integer, byte[]>> out)
            throws IOException {
        ProducerRecord<byte[], byte[]> record =
                serializer.serialize(element, sinkContext, context.timestamp());
        if (record != null) {
            long timestamp =
                    record.timestamp() == null ? System.currentTimeMillis() : record.timestamp();
            out.collect(ArchiveRecord.of(record, partition(record), timestamp));
        }
    }

    /** As Kafka's producer does, but without a key the partitions take turns. */
    private int partition(ProducerRecord<byte[], byte[]> record) {
        if (record.partition() != null) {
            if (record.partition() >= partitions) {
                throw new IllegalArgumentException(
                        String.format(
                                "The serializer chose partition %d of topic %s, and the sink has %d"
                                        + " partitions: see setArchivePartitions",
                                record.partition(), record.topic(), partitions));
            }
            return record.partition();
        }
        if (record.key() != null) {
            return Utils.toPositive(Utils.murmur2(record.key())) % partitions;
        }
        nextPartition = (nextPartition + 1) % partitions;
        return nextPartition;
    }

    private static final class PartitionOf
            implements KeySelector<Tuple3<String, Integer, byte[]>, TopicPartition> {

        private static final long serialVersionUID = 1L;

        @Override
        public TopicPartition getKey(Tuple3<String, Integer, byte[]> record) {
            return ArchiveRecord.partition(record);
        }
    }

    private static final class ToOwner implements Partitioner<TopicPartition> {

        private static final long serialVersionUID = 1L;

        @Override
        public int partition(TopicPartition partition, int subtasks) {
            return TieredKafkaEnumerator.owner(partition, subtasks);
        }
    }
}
