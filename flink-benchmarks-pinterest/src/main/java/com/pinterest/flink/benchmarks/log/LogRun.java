// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.log;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import com.pinterest.flink.connector.kafka.tiered.KafkaArchiver;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSource;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Runs one side of one case and prints its figure. A bounded job over a part of the topic warms up,
 * then one over the rest is measured: the CPU time of this process, the whole of Flink included,
 * per record.
 *
 * <p>Arguments: case; {@code kafka} or {@code tiered}; the number of records in the topic.
 */
public final class LogRun {

    private static final int SEEKS = 200;

    private final String name;
    private final boolean tiered;
    private final long records;

    private LogRun(String name, boolean tiered, long records) {
        this.name = name;
        this.tiered = tiered;
        this.records = records;
    }

    /** Runs; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        new LogRun(arguments[0], arguments[1].equals("tiered"), Long.parseLong(arguments[2])).run();
    }

    private void run() throws Exception {
        switch (name) {
            case "replay.zstd" -> replay(LogData.archiveName(Codec.ZSTD));
            case "replay.none" -> replay(LogData.archiveName(Codec.NONE));
            // With nothing archived, all comes from Kafka.
            case "live.tail" -> replay("empty");
            case "archive.write.lz4" -> archive();
            case "archive.size.zstd" -> size();
            case "seek.timestamp" -> seek();
            default -> throw new IllegalArgumentException("There is no case " + name);
        }
    }

    /** Returns offsets: a share of the records of each partition. */
    private Map<TopicPartition, Long> offsets(double share) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (int i = 0; i < LogData.PARTITIONS; i++) {
            offsets.put(
                    new TopicPartition(LogData.TOPIC, i),
                    (long) (share * records / LogData.PARTITIONS));
        }
        return offsets;
    }

    private interface Job {
        void run(OffsetsInitializer start, OffsetsInitializer stop) throws Exception;
    }

    /** A third warms up, two thirds are measured. */
    private void measure(Job job) throws Exception {
        OffsetsInitializer third = OffsetsInitializer.offsets(offsets(1 / 3.0));
        job.run(OffsetsInitializer.offsets(offsets(0)), third);
        long before = ProcessCpu.nanoseconds();
        job.run(third, OffsetsInitializer.offsets(offsets(1)));
        double nanos = ProcessCpu.nanoseconds() - before;
        new Measurement(name, "ns/record", Better.LOWER, nanos / (records * 2 / 3.0)).print();
    }

    private void replay(String archive) throws Exception {
        measure(
                (start, stop) -> {
                    StreamExecutionEnvironment env =
                            StreamExecutionEnvironment.createLocalEnvironment(1);
                    env.getConfig().enableObjectReuse();
                    env.fromSource(
                                    tiered
                                            ? tieredSource(archive, start, stop)
                                            : kafkaSource(start, stop),
                                    WatermarkStrategy.noWatermarks(),
                                    "source")
                            .sinkTo(new DiscardingSink<>());
                    env.execute();
                });
    }

    private static Source<byte[], ?, ?> kafkaSource(
            OffsetsInitializer start, OffsetsInitializer stop) {
        return KafkaSource.<byte[]>builder()
                .setBootstrapServers(LogData.brokers())
                .setTopics(LogData.TOPIC)
                .setStartingOffsets(start)
                .setBounded(stop)
                .setDeserializer(new Value())
                .build();
    }

    private static Source<byte[], ?, ?> tieredSource(
            String archive, OffsetsInitializer start, OffsetsInitializer stop) {
        return TieredKafkaSource.<byte[]>builder()
                .setBootstrapServers(LogData.brokers())
                .setTopics(LogData.TOPIC)
                .setArchive(LogData.archive(archive))
                .setStartingOffsets(start)
                .setBounded(stop)
                .setDeserializer(new Value())
                .build();
    }

    private void archive() throws Exception {
        if (!tiered) {
            replay("empty");
            return;
        }
        Path target = Files.createTempDirectory(LogData.directory(), "written");
        measure(
                (start, stop) -> {
                    StreamExecutionEnvironment env =
                            StreamExecutionEnvironment.createLocalEnvironment(1);
                    env.enableCheckpointing(10_000);
                    KafkaArchiver.builder()
                            .setBootstrapServers(LogData.brokers())
                            .setTopics(LogData.TOPIC)
                            .setArchive(target.toUri().toString())
                            .setCodec(Codec.LZ4)
                            // It goes on where the archive ends, which is where the first job did.
                            .setBounded(stop)
                            .build()
                            .addTo(env, "archiver");
                    env.execute();
                });
        FileUtils.deleteDirectory(target.toFile());
    }

    private void size() throws IOException {
        long bytes =
                tiered
                        ? LogData.bytes(LogData.archiveName(Codec.ZSTD))
                        : Long.parseLong(
                                Files.readString(LogData.directory().resolve("raw-bytes")).strip());
        new Measurement(name, "bytes", Better.LOWER, bytes).print();
    }

    /** Looks up random timestamps: in an archive of 1,000 segments, listed each time; in Kafka. */
    private void seek() throws IOException {
        Properties properties = LogData.client();
        properties.setProperty("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("value.deserializer", ByteArrayDeserializer.class.getName());
        TopicPartition partition = new TopicPartition(LogData.TOPIC, 0);
        ArchiveCatalogue catalogue = new ArchiveCatalogue(LogData.archive(LogData.SMALL));
        Uuid id = catalogue.topicIds(LogData.TOPIC).iterator().next();
        SplittableRandom random = new SplittableRandom(7);
        long nanos = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            for (int i = 0; i < 2 * SEEKS; i++) {
                long timestamp = LogData.FIRST_TIMESTAMP + random.nextLong(records - 4);
                long start = System.nanoTime();
                long offset =
                        tiered
                                ? catalogue
                                        .partition(partition, id)
                                        .findTimestamp(timestamp)
                                        .orElseThrow()
                                        .offset()
                                : consumer.offsetsForTimes(Map.of(partition, timestamp))
                                        .get(partition)
                                        .offset();
                // The first half warms up.
                nanos += i < SEEKS ? 0 : System.nanoTime() - start;
                long expected = (timestamp - LogData.FIRST_TIMESTAMP + 3) / LogData.PARTITIONS;
                if (offset != expected) {
                    throw new IllegalStateException(
                            timestamp + " is at offset " + offset + " instead of " + expected);
                }
            }
        }
        new Measurement(name, "us", Better.LOWER, nanos / 1_000.0 / SEEKS).print();
    }

    /** The value alone, as bytes. */
    private static final class Value implements KafkaRecordDeserializationSchema<byte[]> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out) {
            out.collect(record.value());
        }

        @Override
        public TypeInformation<byte[]> getProducedType() {
            return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        }
    }
}
