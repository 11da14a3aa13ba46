// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.log;

import com.pinterest.flink.connector.kafka.tiered.ArchiveMaintenance;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The data of the cases: JSON records of about 150 bytes in a topic of four partitions, and
 * archives of it, one for each codec and one of many small segments. Made once for all runs.
 */
public final class LogData {

    static final String TOPIC = "rides";
    static final int PARTITIONS = 4;
    static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    /** The archive of partition 0 in many segments. */
    static final String SMALL = "small";

    private static final int SMALL_SEGMENTS = 1_000;
    private static final long ROLL_BYTES = 128L << 20;

    private LogData() {}

    /** Where the broker is; set by ci/bench. */
    static String brokers() {
        return required("BENCH_BROKERS");
    }

    /** Where the archives are; set by ci/bench. */
    static Path directory() {
        return Path.of(required("BENCH_DATA"));
    }

    private static String required(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(
                    "The variable " + name + " is not set: run ci/bench unlimited-log");
        }
        return value;
    }

    static org.apache.flink.core.fs.Path archive(String name) {
        return new org.apache.flink.core.fs.Path(directory().resolve(name).toUri());
    }

    static String archiveName(Codec codec) {
        return codec.name().toLowerCase(Locale.ROOT);
    }

    static Properties client() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", brokers());
        return properties;
    }

    /** Makes the data. The argument is the number of records. */
    public static void main(String[] arguments) throws Exception {
        long records = Long.parseLong(arguments[0]);
        Uuid id;
        try (Admin admin = Admin.create(client())) {
            id =
                    admin.createTopics(Set.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                            .topicId(TOPIC)
                            .get();
            long rawBytes = produce(records);
            Files.writeString(directory().resolve("raw-bytes"), Long.toString(rawBytes));
            for (int number = 0; number < PARTITIONS; number++) {
                TopicPartition partition = new TopicPartition(TOPIC, number);
                long end =
                        admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                .partitionResult(partition)
                                .get()
                                .offset();
                for (Codec codec : Codec.values()) {
                    archive(codec, partition, id, end);
                }
                if (number == 0) {
                    archiveInSmallSegments(partition, id, end);
                }
            }
        }
        System.out.println(records + " records in Kafka and in archives");
    }

    private static long produce(long records) throws IOException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        Properties properties = client();
        properties.setProperty("key.serializer", ByteArraySerializer.class.getName());
        properties.setProperty("value.serializer", ByteArraySerializer.class.getName());
        properties.setProperty("linger.ms", "20");
        properties.setProperty("batch.size", "200000");
        // With several, a new partition may refuse the first one for good (KAFKA-15591).
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        SplittableRandom random = new SplittableRandom(1);
        long bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            for (long i = 0; i < records; i++) {
                byte[] value = json(random, i).getBytes(StandardCharsets.UTF_8);
                bytes += value.length;
                // The callback sees the result.
                Future<RecordMetadata> unused =
                        producer.send(
                                new ProducerRecord<>(
                                        TOPIC,
                                        (int) (i % PARTITIONS),
                                        FIRST_TIMESTAMP + i,
                                        null,
                                        value),
                                (sent, e) -> {
                                    if (e != null) {
                                        failure.compareAndSet(null, e);
                                    }
                                });
            }
        }
        if (failure.get() != null) {
            throw new IOException("Cannot write to " + TOPIC, failure.get());
        }
        return bytes;
    }

    private static String json(SplittableRandom random, long i) {
        return String.format(
                Locale.ROOT,
                "{\"ride\":%d,\"driver\":\"d%05d\",\"lat\":%.5f,\"lon\":%.5f,\"speed\":%d,"
                        + "\"state\":\"%s\",\"time\":%d,\"city\":\"%s\",\"fare\":%d}",
                100_000_000 + i / 7,
                random.nextInt(20_000),
                37 + random.nextDouble(),
                -122 - random.nextDouble(),
                random.nextInt(120),
                random.nextInt(10) == 0 ? "waiting" : "driving",
                FIRST_TIMESTAMP + i,
                random.nextBoolean() ? "San Francisco" : "Oakland",
                random.nextInt(10_000));
    }

    private static void archive(Codec codec, TopicPartition partition, Uuid id, long end)
            throws IOException {
        maintenance(archiveName(codec), codec)
                .copyFromKafka(
                        client(), partition, id, new OffsetRange(0, end), "bench", read -> {});
    }

    private static void archiveInSmallSegments(TopicPartition partition, Uuid id, long end)
            throws IOException {
        ArchiveMaintenance small = maintenance(SMALL, Codec.ZSTD);
        var listing =
                new ArchiveCatalogue(archive(archiveName(Codec.ZSTD))).partition(partition, id);
        for (int i = 0; i < SMALL_SEGMENTS; i++) {
            OffsetRange range =
                    new OffsetRange(i * end / SMALL_SEGMENTS, (i + 1) * end / SMALL_SEGMENTS);
            small.copyFromArchive(partition, id, listing, range, "bench");
        }
    }

    private static ArchiveMaintenance maintenance(String name, Codec codec) throws IOException {
        return new ArchiveMaintenance(
                archive(name),
                codec,
                ROLL_BYTES,
                Files.createDirectories(directory().resolve("spool")));
    }

    /** Returns how long the segments of an archive are together, in bytes. */
    static long bytes(String name) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(archive(name));
        long bytes = 0;
        for (Uuid id : catalogue.topicIds(TOPIC)) {
            for (int number : catalogue.partitions(TOPIC, id)) {
                for (SegmentFile file :
                        catalogue.partition(new TopicPartition(TOPIC, number), id).segments()) {
                    bytes += file.length();
                }
            }
        }
        return bytes;
    }
}
