// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.Segments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A real broker in a JVM of its own, and what tests do with it. */
public final class KafkaBroker implements ExtensionContext.Store.CloseableResource {

    /** Timestamp of offset 0 in {@link #produce}; each offset is a second later. */
    public static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

    private final Path directory;
    private Process process;
    private final String address;
    private final Admin admin;

    public KafkaBroker() throws Exception {
        directory = Files.createTempDirectory("kafka-broker");
        int port = freePort();
        int controllerPort = freePort();
        address = "localhost:" + port;
        Path properties = directory.resolve("server.properties");
        Files.write(
                properties,
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@localhost:" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=PLAINTEXT",
                        "listeners=PLAINTEXT://"
                                + address
                                + ",CONTROLLER://localhost:"
                                + controllerPort,
                        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                        "log.dirs=" + directory.resolve("data"),
                        "offsets.topic.num.partitions=1",
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.num.partitions=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "transaction.max.timeout.ms=3600000",
                        "group.initial.rebalance.delay.ms=0",
                        // A slow machine is no failure.
                        "broker.session.timeout.ms=180000",
                        "log.cleaner.dedupe.buffer.size=2097152",
                        "log.cleaner.backoff.ms=200",
                        // The timestamps of the tests are old.
                        "log.retention.ms=-1"));
        process = start();
        Properties adminProperties = new Properties();
        adminProperties.setProperty("bootstrap.servers", address);
        admin = Admin.create(adminProperties);
        awaitStart();
    }

    private Process start(String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx384m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                BrokerMain.class.getName(),
                                directory.resolve("server.properties").toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** Ends the broker as {@code kill -9} does, and starts another one on its data. */
    public void killAndRestart() throws Exception {
        process.destroyForcibly().onExit().join();
        // The controller takes the broker back when the session of the one before has ended.
        Files.write(
                directory.resolve("server.properties"),
                List.of("broker.session.timeout.ms=10000"),
                StandardOpenOption.APPEND);
        process = start("again");
        awaitStart();
    }

    private void awaitStart() throws Exception {
        long end = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
                return;
            } catch (Exception e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    String output = Files.readString(log());
                    close();
                    throw new IllegalStateException("The broker did not start: " + output, e);
                }
            }
        }
    }

    private Path log() {
        return directory.resolve("broker.log");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    public String address() {
        return address;
    }

    public Admin admin() {
        return admin;
    }

    /** Creates a topic and returns its id. */
    public Uuid createTopic(String topic, int partitions) throws Exception {
        Uuid id =
                admin.createTopics(Set.of(new NewTopic(topic, partitions, (short) 1)))
                        .topicId(topic)
                        .get();
        awaitPartitions(topic, partitions);
        return id;
    }

    /** Waits until the broker leads partitions that the controller has just created. */
    public void awaitPartitions(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            ends.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        while (true) {
            try {
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    public KafkaProducer<byte[], byte[]> producer(Map<String, String> properties) {
        Properties all = new Properties();
        all.setProperty("bootstrap.servers", address);
        all.setProperty("key.serializer", ByteArraySerializer.class.getName());
        all.setProperty("value.serializer", ByteArraySerializer.class.getName());
        // With several, a partition whose leader is not ready yet may refuse the first request and
        // take the second, and then refuses the first for good (KAFKA-15591).
        all.setProperty("max.in.flight.requests.per.connection", "1");
        properties.forEach(all::setProperty);
        return new KafkaProducer<>(all);
    }

    /**
     * Appends records with the offsets of a range, a second apart, each with its offset as value.
     */
    public void produce(TopicPartition partition, long start, long end) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("batch.size", "2000", "linger.ms", "0"))) {
            for (long offset = start; offset < end; offset++) {
                sent.add(producer.send(record(partition, offset)));
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    /** Returns the record that {@link #produce} sends for an offset. */
    static ProducerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
        return new ProducerRecord<>(
                partition.topic(),
                partition.partition(),
                FIRST_TIMESTAMP + 1_000 * offset,
                null,
                Long.toString(offset).getBytes(StandardCharsets.UTF_8));
    }

    /** Deletes what is before an offset, as retention does. */
    public void deleteBefore(TopicPartition partition, long offset) throws Exception {
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all().get();
    }

    /** Reads a range from Kafka and writes it as one segment. */
    public void archive(Path archive, TopicPartition partition, Uuid topicId, long start, long end)
            throws IOException {
        Segments.write(
                archive,
                partition,
                topicId,
                new OffsetRange(start, end),
                "test",
                Codec.ZSTD,
                4_000,
                read(partition, start, end));
    }

    /** Reads a range, as a consumer of committed records gets it. */
    public List<ConsumerRecord<byte[], byte[]>> read(
            TopicPartition partition, long start, long end) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", address);
        properties.setProperty("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.setProperty("isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(Set.of(partition));
            consumer.seek(partition, start);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        records.removeIf(record -> record.offset() >= end);
        return records;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        process.destroyForcibly().onExit().join();
        try {
            FileUtils.deleteDirectory(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives tests the one broker of their JVM. */
    public static final class Resolver implements ParameterResolver {

        @Override
        public boolean supportsParameter(
                ParameterContext parameterContext, ExtensionContext extensionContext) {
            return parameterContext.getParameter().getType() == KafkaBroker.class;
        }

        @Override
        public Object resolveParameter(
                ParameterContext parameterContext, ExtensionContext extensionContext) {
            return extensionContext
                    .getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .getOrComputeIfAbsent(KafkaBroker.class, missing -> start());
        }

        private static KafkaBroker start() {
            try {
                return new KafkaBroker();
            } catch (Exception e) {
                throw new IllegalStateException("Cannot start a broker", e);
            }
        }
    }
}
