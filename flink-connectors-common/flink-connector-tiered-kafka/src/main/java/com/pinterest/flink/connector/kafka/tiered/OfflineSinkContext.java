// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.stream.IntStream;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;

/**
 * What a serializer may ask, answered without Kafka.
 *
 * <p>Immutable.
 */
final class OfflineSinkContext implements KafkaRecordSerializationSchema.KafkaSinkContext {

    private final int subtask;
    private final int parallelism;
    private final int partitions;

    OfflineSinkContext(int subtask, int parallelism, int partitions) {
        this.subtask = subtask;
        this.parallelism = parallelism;
        this.partitions = partitions;
    }

    @Override
    public int getParallelInstanceId() {
        return subtask;
    }

    @Override
    public int getNumberOfParallelInstances() {
        return parallelism;
    }

    @Override
    public int[] getPartitionsForTopic(String topic) {
        return IntStream.range(0, partitions).toArray();
    }
}
