// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** The places that a sink of numbers writes to, and what they have. */
final class SinkTargets {

    private static final int PARTITIONS = 3;

    private final KafkaBroker broker;
    private final Path directory;
    private final String topic;
    private final String archived;

    /**
     * Creates a topic.
     *
     * @param name of one test or life only
     */
    SinkTargets(KafkaBroker broker, Path directory, String name) throws Exception {
        this.broker = broker;
        this.directory = directory;
        this.topic = "sink-" + name;
        this.archived = "archived-" + name;
        broker.createTopic(topic, PARTITIONS);
    }

    String topic() {
        return topic;
    }

    /** Returns the name of the topic that is in the archive only. */
    String archived() {
        return archived;
    }

    TieredKafkaSinkBuilder<Long> sink(SinkTier tier) {
        return TieredKafkaSink.<Long>builder()
                .setTier(tier)
                .setBootstrapServers(broker.address())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(topic)
                .setRecordSerializer(
                        SinkJob.serializer(tier == SinkTier.ARCHIVE ? archived : topic))
                .setArchive(archive().toUri().toString())
                .setArchivePartitions(PARTITIONS)
                .setFiles(files().toUri().toString());
    }

    /** Returns the builder of the sink that this one replaces. */
    KafkaSinkBuilder<Long> kafkaSink(TransactionNamingStrategy naming) {
        return KafkaSink.<Long>builder()
                .setBootstrapServers(broker.address())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(topic)
                .setTransactionNamingStrategy(naming)
                .setRecordSerializer(SinkJob.serializer(topic));
    }

    Path archive() {
        return directory.resolve("archive");
    }

    Path files() {
        return directory.resolve("files");
    }

    /** Returns the numbers from 0 to an end. */
    static List<Long> numbers(long end) {
        return LongStream.range(0, end).boxed().collect(Collectors.toList());
    }

    /** Returns what all tiers have, in order. */
    List<Long> all() throws Exception {
        return Stream.of(inKafka(), inArchive(), inFiles())
                .flatMap(List::stream)
                .sorted()
                .collect(Collectors.toList());
    }

    /** Returns what a reader of committed records gets, in order. */
    List<Long> inKafka() throws Exception {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            TopicPartition partition = new TopicPartition(topic, i);
            long end =
                    broker.admin()
                            .listOffsets(
                                    Map.of(partition, OffsetSpec.latest()),
                                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .partitionResult(partition)
                            .get()
                            .offset();
            broker.read(partition, 0, end).forEach(record -> numbers.add(number(record)));
        }
        return numbers.stream().sorted().collect(Collectors.toList());
    }

    /** Also checks that offsets have neither gaps nor overlaps, and keys their partition. */
    List<Long> inArchive() throws IOException {
        List<Long> numbers = new ArrayList<>();
        Map<String, Integer> partitions = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            PartitionCatalogue listing =
                    new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive().toUri()))
                            .partition(
                                    new TopicPartition(archived, i), ArchiveTopics.idOf(archived));
            assertThat(listing.overlaps()).isEmpty();
            long end = 0;
            for (SegmentFile file : listing.segments()) {
                try (SegmentReader reader = SegmentReader.open(file)) {
                    for (List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
                            block != null;
                            block = reader.readBlock()) {
                        for (ConsumerRecord<byte[], byte[]> record : block) {
                            assertThat(record.offset()).isEqualTo(end++);
                            assertThat(record.timestamp()).isPositive();
                            numbers.add(number(record));
                            String key = new String(record.key(), StandardCharsets.UTF_8);
                            assertThat(partitions.merge(key, i, (before, now) -> now)).isEqualTo(i);
                        }
                    }
                }
            }
            if (end > 0) {
                assertThat(listing.coverage()).containsExactly(new OffsetRange(0, end));
            }
        }
        return numbers;
    }

    List<Long> inFiles() throws IOException {
        List<Long> numbers = new ArrayList<>();
        if (!Files.exists(files())) {
            return numbers;
        }
        try (Stream<Path> found = Files.walk(files())) {
            for (Path file : found.filter(Files::isRegularFile).collect(Collectors.toList())) {
                if (!file.getFileName().toString().startsWith(".")) {
                    Files.readAllLines(file).forEach(line -> numbers.add(Long.valueOf(line)));
                }
            }
        }
        return numbers;
    }

    private static long number(ConsumerRecord<byte[], byte[]> record) {
        return Long.parseLong(new String(record.value(), StandardCharsets.UTF_8));
    }

    /** Aborts all open transactions of the sink. */
    void abortWhatIsOpen() throws Exception {
        Collection<String> open = open();
        assertThat(open).isNotEmpty();
        broker.admin().fenceProducers(open).all().get();
    }

    /** Returns the ids of open transactions of the sink. */
    Collection<String> open() throws Exception {
        return broker
                .admin()
                .listTransactions(
                        new ListTransactionsOptions()
                                .filterStates(List.of(TransactionState.ONGOING)))
                .all()
                .get()
                .stream()
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(topic + "-"))
                .collect(Collectors.toList());
    }
}
