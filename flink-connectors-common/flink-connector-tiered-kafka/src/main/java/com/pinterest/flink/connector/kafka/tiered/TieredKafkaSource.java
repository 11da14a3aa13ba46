// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A source that reads Kafka topics from any point of their history: from an archive in files while
 * a position lies there, then from Kafka. Each partition changes over on its own, without a gap and
 * without a duplicate, and back into the archive when Kafka has deleted what it reads next.
 *
 * <p>State and savepoints are those of {@link KafkaSource}. A job can change from one source to the
 * other under the same uid; to {@code KafkaSource} only when Kafka still has every position, since
 * that source skips to what Kafka has.
 *
 * <p>Immutable.
 *
 * @param <T> the type of the records that it produces
 */
@PublicEvolving
public final class TieredKafkaSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<T>,
                LineageVertexProvider {

    private static final long serialVersionUID = 1L;

    /** The same source without the archive, for all that does not differ. */
    private final KafkaSource<T> kafkaSource;

    private final KafkaSubscriber subscriber;
    private final OffsetsInitializer startingOffsets;
    private final OffsetsInitializer stoppingOffsets;
    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final Properties properties;
    @Nullable private final SerializableSupplier<String> rackId;
    private final ArchiveSettings archive;
    @Nullable private final RateLimit rateLimit;
    @Nullable private final Double replayRate;
    private final BadRecords badRecords;
    private final StartOrder startOrder;

    TieredKafkaSource(
            KafkaSource<T> kafkaSource,
            KafkaSubscriber subscriber,
            OffsetsInitializer startingOffsets,
            OffsetsInitializer stoppingOffsets,
            KafkaRecordDeserializationSchema<T> deserializer,
            Properties properties,
            @Nullable SerializableSupplier<String> rackId,
            ArchiveSettings archive,
            @Nullable RateLimit rateLimit,
            @Nullable Double replayRate,
            BadRecords badRecords,
            StartOrder startOrder) {
        this.kafkaSource = kafkaSource;
        this.subscriber = subscriber;
        this.startingOffsets = startingOffsets;
        this.stoppingOffsets = stoppingOffsets;
        this.deserializer = deserializer;
        this.properties = properties;
        this.rackId = rackId;
        this.archive = archive;
        this.rateLimit = rateLimit;
        this.replayRate = replayRate;
        this.badRecords = badRecords;
        this.startOrder = startOrder;
    }

    /**
     * Returns a builder, which is used once.
     *
     * @throws IllegalStateException if the Kafka connector on the class path is one with relocated
     *     classes of Kafka
     */
    public static <T> TieredKafkaSourceBuilder<T> builder() {
        KafkaConnectorCheck.requireUsable();
        return new TieredKafkaSourceBuilder<>();
    }

    @Override
    public Boundedness getBoundedness() {
        return kafkaSource.getBoundedness();
    }

    @Internal
    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
            throws Exception {
        deserializer.open(new InitializationContext(context));
        KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> queue =
                new FutureCompletingBlockingQueue<>();
        Configuration configuration = new Configuration();
        properties
                .stringPropertyNames()
                .forEach(key -> configuration.setString(key, properties.getProperty(key)));
        ReadingProgress progress = new ReadingProgress();
        GuardedDeserializer<T> guard =
                badRecords.handler() == BadRecordHandler.FAIL
                        ? null
                        : new GuardedDeserializer<>(
                                deserializer,
                                badRecords,
                                properties,
                                context.metricGroup().getNumRecordsInErrorsCounter());
        return new TieredSourceReader<>(
                queue,
                new TieredFetcherManager(
                        queue,
                        () ->
                                new TieredSplitReader(
                                        properties,
                                        archive,
                                        context,
                                        metrics,
                                        progress,
                                        rackId == null ? null : rackId.get(),
                                        replayRate == null ? null : ReplayOrder.of(replayRate))),
                new KafkaRecordEmitter<>(guard == null ? deserializer : guard),
                configuration,
                context,
                metrics,
                progress,
                Throttle.of(rateLimit, replayRate, context),
                guard);
    }

    @Internal
    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return restoreEnumerator(context, null);
    }

    @Internal
    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            @Nullable KafkaSourceEnumState checkpoint) {
        String reset =
                properties.getProperty(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        startingOffsets.getAutoOffsetResetStrategy().toString());
        ArchiveCatalogue catalogue = archive.catalogue();
        return new TieredKafkaEnumerator(
                subscriber,
                (partitions, offsets) ->
                        offsets.startingOffsets(partitions, startingOffsets, reset),
                (partitions, offsets) ->
                        offsets.startingOffsets(partitions, OffsetsInitializer.earliest(), reset),
                reset,
                stoppingOffsets,
                getBoundedness(),
                properties,
                archive.tier() == SourceTier.ARCHIVE,
                replayRate,
                startOrder,
                catalogue,
                TopicIds.of(catalogue),
                context,
                checkpoint);
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return SourceStateSerializer.ofKafka(new TieredSplitSerializer());
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return SourceStateSerializer.ofKafka(kafkaSource.getEnumeratorCheckpointSerializer());
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return deserializer.getProducedType();
    }

    @Override
    public LineageVertex getLineageVertex() {
        return kafkaSource.getLineageVertex();
    }

    private static final class InitializationContext
            implements DeserializationSchema.InitializationContext {

        private final SourceReaderContext context;

        private InitializationContext(SourceReaderContext context) {
            this.context = context;
        }

        @Override
        public MetricGroup getMetricGroup() {
            return context.metricGroup().addGroup("deserializer");
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return context.getUserCodeClassLoader();
        }
    }
}
