// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The source of an archiver: it reads Kafka and produces closed segments for {@link ArchiverSink}.
 *
 * <p>Immutable.
 */
final class ArchiverSource
        implements Source<byte[], KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<byte[]> {

    private static final long serialVersionUID = 1L;

    private final KafkaSubscriber subscriber;
    private final OffsetsInitializer stoppingOffsets;
    private final Boundedness boundedness;
    private final Properties properties;
    private final ArchiverSettings settings;

    ArchiverSource(
            KafkaSubscriber subscriber,
            OffsetsInitializer stoppingOffsets,
            Boundedness boundedness,
            Properties properties,
            ArchiverSettings settings) {
        this.subscriber = subscriber;
        this.stoppingOffsets = stoppingOffsets;
        this.boundedness = boundedness;
        this.properties = properties;
        this.settings = settings;
    }

    @Override
    public Boundedness getBoundedness() {
        return boundedness;
    }

    @Override
    public SourceReader<byte[], KafkaPartitionSplit> createReader(SourceReaderContext context) {
        return new ArchiverReader(
                () -> new ArchiverSplitReader(properties, settings, context),
                new Configuration(),
                context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return restoreEnumerator(context, null);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            @Nullable KafkaSourceEnumState checkpoint) {
        StartingPositions uncovered = (partitions, offsets) -> offsets.firstNotArchived(partitions);
        return new TieredKafkaEnumerator(
                subscriber,
                uncovered,
                uncovered,
                "none",
                stoppingOffsets,
                boundedness,
                properties,
                false,
                null,
                StartOrder.NONE,
                new ArchiveCatalogue(settings.archive()),
                TopicIds.ofNewArchive(),
                context,
                checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return new TieredSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return new KafkaSourceEnumStateSerializer();
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
        return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
}
