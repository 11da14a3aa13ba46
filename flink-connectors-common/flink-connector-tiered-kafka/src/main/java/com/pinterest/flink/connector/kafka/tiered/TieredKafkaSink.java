// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.sink.FileSinkCommittable;
import org.apache.flink.connector.file.sink.writer.FileWriterBucketState;
import org.apache.flink.connector.kafka.lineage.LineageUtil;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.connector.kafka.sink.internal.KafkaCommitter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes records to one of several tiers: to Kafka, to an archive, to files, or nowhere. The tier
 * is configuration: a savepoint is restored with another one, under the same uid, and what was
 * pending in the tier before is committed then.
 *
 * <p>With {@link SinkTier#KAFKA} it is a {@code KafkaSink}, and reads its savepoints. A {@code
 * KafkaSink} with {@link TransactionNamingStrategy#POOLING} reads those of this sink.
 *
 * <pre>{@code
 * TieredKafkaSink<String> sink =
 *         TieredKafkaSink.<String>builder()
 *                 .setBootstrapServers("localhost:9092")
 *                 .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
 *                 .setTransactionalIdPrefix("eta")
 *                 .setRecordSerializer(
 *                         KafkaRecordSerializationSchema.builder()
 *                                 .setTopic("eta")
 *                                 .setValueSerializationSchema(new SimpleStringSchema())
 *                                 .build())
 *                 .build();
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param <T> the type of the records
 */
@PublicEvolving
public final class TieredKafkaSink<T>
        implements Sink<T>,
                SupportsWriterState<T, TierItem>,
                SupportsCommitter<TierItem>,
                SupportsPreWriteTopology<T>,
                SupportsPostCommitTopology<TierItem>,
                LineageVertexProvider {

    /** Counts records that the serializer failed at. */
    static final String BAD_RECORDS = "badRecords";

    private static final long serialVersionUID = 1L;

    private final SinkTier tier;
    private final CommitFailure commitFailure;
    private final Properties kafkaProperties;
    private final DeliveryGuarantee deliveryGuarantee;
    private final TransactionNamingStrategy namingStrategy;
    @Nullable private final String transactionalIdPrefix;
    @Nullable private final KafkaSink<T> kafkaSink;
    @Nullable private final KafkaRecordSerializationSchema<T> serializer;
    @Nullable private final FileSink<T> files;
    @Nullable private final FileSink<byte[]> lines;
    @Nullable private final ArchiverSettings archive;
    private final int archivePartitions;

    /**
     * @param serializer that of Kafka's sink as well
     */
    TieredKafkaSink(
            TieredKafkaSinkBuilder<T> builder,
            @Nullable KafkaRecordSerializationSchema<T> serializer,
            @Nullable KafkaSink<T> kafkaSink) {
        this.tier = builder.tier;
        this.commitFailure = builder.commitFailure;
        this.kafkaProperties = builder.completeKafkaProperties();
        this.deliveryGuarantee = builder.deliveryGuarantee;
        this.namingStrategy = builder.namingStrategy;
        this.transactionalIdPrefix = builder.transactionalIdPrefix;
        this.kafkaSink = kafkaSink;
        this.serializer = serializer;
        this.files = builder.files;
        this.lines = builder.lines;
        this.archive = builder.archiveSettings();
        this.archivePartitions = builder.archivePartitions;
    }

    /**
     * Returns a builder, which is used once.
     *
     * @param <T> the type of the records
     * @throws IllegalStateException if the Kafka connector on the class path is one with relocated
     *     classes of Kafka
     */
    public static <T> TieredKafkaSinkBuilder<T> builder() {
        KafkaConnectorCheck.requireUsable();
        return new TieredKafkaSinkBuilder<>();
    }

    /** Returns the group of the metrics that Kafka's sink does not have. */
    static MetricGroup metrics(MetricGroup operator) {
        return operator.addGroup("TieredKafkaSink");
    }

    @Override
    public StatefulSinkWriter<T, TierItem> createWriter(WriterInitContext context)
            throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<T, TierItem> restoreWriter(
            WriterInitContext context, Collection<TierItem> recoveredState) throws IOException {
        List<FileWriterBucketState> openFiles =
                TierItem.of(recoveredState, SinkTier.FILES, FileWriterBucketState.class);
        TierWriter<T> writer = tierWriter(context, recoveredState, openFiles);
        return openFiles.isEmpty() || tier == SinkTier.FILES
                ? writer
                : new EndingFilesWriter<>(writer, filesWriter(context, openFiles));
    }

    @SuppressWarnings("unchecked")
    private TierWriter<T> tierWriter(
            WriterInitContext context,
            Collection<TierItem> restored,
            List<FileWriterBucketState> openFiles)
            throws IOException {
        switch (tier) {
            case KAFKA:
                return guarded(
                        context,
                        kafkaWriter(
                                context,
                                TierItem.of(restored, SinkTier.KAFKA, KafkaWriterState.class)));
            case ARCHIVE:
                // Its input is what the router makes of the records: see addPreWriteTopology.
                return (TierWriter<T>)
                        (TierWriter<?>)
                                new ArchiveTierWriter(archive, kafkaProperties, context, restored);
            case FILES:
                return lines == null
                        ? filesWriter(context, openFiles)
                        : guarded(context, filesWriter(context, openFiles));
            case DISCARD:
                return new DiscardTierWriter<>(context);
        }
        throw new IllegalStateException("Unknown tier " + tier);
    }

    /** Starts the guard of the serializer, if there is one. The writer has the same serializer. */
    private TierWriter<T> guarded(WriterInitContext context, TierWriter<T> writer)
            throws IOException {
        if (!(serializer instanceof GuardedSerializer)) {
            return writer;
        }
        GuardedSerializer<T> guard = (GuardedSerializer<T>) serializer;
        try {
            guard.start(metrics(context.metricGroup()).counter(BAD_RECORDS));
        } catch (RuntimeException e) {
            TierWriter.closeAll(writer);
            throw e;
        }
        return new GuardedWriter<>(writer, guard);
    }

    private TierWriter<T> kafkaWriter(WriterInitContext context, List<KafkaWriterState> restored)
            throws IOException {
        CommittedTransactions committed =
                usesIdsAgain()
                        ? new CommittedTransactions(
                                context.getTaskInfo().getIndexOfThisSubtask(),
                                context.getTaskInfo().getAttemptNumber(),
                                transactionalIdPrefix,
                                restored)
                        : null;
        try {
            SupportsWriterState<T, KafkaWriterState> sink = kafkaSink;
            return new KafkaTierWriter<>(sink.restoreWriter(context, restored), committed);
        } catch (IOException | RuntimeException e) {
            if (committed != null) {
                try {
                    committed.close();
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
    }

    private TierWriter<T> filesWriter(
            WriterInitContext context, List<FileWriterBucketState> restored) throws IOException {
        if (lines == null) {
            return new FilesTierWriter<>(
                    files.restoreWriter(context, restored), (record, timestamp) -> record);
        }
        OfflineSinkContext sinkContext =
                new OfflineSinkContext(
                        context.getTaskInfo().getIndexOfThisSubtask(),
                        context.getTaskInfo().getNumberOfParallelSubtasks(),
                        1);
        try {
            serializer.open(context.asSerializationSchemaInitializationContext(), sinkContext);
        } catch (Exception e) {
            throw new IOException("Cannot open the serializer " + serializer, e);
        }
        return new FilesTierWriter<>(
                lines.restoreWriter(context, restored),
                (record, timestamp) -> line(record, timestamp, sinkContext));
    }

    @Nullable
    private byte[] line(T record, @Nullable Long timestamp, OfflineSinkContext sinkContext)
            throws IOException {
        ProducerRecord<byte[], byte[]> serialized =
                serializer.serialize(record, sinkContext, timestamp);
        try {
            return line(serialized);
        } catch (IOException e) {
            if (serializer instanceof GuardedSerializer) {
                ((GuardedSerializer<T>) serializer).putAside(record, timestamp, e);
                return null;
            }
            throw e;
        }
    }

    /** Returns the value of a record, if it can be a line. */
    @Nullable
    private static byte[] line(@Nullable ProducerRecord<byte[], byte[]> record) throws IOException {
        if (record == null) {
            return null;
        }
        if (record.value() == null) {
            throw new IOException(
                    "A record of topic "
                            + record.topic()
                            + " has no value (a tombstone), and cannot be a line of a file");
        }
        for (byte each : record.value()) {
            if (each == '\n') {
                throw new IOException(
                        "A value for topic "
                                + record.topic()
                                + " has a line break, and cannot be a line of a file: '"
                                + new String(record.value(), StandardCharsets.UTF_8)
                                + "'. Use setFiles with an encoder or a format.");
            }
        }
        return record.value();
    }

    @Override
    public SimpleVersionedSerializer<TierItem> getWriterStateSerializer() {
        TierItemSerializer all =
                new TierItemSerializer(tier)
                        .with(SinkTier.ARCHIVE, new ArchiveWriterState.Serializer())
                        .with(SinkTier.DISCARD, new NothingSerializer());
        if (kafkaSink != null) {
            all.with(SinkTier.KAFKA, kafkaSink.getWriterStateSerializer());
        }
        if (hasFiles()) {
            all.with(SinkTier.FILES, fileSink().getWriterStateSerializer());
        }
        return all;
    }

    @Override
    public SimpleVersionedSerializer<TierItem> getCommittableSerializer() {
        TierItemSerializer all =
                new TierItemSerializer(tier).with(SinkTier.ARCHIVE, new ClosedSegmentSerializer());
        if (kafkaSink != null) {
            all.with(SinkTier.KAFKA, kafkaSink.getCommittableSerializer());
        }
        if (hasFiles()) {
            all.with(SinkTier.FILES, fileSink().getCommittableSerializer());
        }
        return all;
    }

    private boolean hasFiles() {
        return files != null || lines != null;
    }

    private FileSink<?> fileSink() {
        return files != null ? files : lines;
    }

    private boolean writesTransactions() {
        return tier == SinkTier.KAFKA && deliveryGuarantee == DeliveryGuarantee.EXACTLY_ONCE;
    }

    private boolean usesIdsAgain() {
        return writesTransactions() && namingStrategy == TransactionNamingStrategy.POOLING;
    }

    @Override
    public Committer<TierItem> createCommitter(CommitterInitContext context) throws IOException {
        TieredCommitter committer =
                new TieredCommitter(
                        commitFailure,
                        new TransactionOutcomes(kafkaProperties),
                        () -> kafkaCommitter(context),
                        () -> filesCommitter(context));
        // Before there is something to commit, as it is one end of the channel to the writer.
        return writesTransactions() ? committer.withKafka() : committer;
    }

    private Committer<KafkaCommittable> kafkaCommitter(CommitterInitContext context) {
        String channel = transactionalIdPrefix;
        if (!writesTransactions() || usesIdsAgain()) {
            channel = CommittedTransactions.channelOfCommitter(String.valueOf(channel));
        }
        return new KafkaCommitter(
                kafkaProperties,
                channel,
                context.getTaskInfo().getIndexOfThisSubtask(),
                context.getTaskInfo().getAttemptNumber(),
                namingStrategy == TransactionNamingStrategy.POOLING,
                FlinkKafkaInternalProducer::new);
    }

    private Committer<FileSinkCommittable> filesCommitter(CommitterInitContext context)
            throws IOException {
        return fileSink().createCommitter(context);
    }

    /** With an archive, sends each record to the subtask that owns its partition. */
    @Override
    @SuppressWarnings("unchecked")
    public DataStream<T> addPreWriteTopology(DataStream<T> inputDataStream) {
        if (tier != SinkTier.ARCHIVE) {
            return inputDataStream;
        }
        return (DataStream<T>)
                (DataStream<?>)
                        new ArchiveRouter<>(requireNonNull(serializer), archivePartitions)
                                .addTo(inputDataStream);
    }

    /**
     * Keeps writer and committer in one TaskManager, as Kafka's sink does: they share producers.
     */
    @Override
    @SuppressWarnings("unchecked")
    public void addPostCommitTopology(DataStream<CommittableMessage<TierItem>> committables) {
        if (writesTransactions()) {
            kafkaSink.addPostCommitTopology(
                    (DataStream<CommittableMessage<KafkaCommittable>>)
                            (DataStream<?>) committables);
        }
    }

    @Override
    public LineageVertex getLineageVertex() {
        return tier == SinkTier.KAFKA
                ? kafkaSink.getLineageVertex()
                : LineageUtil.sourceLineageVertexOf(List.of());
    }
}
