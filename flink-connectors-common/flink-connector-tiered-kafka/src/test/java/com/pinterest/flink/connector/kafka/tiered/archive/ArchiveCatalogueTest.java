// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static com.pinterest.flink.connector.kafka.tiered.archive.Segments.PARTITION;
import static com.pinterest.flink.connector.kafka.tiered.archive.Segments.TOPIC_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One listing tells what an archive covers and where an offset or a timestamp lies. */
class ArchiveCatalogueTest {

    @TempDir Path archive;
    private ArchiveCatalogue catalogue;

    @BeforeEach
    void setUp() {
        catalogue = new ArchiveCatalogue(new org.apache.flink.core.fs.Path(archive.toUri()));
    }

    @Test
    void archiveWithoutTheTopicIsEmpty() throws IOException {
        PartitionCatalogue partition = catalogue.partition(PARTITION, TOPIC_ID);

        assertThat(catalogue.topicIds("rides")).isEmpty();
        assertThat(partition.segments()).isEmpty();
        assertThat(partition.coverage()).isEmpty();
        assertThat(partition.startOffset()).isEmpty();
        assertThat(partition.endOffset()).isEmpty();
        assertThat(partition.segmentFor(0)).isEmpty();
        assertThat(partition.nextCovered(0)).isEmpty();
        assertThat(partition.findTimestamp(0)).isEmpty();
    }

    @Test
    void filesThatAreNoSegmentsAreIgnored() throws IOException {
        write(0, 10);
        Path directory = archive.resolve("rides").resolve(TOPIC_ID.toString()).resolve("3");
        Files.writeString(directory.resolve(".00_x.inprogress.1"), "open");
        Files.writeString(
                directory.resolve("00000000000000000010_00000000000000000010_0_w.kseg"), "empty");
        Files.writeString(
                directory.resolve("99999999999999999999_99999999999999999999_0_w.kseg"), "huge");
        Files.createDirectories(directory.resolve("backup"));
        Files.createDirectories(archive.resolve("rides/not-an-id"));

        assertThat(catalogue.partition(PARTITION, TOPIC_ID).segments()).hasSize(1);
        assertThat(catalogue.topicIds("rides")).containsExactly(TOPIC_ID);
    }

    @Test
    void directoryOfWhichFilesVanishIsNotEmpty() throws Exception {
        write(0, 10);
        Path directory = archive.resolve("rides").resolve(TOPIC_ID.toString()).resolve("3");
        Path open = directory.resolve(".00_x.inprogress.1");
        Path committed = directory.resolve("00_x");
        AtomicBoolean stopped = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> commits =
                    writer.submit(
                            () -> {
                                while (!stopped.get()) {
                                    Files.writeString(open, "");
                                    Files.move(open, committed, StandardCopyOption.ATOMIC_MOVE);
                                }
                                return null;
                            });
            for (int i = 0; i < 2_000; i++) {
                assertThat(catalogue.partition(PARTITION, TOPIC_ID).segments()).hasSize(1);
            }
            stopped.set(true);
            commits.get();
        } finally {
            stopped.set(true);
            writer.shutdown();
        }

