// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import javax.annotation.Nullable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the demo does with the topic of flights: creates it, writes rows of the file to it, deletes
 * in Kafka what the archive has, and waits for a job.
 */
public final class FlightTopic {

    private static final int PARTITIONS = 4;

    private static final String USAGE =
            String.join(
                    "\n",
                    "Usage: FlightTopic create BROKERS TOPIC",
                    "       FlightTopic produce BROKERS TOPIC FILE FIRST_ROW LAST_ROW",
                    "       FlightTopic forget BROKERS TOPIC [ARCHIVE]",
                    "       FlightTopic await BROKERS TOPIC GROUP_ID");

    private FlightTopic() {}

    /** Runs a command. */
    public static void main(String[] args) throws Exception {
        if (args.length < 3) {
            throw new IllegalArgumentException(USAGE);
        }
        switch (args[0]) {
            case "create":
                create(args[1], args[2]);
                return;
            case "produce":
                produce(
                        args[1],
                        args[2],
                        Path.of(args[3]),
                        Long.parseLong(args[4]),
                        Long.parseLong(args[5]));
                return;
            case "forget":
                forget(args[1], args[2], args.length > 3 ? args[3] : null);
                return;
            case "await":
                await(args[1], args[2], args[3]);
                return;
            default:
                throw new IllegalArgumentException(USAGE);
        }
    }

    private static Properties client(String brokers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", brokers);
        return properties;
    }

    private static void create(String brokers, String topic) throws Exception {
        try (Admin admin = Admin.create(client(brokers))) {
            admin.createTopics(Set.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        }
        System.out.println("created topic " + topic + " with " + PARTITIONS + " partitions");
    }

    /**
     * Writes rows, numbered from 1, each with the frontier of the file as timestamp: the largest
     * event time up to that row.
     */
    private static void produce(
            String brokers, String topic, Path file, long firstRow, long lastRow)
            throws IOException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        Properties properties = client(brokers);
        properties.setProperty("key.serializer", ByteArraySerializer.class.getName());
        properties.setProperty("value.serializer", ByteArraySerializer.class.getName());
        properties.setProperty("linger.ms", "20");
        // With several, a new partition may refuse the first one for good (KAFKA-15591).
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        FlightParser parser = new FlightParser(file.toString());
        long rows = 0;
        try (BufferedReader lines = open(file);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            long frontier = Long.MIN_VALUE;
            String line = lines.readLine();
            for (long row = 1; line != null && row <= lastRow; row++) {
                Flight flight = parser.parse(line, row);
                frontier = Math.max(frontier, flight.eventTime());
                if (row >= firstRow) {
                    String origin = flight.getRoute().getOrigin();
                    ProducerRecord<byte[], byte[]> record =
                            new ProducerRecord<>(
                                    topic,
                                    Math.floorMod(origin.hashCode(), PARTITIONS),
                                    frontier,
                                    origin.getBytes(StandardCharsets.UTF_8),
                                    line.getBytes(StandardCharsets.UTF_8));
                    // The callback sees the result.
                    Future<RecordMetadata> unused =
                            producer.send(
                                    record,
                                    (sent, e) -> {
                                        if (e != null) {
                                            failure.compareAndSet(null, e);
                                        }
                                    });
                    rows++;
                }
                line = lines.readLine();
            }
        }
        if (failure.get() != null) {
            throw new IOException("Cannot write to " + topic, failure.get());
        }
        System.out.println("wrote " + rows + " rows to " + topic);
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return new BufferedReader(
                new InputStreamReader(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
                        StandardCharsets.UTF_8));
    }

    /**
     * Deletes in Kafka all that it has now; before that, waits until the archive has it, if given.
     */
    private static void forget(String brokers, String topic, @Nullable String archive)
            throws Exception {
        try (Admin admin = Admin.create(client(brokers))) {
            Uuid id =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId();
            Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
            long offsets = 0;
            for (Map.Entry<TopicPartition, Long> end : ends(admin, topic).entrySet()) {
                long offset = end.getValue();
                if (offset > 0) {
                    if (archive != null) {
                        awaitArchive(archive, end.getKey(), id, offset);
                    }
                    deletions.put(end.getKey(), RecordsToDelete.beforeOffset(offset));
                    offsets += offset;
                }
            }
            admin.deleteRecords(deletions).all().get();
            System.out.println("deleted " + offsets + " rows in Kafka");
        }
    }

    /** The end of each partition. */
    private static Map<TopicPartition, Long> ends(Admin admin, String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            query.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(query)
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Waits until checkpoints of a job have all that the topic has now. */
    private static void await(String brokers, String topic, String groupId) throws Exception {
        try (Admin admin = Admin.create(client(brokers))) {
            Map<TopicPartition, Long> ends = ends(admin, topic);
            ends.values().removeIf(end -> end == 0);
            Map<TopicPartition, OffsetAndMetadata> committed = Map.of();
            while (!isReached(ends, committed)) {
                Thread.sleep(200);
                committed =
                        admin.listConsumerGroupOffsets(groupId)
                                .partitionsToOffsetAndMetadata()
                                .get();
            }
        }
    }

    private static boolean isReached(
            Map<TopicPartition, Long> ends, Map<TopicPartition, OffsetAndMetadata> committed) {
        return ends.entrySet().stream()
                .allMatch(
                        end -> {
                            OffsetAndMetadata position = committed.get(end.getKey());
                            return position != null && position.offset() >= end.getValue();
                        });
    }

    private static void awaitArchive(String archive, TopicPartition partition, Uuid id, long offset)
            throws IOException, InterruptedException {
        ArchiveCatalogue catalogue =
                new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive));
        while (catalogue.partition(partition, id).coverage().stream()
                .noneMatch(range -> range.start() == 0 && range.end() >= offset)) {
            Thread.sleep(200);
        }
    }
}
