// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Builds a {@link TieredKafkaSink}. It has the methods of {@link KafkaSinkBuilder}, with the same
 * defaults but one: transactional ids are pooled. What is set for tiers other than that of {@link
 * #setTier} does no harm, and is needed to commit what a savepoint of that tier has pending.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <T> the type of the records
 */
@PublicEvolving
public final class TieredKafkaSinkBuilder<T> {

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofHours(1);

    private final Properties properties = new Properties();
    SinkTier tier = SinkTier.KAFKA;
    CommitFailure commitFailure = CommitFailure.FAIL;
    DeliveryGuarantee deliveryGuarantee = DeliveryGuarantee.NONE;
    TransactionNamingStrategy namingStrategy = TransactionNamingStrategy.POOLING;
    @Nullable String transactionalIdPrefix;
    @Nullable KafkaRecordSerializationSchema<T> serializer;
    @Nullable FileSink<T> files;
    @Nullable FileSink<byte[]> lines;
    int archivePartitions;
    @Nullable private Path archive;
    @Nullable private String writerId;
    private Codec codec = Codec.ZSTD;
    private MemorySize rollSize = MemorySize.ofMebiBytes(128);
    private BadRecords badRecords = BadRecords.FAIL;
    private SerializableFunction<? super T, byte[]> toBytes = TieredKafkaSinkBuilder::text;

    TieredKafkaSinkBuilder() {}

    /**
     * Takes over all settings of Kafka's sink but how transactions are named: its guarantee, its
     * serializer, its properties and its prefix. What is set later replaces them.
     *
     * @throws IllegalStateException if the version of the Kafka connector is not supported
     */
    @SuppressWarnings("unchecked") // The types of the fields.
    public TieredKafkaSinkBuilder<T> setKafkaSink(KafkaSink<T> sink) {
        deliveryGuarantee =
                (DeliveryGuarantee)
                        KafkaSourceParts.read(KafkaSink.class, sink, "deliveryGuarantee");
        serializer =
                (KafkaRecordSerializationSchema<T>)
                        KafkaSourceParts.read(KafkaSink.class, sink, "recordSerializer");
        transactionalIdPrefix =
                (String) KafkaSourceParts.read(KafkaSink.class, sink, "transactionalIdPrefix");
        return setKafkaProducerConfig(
                (Properties) KafkaSourceParts.read(KafkaSink.class, sink, "kafkaProducerConfig"));
    }

    /** Sets where records are written. The default is {@link SinkTier#KAFKA}. */
    public TieredKafkaSinkBuilder<T> setTier(SinkTier sinkTier) {
        tier = requireNonNull(sinkTier, "sinkTier");
        return this;
    }

    /**
     * Sets what happens when a transaction of a completed checkpoint cannot be committed. The
     * default is to fail.
     */
    public TieredKafkaSinkBuilder<T> setCommitFailure(CommitFailure failure) {
        commitFailure = requireNonNull(failure, "failure");
        return this;
    }

    /**
     * Sets the guarantee for Kafka, by default {@link DeliveryGuarantee#NONE}. With an archive or
     * files, records are written exactly once, whatever is set.
     */
    public TieredKafkaSinkBuilder<T> setDeliveryGuarantee(DeliveryGuarantee guarantee) {
        deliveryGuarantee = requireNonNull(guarantee, "guarantee");
        return this;
    }

    /** Sets properties, as {@link #setProperty} does. */
    public TieredKafkaSinkBuilder<T> setKafkaProducerConfig(Properties values) {
        properties.putAll(requireNonNull(values, "values"));
        return this;
    }

    /** Sets a property of Kafka's producer ({@link ProducerConfig}). */
    public TieredKafkaSinkBuilder<T> setProperty(String key, String value) {
        properties.setProperty(key, value);
        return this;
    }

    /** Sets the comma-separated addresses of brokers. */
    public TieredKafkaSinkBuilder<T> setBootstrapServers(String bootstrapServers) {
        return setProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    /**
     * Sets how transactions are named. The default is {@link TransactionNamingStrategy#POOLING},
     * and there is no way back from it to {@code INCREMENTING}. {@code POOLING} needs brokers from
     * Kafka 3.0 on, the right to describe topic and transactions, and a serializer whose topics are
     * known.
     */
    public TieredKafkaSinkBuilder<T> setTransactionNamingStrategy(
            TransactionNamingStrategy strategy) {
        namingStrategy = requireNonNull(strategy, "strategy");
        return this;
    }

    /** Sets what makes Kafka's records of the sink's; the archive and lines use it as well. */
    public TieredKafkaSinkBuilder<T> setRecordSerializer(
            KafkaRecordSerializationSchema<T> recordSerializer) {
        serializer = requireNonNull(recordSerializer, "recordSerializer");
        return this;
    }

    /**
     * Sets what is done with records that the serializer fails at, or that are to be a line of a
     * file and have a line break or no value. The default is to fail. What Kafka refuses, such as a
     * record that is too large, always fails the job.
     */
    public TieredKafkaSinkBuilder<T> setBadRecords(BadRecords policy) {
        badRecords = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Does what {@link #setBadRecords(BadRecords)} does.
     *
     * @param function returns what a dead letter has of a record. The default is its text ({@link
     *     Object#toString}), or itself if it is an array of bytes.
     */
    public TieredKafkaSinkBuilder<T> setBadRecords(
            BadRecords policy, SerializableFunction<? super T, byte[]> function) {
        toBytes = requireNonNull(function, "function");
        return setBadRecords(policy);
    }

    private static byte[] text(Object record) {
        return record instanceof byte[]
                ? (byte[]) record
                : record.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Sets how transactional ids begin. It has to be the sink's own on these brokers, and to stay:
     * required for {@link DeliveryGuarantee#EXACTLY_ONCE}.
     */
    public TieredKafkaSinkBuilder<T> setTransactionalIdPrefix(String prefix) {
        transactionalIdPrefix = requireNonNull(prefix, "prefix");
        return this;
    }

    /** Sets the directory of the archive, on a file system with a recoverable writer. */
    public TieredKafkaSinkBuilder<T> setArchive(String path) {
        archive = new Path(path);
        return this;
    }

    /**
     * Sets how many partitions each topic has in the archive. Required for {@link
     * SinkTier#ARCHIVE}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TieredKafkaSinkBuilder<T> setArchivePartitions(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("A topic cannot have " + partitions + " partitions");
        }
        archivePartitions = partitions;
        return this;
    }

    /** Sets the compression of new segments. The default is zstd. */
    public TieredKafkaSinkBuilder<T> setCodec(Codec newCodec) {
        codec = requireNonNull(newCodec, "newCodec");
        return this;
    }

    /**
     * Sets the size from which on a segment is closed between two checkpoints. The default is 128
     * MiB.
     */
    public TieredKafkaSinkBuilder<T> setRollSize(MemorySize size) {
        rollSize = requireNonNull(size, "size");
        return this;
    }

    /**
     * Sets what tells the segments of this sink from those of others. The default is the id of the
     * job.
     *
     * @throws IllegalArgumentException if it is not 1 to 64 letters, digits, dots and hyphens
     */
    public TieredKafkaSinkBuilder<T> setWriterId(String id) {
        writerId = SegmentName.checkWriterId(id);
        return this;
    }

    /**
     * Sets the directory for files of lines: each is the value of one of Kafka's records. A value
     * with a line break, and a record without a value, fails the job.
     */
    public TieredKafkaSinkBuilder<T> setFiles(String directory) {
        lines = FileSink.forRowFormat(new Path(directory), new Lines()).build();
        files = null;
        return this;
    }

    /** Sets the directory for files, and what writes a record to a file. */
    public TieredKafkaSinkBuilder<T> setFiles(String directory, Encoder<T> encoder) {
        files = FileSink.forRowFormat(new Path(directory), encoder).build();
        lines = null;
        return this;
    }

    /** Sets the directory for files, and their format, such as Parquet. */
    public TieredKafkaSinkBuilder<T> setFiles(String directory, BulkWriter.Factory<T> format) {
        files = FileSink.forBulkFormat(new Path(directory), format).build();
        lines = null;
        return this;
    }

    /**
     * Builds the sink.
     *
     * @throws NullPointerException if a setting is missing that the tier needs
     * @throws IllegalStateException if settings contradict each other
     */
    public TieredKafkaSink<T> build() {
        boolean hasKafka =
                serializer != null
                        && properties.containsKey(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
        if (tier == SinkTier.KAFKA) {
            requireNonNull(
                    properties.getProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG),
                    "The brokers are missing: call setBootstrapServers");
        }
        if (tier == SinkTier.KAFKA || tier == SinkTier.ARCHIVE || lines != null) {
            requireNonNull(serializer, "The serializer is missing: call setRecordSerializer");
        }
        if (tier == SinkTier.ARCHIVE) {
            requireNonNull(archive, "The archive is missing: call setArchive");
            if (archivePartitions == 0) {
                throw new IllegalStateException(
                        "The number of partitions is missing: call setArchivePartitions");
            }
        }
        if (tier == SinkTier.FILES && files == null && lines == null) {
            throw new IllegalStateException("The directory is missing: call setFiles");
        }
        if (badRecords.handler() != BadRecordHandler.FAIL
                && tier == SinkTier.FILES
                && lines == null) {
            throw new IllegalStateException(
                    "Files with an encoder or a format of their own do not know which records are"
                            + " bad: leave out setBadRecords");
        }
        if (badRecords.needsKafka()
                && !properties.containsKey(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG)) {
            throw new IllegalStateException(
                    "Dead letters go to a topic, and the brokers are missing: call"
                            + " setBootstrapServers");
        }
        KafkaRecordSerializationSchema<T> guarded =
                serializer == null || badRecords.handler() == BadRecordHandler.FAIL
                        ? serializer
                        : new GuardedSerializer<>(
                                serializer, badRecords, toBytes, completeKafkaProperties());
        return new TieredKafkaSink<>(this, guarded, hasKafka ? kafkaSink(guarded) : null);
    }

    /** The builder of Kafka's sink checks the settings that both have. */
    private KafkaSink<T> kafkaSink(KafkaRecordSerializationSchema<T> guarded) {
        KafkaSinkBuilder<T> builder =
                KafkaSink.<T>builder()
                        .setKafkaProducerConfig(properties)
                        .setRecordSerializer(guarded)
                        .setTransactionNamingStrategy(namingStrategy);
        if (transactionalIdPrefix != null) {
            builder.setTransactionalIdPrefix(transactionalIdPrefix);
        }
        if (tier == SinkTier.KAFKA) {
            builder.setDeliveryGuarantee(deliveryGuarantee);
            if (deliveryGuarantee == DeliveryGuarantee.EXACTLY_ONCE
                    && namingStrategy == TransactionNamingStrategy.POOLING) {
                requireKnownTopics();
            }
        }
        return builder.build();
    }

    private void requireKnownTopics() {
        if (!GuardedSerializer.facetOf(serializer).isPresent()) {
            throw new IllegalStateException(
                    "Transactional ids can only be pooled if the topics are known, and the"
                            + " serializer does not tell them. Use setTopic of its builder, or a"
                            + " TopicSelector that is a KafkaDatasetIdentifierProvider, or"
                            + " setTransactionNamingStrategy(INCREMENTING).");
        }
    }

    /** Returns the properties of a producer, with the defaults of {@link KafkaSinkBuilder}. */
    Properties completeKafkaProperties() {
        Properties complete = new Properties();
        complete.put(
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        complete.put(
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        complete.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        complete.putAll(properties);
        return complete;
    }

    @Nullable
    ArchiverSettings archiveSettings() {
        return archive == null
                ? null
                : new ArchiverSettings(
                        archive, codec, rollSize.getBytes(), Duration.ZERO, false, writerId);
    }

    /** Writes each value and a line break. */
    private static final class Lines implements Encoder<byte[]> {

        private static final long serialVersionUID = 1L;

        @Override
        public void encode(byte[] line, OutputStream stream) throws IOException {
            stream.write(line);
            stream.write('\n');
        }
    }
}