        // A link to nothing is listed, but never found.
        Files.createSymbolicLink(open, directory.resolve("nothing"));
        assertThatThrownBy(() -> catalogue.partition(PARTITION, TOPIC_ID))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining(open.getFileName().toString());
    }

    @Test
    void topicsIdsAndPartitionsAreKeptApart() throws IOException {
        Uuid other = Uuid.fromString("AAAAAAAAAAEAAAAAAAAAAg");
        write(0, 10);
        Segments.write(
                archive,
                PARTITION,
                other,
                new OffsetRange(0, 5),
                "test",
                Codec.NONE,
                100,
                List.of());

        assertThat(catalogue.topicIds("rides")).containsExactlyInAnyOrder(TOPIC_ID, other);
        assertThat(catalogue.partition(PARTITION, other).endOffset()).hasValue(5);
        assertThat(catalogue.partition(PARTITION, TOPIC_ID).endOffset()).hasValue(10);
        assertThat(catalogue.partition(new TopicPartition("rides", 30), TOPIC_ID).segments())
                .isEmpty();
        assertThat(catalogue.topicIds("ride")).isEmpty();
    }

    @Test
    void coverageGapsAndOverlapsAreMerged() throws IOException {
        write(10, 20);
        write(20, 30);
        write(25, 28);
        write(27, 40);
        write(50, 60);
        write(55, 58);
        write(70, 71);

        PartitionCatalogue partition = catalogue.partition(PARTITION, TOPIC_ID);

        assertThat(partition.coverage()).hasToString("[[10, 40), [50, 60), [70, 71)]");
        assertThat(partition.gaps()).hasToString("[[40, 50), [60, 70)]");
        assertThat(partition.overlaps()).hasToString("[[25, 30), [55, 58)]");
        assertThat(partition.segmentFor(27).orElseThrow().coverage()).hasToString("[27, 40)");
        assertThat(partition.segmentFor(9)).isEmpty();
        assertThat(partition.segmentFor(40)).isEmpty();
        assertThat(partition.nextCovered(0)).hasValue(10);
        assertThat(partition.nextCovered(40)).hasValue(50);
        assertThat(partition.nextCovered(71)).isEmpty();
    }

    @Test
    void anySegmentsAreDescribedAsOffsetByOffset() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            // given
            BitSet once = new BitSet();
            BitSet twice = new BitSet();
            List<SegmentFile> segments = new ArrayList<>();
            for (int j = random.nextInt(8); j > 0; j--) {
                int start = random.nextInt(40);
                OffsetRange range = new OffsetRange(start, start + 1 + random.nextInt(15));
                SegmentName name = new SegmentName(PARTITION, TOPIC_ID, range, 0, "w" + j);
                segments.add(
                        new SegmentFile(
                                name, name.path(new org.apache.flink.core.fs.Path("/a")), 0));
                for (int offset = start; offset < range.end(); offset++) {
                    (once.get(offset) ? twice : once).set(offset);
                }
            }

            // when
            PartitionCatalogue partition = new PartitionCatalogue(segments);

            // then
            for (int offset = 0; offset < 60; offset++) {
                int at = offset;
                String description = "seed " + seed + ", case " + i + ", offset " + offset;
                assertThat(partition.coverage().stream().anyMatch(r -> r.contains(at)))
                        .as(description)
                        .isEqualTo(once.get(offset));
                assertThat(partition.overlaps().stream().anyMatch(r -> r.contains(at)))
                        .as(description)
                        .isEqualTo(twice.get(offset));
                assertThat(partition.segmentFor(offset).map(s -> s.coverage().contains(at)))
                        .as(description)
                        .isEqualTo(once.get(offset) ? Optional.of(true) : Optional.empty());
                int next = once.nextSetBit(offset);
                assertThat(partition.nextCovered(offset))
                        .as(description)
                        .isEqualTo(next < 0 ? OptionalLong.empty() : OptionalLong.of(next));
            }
        }
    }

    @Test
    void timestampIsFoundAsConsumersFindIt() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<ConsumerRecord<byte[], byte[]>> records =
                Segments.random(random, new OffsetRange(0, 400));
        for (int start = 0; start < 400; start += 50) {
            OffsetRange range = new OffsetRange(start, start + 50 + random.nextInt(2) * 25);
            List<ConsumerRecord<byte[], byte[]>> covered = new ArrayList<>(records);
            covered.removeIf(r -> !range.contains(r.offset()));
            Segments.write(archive, range, Codec.ZSTD, 2_000, covered);
        }
        PartitionCatalogue partition = catalogue.partition(PARTITION, TOPIC_ID);

        for (int i = 0; i < 200; i++) {
            long timestamp = 1_700_000_000_000L + random.nextInt(250_000) - 10_000;
            Optional<Long> expected =
                    records.stream()
                            .filter(r -> r.timestamp() >= timestamp)
                            .map(ConsumerRecord::offset)
                            .findFirst();
            assertThat(partition.findTimestamp(timestamp).map(OffsetAndTimestamp::offset))
                    .as("seed %d, timestamp %d", seed, timestamp)
                    .isEqualTo(expected);
        }
    }

    @Test
    void timestampIsFoundByReadingOneBlock() throws IOException {
        // given a segment whose blocks are all damaged but the one that holds the timestamp
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int offset = 0; offset < 20; offset++) {
            records.add(Segments.record(PARTITION, offset, 1_000L * offset, new byte[10]));
        }
        SegmentFile file = Segments.write(archive, new OffsetRange(0, 20), Codec.NONE, 1, records);
        byte[] bytes = Segments.bytes(file);
        int position = SegmentFormat.HEADER_PREFIX_LENGTH + 5 + SegmentFormat.HEADER_SUFFIX_LENGTH;
        for (int block = 0; block < 20; block++) {
            int payload = ByteBuffer.wrap(bytes).getInt(position);
            if (block != 7) {
                bytes[position + SegmentFormat.BLOCK_HEADER_LENGTH]++;
            }
            position += SegmentFormat.BLOCK_HEADER_LENGTH + payload;
        }
        Segments.store(archive, file.name(), bytes);

        // then
        for (long timestamp : new long[] {6_001, 6_500, 7_000}) {
            assertThat(catalogue.partition(PARTITION, TOPIC_ID).findTimestamp(timestamp))
                    .map(OffsetAndTimestamp::offset)
                    .hasValue(7L);
        }
    }

    private void write(long start, long end) throws IOException {
        Segments.write(archive, new OffsetRange(start, end), Codec.NONE, 100, List.of());
    }
}
