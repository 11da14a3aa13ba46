// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.NoStoppingOffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Builds a {@link TieredKafkaSource}. It has the methods of {@link KafkaSourceBuilder}, with the
 * same defaults, and those for the archive. Required are bootstrap servers, what to subscribe to, a
 * deserializer, and the archive.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <T> the type of the records that the source produces
 */
@PublicEvolving
public final class TieredKafkaSourceBuilder<T> {

    private final Properties properties = new Properties();
    @Nullable private KafkaSubscriber subscriber;
    @Nullable private List<String> topicList;
    private OffsetsInitializer startingOffsets = OffsetsInitializer.earliest();
    private OffsetsInitializer stoppingOffsets = new NoStoppingOffsetsInitializer();
    private Boundedness boundedness = Boundedness.CONTINUOUS_UNBOUNDED;
    @Nullable private KafkaRecordDeserializationSchema<T> deserializer;
    @Nullable private SerializableSupplier<String> rackId;
    private SourceTier tier = SourceTier.AUTO;
    @Nullable private Path archive;
    private GapPolicy gapPolicy = GapPolicy.FAIL;
    private Duration gapWaitTimeout = Duration.ofMinutes(10);
    @Nullable private RateLimit rateLimit;
    @Nullable private Double replayRate;
    private BadRecords badRecords = BadRecords.FAIL;
    private StartOrder startOrder = StartOrder.NONE;

    TieredKafkaSourceBuilder() {}

    /**
     * Takes over all settings of Kafka's source: what it reads, where it starts and stops, its
     * deserializer and its properties. What is set later replaces them.
     *
     * @throws IllegalStateException if what to read was set before, or if the version of the Kafka
     *     connector is not supported
     */
    public TieredKafkaSourceBuilder<T> setKafkaSource(KafkaSource<T> source) {
        KafkaSourceParts<T> parts = new KafkaSourceParts<>(source);
        setKafkaSubscriber(parts.subscriber());
        topicList = parts.topics();
        startingOffsets = parts.startingOffsets();
        stoppingOffsets = parts.stoppingOffsets();
        boundedness = source.getBoundedness();
        deserializer = parts.deserializer();
        rackId = parts.rackId();
        return setProperties(parts.properties());
    }

    /**
     * Sets the directory of the archive.
     *
     * @param path on any file system that Flink knows; the archive may have no segment yet
     */
    public TieredKafkaSourceBuilder<T> setArchive(Path path) {
        archive = requireNonNull(path, "path");
        return this;
    }

    /** Sets the directory of the archive, as {@link #setArchive(Path)} does. */
    public TieredKafkaSourceBuilder<T> setArchive(String path) {
        return setArchive(new Path(path));
    }

    /** Sets which tiers are read. The default is {@link SourceTier#AUTO}. */
    public TieredKafkaSourceBuilder<T> setTier(SourceTier sourceTier) {
        tier = requireNonNull(sourceTier, "sourceTier");
        return this;
    }

    /** Sets what happens at offsets that neither tier has. The default is to fail. */
    public TieredKafkaSourceBuilder<T> setGapPolicy(GapPolicy policy) {
        gapPolicy = requireNonNull(policy, "policy");
        return this;
    }

    /** Sets how long {@link GapPolicy#WAIT} waits before the job fails. The default is 10 min. */
    public TieredKafkaSourceBuilder<T> setGapWaitTimeout(Duration timeout) {
        gapWaitTimeout = requireNonNull(timeout, "timeout");
        return this;
    }

    /** Sets how fast the source may read. The default is as fast as it can. */
    public TieredKafkaSourceBuilder<T> setRateLimit(RateLimit limit) {
        rateLimit = requireNonNull(limit, "limit");
        return this;
    }

