// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;

/**
 * Emits closed segments, serialized. The position of a split moves on only with them, so that a
 * checkpoint in the middle of a segment refers to its start.
 */
@SuppressWarnings("try") // Its superclass declares that closing may be interrupted.
final class ArchiverReader
        extends SingleThreadMultiplexSourceReaderBase<
                ClosedSegment, byte[], KafkaPartitionSplit, KafkaPartitionSplitState> {

    private final ReadingProgress progress = new ReadingProgress();

    ArchiverReader(
            Supplier<SplitReader<ClosedSegment, KafkaPartitionSplit>> splitReader,
            Configuration configuration,
            SourceReaderContext context) {
        super(
                splitReader,
                (segment, output, state) -> {
                    output.collect(new ClosedSegmentSerializer().serialize(segment));
                    state.setCurrentOffset(segment.coverage().end());
                },
                configuration,
                context);
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        progress.setTopicIds(splits);
        super.addSplits(splits);
    }

    @Override
    protected void onSplitFinished(Map<String, KafkaPartitionSplitState> finishedSplitIds) {
        // All that belongs to it was in the split reader.
    }

    @Override
    protected KafkaPartitionSplitState initializedState(KafkaPartitionSplit split) {
        return new KafkaPartitionSplitState(split);
    }

    @Override
    protected KafkaPartitionSplit toSplitType(String splitId, KafkaPartitionSplitState splitState) {
        return progress.withTopicId(splitState.toKafkaPartitionSplit());
    }
}
