// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.NoStoppingOffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Copies Kafka topics into an archive, each offset exactly once, as a part of a Flink job. Segments
 * become visible with the checkpoint after they are closed, whole and with their final name.
 *
 * <p>A job without state starts each partition at the first offset that Kafka has and the archive
 * lacks. It reads committed transactions only, unless {@code isolation.level} is set. Each
 * partition takes up to the size of a segment in the temporary directory of its TaskManager.
 *
 * <p>Immutable.
 */
@PublicEvolving
public final class KafkaArchiver {

    private final ArchiverSource source;

    private KafkaArchiver(ArchiverSource source) {
        this.source = source;
    }

    /**
     * Returns a builder, which is used once.
     *
     * @throws IllegalStateException if the Kafka connector on the class path is one with relocated
     *     classes of Kafka
     */
    public static Builder builder() {
        KafkaConnectorCheck.requireUsable();
        return new Builder();
    }

    /**
     * Adds the archiver to a job. The job needs checkpoints: without one, nothing is committed.
     *
     * @param name of the operators, and the start of their uids
     */
    public void addTo(StreamExecutionEnvironment env, String name) {
        env.fromSource(source, WatermarkStrategy.noWatermarks(), name)
                .uid(name + "-source")
                .sinkTo(new ArchiverSink())
                .name(name + ": commit")
                .uid(name + "-sink");
    }

    /**
     * Builds a {@link KafkaArchiver}. Required are bootstrap servers, topics, and the archive.
     *
     * <p>Not safe for use by several threads.
     */
    @PublicEvolving
    public static final class Builder {

        private final Properties properties = new Properties();
        @Nullable private KafkaSubscriber subscriber;
        @Nullable private Path archive;
        @Nullable private String writerId;
        private OffsetsInitializer stoppingOffsets = new NoStoppingOffsetsInitializer();
        private Boundedness boundedness = Boundedness.CONTINUOUS_UNBOUNDED;
        private Codec codec = Codec.ZSTD;
        private MemorySize rollSize = MemorySize.ofMebiBytes(128);
        private Duration rollInterval = Duration.ofMinutes(10);
        private boolean skipsDeleted;

        private Builder() {}

        /** Sets the directory of the archive, on a file system with a recoverable writer. */
        public Builder setArchive(String path) {
            archive = new Path(path);
            return this;
        }

        /** Sets the comma-separated addresses of brokers. */
        public Builder setBootstrapServers(String bootstrapServers) {
            return setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        }

        /** Sets the topics to archive; they have to exist. */
        public Builder setTopics(List<String> topics) {
            subscriber = KafkaSubscriber.getTopicListSubscriber(topics);
            return this;
        }

        /** Sets the topics to archive; they have to exist. */
        public Builder setTopics(String... topics) {
            return setTopics(Arrays.asList(topics));
        }

        /** Sets a pattern for the names of the topics to archive. */
        public Builder setTopicPattern(Pattern pattern) {
            subscriber = KafkaSubscriber.getTopicPatternSubscriber(pattern);
            return this;
        }

        /** Makes the job bounded: it archives up to offsets, and ends. */
        public Builder setBounded(OffsetsInitializer offsets) {
            boundedness = Boundedness.BOUNDED;
            stoppingOffsets = requireNonNull(offsets, "offsets");
            return this;
        }

        /** Sets the compression of new segments. The default is zstd. */
        public Builder setCodec(Codec newCodec) {
            codec = requireNonNull(newCodec, "newCodec");
            return this;
        }

        /** Sets the size from which on a segment is closed. The default is 128 MiB. */
        public Builder setRollSize(MemorySize size) {
            rollSize = requireNonNull(size, "size");
            return this;
        }

        /**
         * Sets the age from which on a segment is closed. With it, what is in Kafka only is never
         * older than that and a checkpoint interval. The default is 10 min.
         */
        public Builder setRollInterval(Duration interval) {
            rollInterval = requireNonNull(interval, "interval");
            return this;
        }

        /**
         * Makes the archiver go on, with a gap in the archive, when Kafka has deleted offsets
         * before they were archived. By default the job fails then.
         */
        public Builder setSkipDeleted(boolean skip) {
            skipsDeleted = skip;
            return this;
        }

        /**
         * Sets what tells this archiver's files from those of others. The default is the id of the
         * job.
         *
         * @throws IllegalArgumentException if it is not 1 to 64 letters, digits, dots and hyphens
         */
        public Builder setWriterId(String id) {
            writerId = SegmentName.checkWriterId(id);
            return this;
        }

        /** Sets a property of the source ({@link KafkaSourceOptions}) or of the consumer. */
        public Builder setProperty(String key, String value) {
            properties.setProperty(key, value);
            return this;
        }

        /** Sets properties, as {@link #setProperty(String, String)} does. */
        public Builder setProperties(Properties values) {
            values.stringPropertyNames().forEach(key -> setProperty(key, values.getProperty(key)));
            return this;
        }

        /**
         * Builds the archiver.
         *
         * @throws NullPointerException if a required setting is missing
         */
        public KafkaArchiver build() {
            requireNonNull(archive, "The archive is missing: call setArchive");
            requireNonNull(subscriber, "What to archive is missing: call setTopics");
            requireNonNull(
                    properties.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG),
                    "The brokers are missing: call setBootstrapServers");
            Properties complete = new Properties();
            complete.putAll(properties);
            String bytes = ByteArrayDeserializer.class.getName();
            complete.setProperty(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes);
            complete.setProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes);
            complete.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            complete.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            complete.putIfAbsent(
                    KafkaSourceOptions.CLIENT_ID_PREFIX.key(),
                    "KafkaArchiver-" + UUID.randomUUID());
            if (boundedness == Boundedness.BOUNDED) {
                complete.setProperty(
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
            }
            return new KafkaArchiver(
                    new ArchiverSource(
                            subscriber,
                            stoppingOffsets,
                            boundedness,
                            complete,
                            new ArchiverSettings(
                                    archive,
                                    codec,
                                    rollSize.getBytes(),
                                    rollInterval,
                                    skipsDeleted,
                                    writerId)));
        }
    }
}