    /**
     * Makes the source read records at a multiple of the rate at which they came, by their own
     * timestamps. All sources of the job that do so share one clock, and need the same rate. The
     * default is as fast as it can.
     *
     * @param rate 1 for the rate at which they came, 2 for twice as fast; more than 0
     */
    public TieredKafkaSourceBuilder<T> setReplayRate(double rate) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException(
                    "A replay rate of " + rate + ": it has to be more than 0");
        }
        replayRate = rate;
        return this;
    }

    /** Sets what is done with records that the deserializer fails at. The default is to fail. */
    public TieredKafkaSourceBuilder<T> setBadRecords(BadRecords policy) {
        badRecords = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Sets the name of the source in its job, and the names of sources that it starts after: it
     * reads nothing until they have caught up, that is until each of their readers had nothing left
     * to read for the first time. After a restart, a source goes on that has started before.
     *
     * @param after may be empty; the job fails if it has no sources of these names
     */
    public TieredKafkaSourceBuilder<T> setStartAfter(String name, List<String> after) {
        startOrder = new StartOrder(requireNonNull(name, "name"), after);
        return this;
    }

    /** Sets the comma-separated addresses of brokers. */
    public TieredKafkaSourceBuilder<T> setBootstrapServers(String bootstrapServers) {
        return setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    /** Sets the consumer group to which positions are committed on checkpoints. */
    public TieredKafkaSourceBuilder<T> setGroupId(String groupId) {
        return setProperty(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    }

    /**
     * Sets the topics to read; they have to exist. With {@link SourceTier#ARCHIVE}, they may also
     * be topics that a {@link TieredKafkaSink} has written to the archive.
     *
     * @throws IllegalStateException if something else to read was set before
     */
    public TieredKafkaSourceBuilder<T> setTopics(List<String> topics) {
        setKafkaSubscriber(KafkaSubscriber.getTopicListSubscriber(topics));
        topicList = topics;
        return this;
    }

    /** Sets the topics to read, as {@link #setTopics(List)} does. */
    public TieredKafkaSourceBuilder<T> setTopics(String... topics) {
        return setTopics(Arrays.asList(topics));
    }

    /**
     * Sets a pattern for the names of the topics to read.
     *
     * @throws IllegalStateException if something else to read was set before
     */
    public TieredKafkaSourceBuilder<T> setTopicPattern(Pattern topicPattern) {
        return setKafkaSubscriber(KafkaSubscriber.getTopicPatternSubscriber(topicPattern));
    }

    /**
     * Sets the partitions to read.
     *
     * @throws IllegalStateException if something else to read was set before
     */
    public TieredKafkaSourceBuilder<T> setPartitions(Set<TopicPartition> partitions) {
        return setKafkaSubscriber(KafkaSubscriber.getPartitionSetSubscriber(partitions));
    }

    /**
     * Sets what finds the partitions to read.
     *
     * @throws IllegalStateException if something else to read was set before
     */
    public TieredKafkaSourceBuilder<T> setKafkaSubscriber(KafkaSubscriber kafkaSubscriber) {
        requireNonNull(kafkaSubscriber, "kafkaSubscriber");
        if (subscriber != null) {
            throw new IllegalStateException(
                    "What to read was set before, by " + subscriber.getClass().getSimpleName());
        }
        subscriber = kafkaSubscriber;
        return this;
    }

    /**
     * Sets where the source starts. Each initializer speaks of both tiers together: the earliest
     * offset is the oldest that the archive or Kafka has, and a timestamp is looked up in both.
     */
    public TieredKafkaSourceBuilder<T> setStartingOffsets(OffsetsInitializer offsets) {
        startingOffsets = requireNonNull(offsets, "offsets");
        return this;
    }

    /** Makes the source stop at offsets, and yet count as unbounded. */
    public TieredKafkaSourceBuilder<T> setUnbounded(OffsetsInitializer offsets) {
        boundedness = Boundedness.CONTINUOUS_UNBOUNDED;
        stoppingOffsets = requireNonNull(offsets, "offsets");
        return this;
    }

    /** Makes the source bounded: it stops at offsets, and the job can end. */
    public TieredKafkaSourceBuilder<T> setBounded(OffsetsInitializer offsets) {
        boundedness = Boundedness.BOUNDED;
        stoppingOffsets = requireNonNull(offsets, "offsets");
        return this;
    }

    /** Sets what makes values of Kafka's records, those from the archive included. */
    public TieredKafkaSourceBuilder<T> setDeserializer(
            KafkaRecordDeserializationSchema<T> recordDeserializer) {
        deserializer = requireNonNull(recordDeserializer, "recordDeserializer");
        return this;
    }

    /** Sets what makes values of the values of Kafka's records. */
    public TieredKafkaSourceBuilder<T> setValueOnlyDeserializer(DeserializationSchema<T> schema) {
        return setDeserializer(KafkaRecordDeserializationSchema.valueOnly(schema));
    }

    /** Sets how the ids of the clients begin. The default is the group, or a random name. */
    public TieredKafkaSourceBuilder<T> setClientIdPrefix(String prefix) {
        return setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), prefix);
    }

    /** Sets what tells a reader its rack, for fetches from the closest replica. */
    public TieredKafkaSourceBuilder<T> setRackIdSupplier(SerializableSupplier<String> supplier) {
        rackId = requireNonNull(supplier, "supplier");
        return this;
    }

    /**
     * Sets a property of the source ({@link KafkaSourceOptions}) or of the consumer ({@link
     * ConsumerConfig}).
     *
     * <p>{@code auto.offset.reset}, if it is set, decides where a partition without a committed
     * offset starts, before the strategy of the starting offsets. A position that Kafka does not
     * have is never reset: the source looks into the archive.
     */
    public TieredKafkaSourceBuilder<T> setProperty(String key, String value) {
        properties.setProperty(key, value);
        return this;
    }

    /** Sets properties, as {@link #setProperty(String, String)} does. */
    public TieredKafkaSourceBuilder<T> setProperties(Properties values) {
        values.stringPropertyNames().forEach(key -> setProperty(key, values.getProperty(key)));
        return this;
    }

    /**
     * Builds the source.
     *
     * @throws NullPointerException if a required setting is missing
     * @throws IllegalStateException if settings contradict each other
     */
    public TieredKafkaSource<T> build() {
        if (tier == SourceTier.FILES) {
            throw new IllegalStateException(
                    "This source reads no files: use FileSource, or Connectors.from(...).source");
        }
        if (tier != SourceTier.KAFKA) {
            requireNonNull(archive, "The archive is missing: call setArchive");
        }
        requireNonNull(subscriber, "What to read is missing: call setTopics, or one of its kind");
        requireNonNull(deserializer, "The deserializer is missing: call setDeserializer");
        Properties complete = new Properties();
        complete.putAll(properties);
        boolean withGroup = complete.containsKey(ConsumerConfig.GROUP_ID_CONFIG);
        complete.putIfAbsent(
                KafkaSourceOptions.CLIENT_ID_PREFIX.key(),
                withGroup
                        ? complete.getProperty(ConsumerConfig.GROUP_ID_CONFIG)
                        : "TieredKafkaSource-" + UUID.randomUUID());
        // Last, as it checks the settings and changes some: those of the consumer's position.
        KafkaSource<T> kafkaSource = kafkaSource(complete);
        complete.putIfAbsent(
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
        complete.putIfAbsent(
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
        complete.putIfAbsent(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        if (!withGroup) {
            complete.putIfAbsent(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false");
        }
        if (boundedness == Boundedness.BOUNDED) {
            complete.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
        }
        return new TieredKafkaSource<>(
                kafkaSource,
                tier == SourceTier.ARCHIVE && topicList != null
                        ? new ArchivedTopicsSubscriber(topicList, archive)
                        : subscriber,
                startingOffsets,
                stoppingOffsets,
                deserializer,
                complete,
                rackId,
                new ArchiveSettings(tier, archive, gapPolicy, gapWaitTimeout),
                rateLimit,
                replayRate,
                badRecords,
                startOrder);
    }

    /** The builder of Kafka's source checks the settings that both have. */
    private KafkaSource<T> kafkaSource(Properties complete) {
        Properties copy = new Properties();
        copy.putAll(complete);
        copy.remove(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        KafkaSourceBuilder<T> builder =
                KafkaSource.<T>builder()
                        .setKafkaSubscriber(subscriber)
                        .setStartingOffsets(startingOffsets)
                        .setDeserializer(deserializer)
                        .setProperties(copy);
        if (boundedness == Boundedness.BOUNDED) {
            builder.setBounded(stoppingOffsets);
        } else {
            builder.setUnbounded(stoppingOffsets);
        }
        return builder.build();
    }
}
