// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static com.pinterest.flink.connector.kafka.tiered.archive.Segments.PARTITION;
import static com.pinterest.flink.connector.kafka.tiered.archive.Segments.TOPIC_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a segment gives back is what was written, from any offset and for any timestamp. */
class SegmentRoundTripTest {

    @TempDir Path archive;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void anyRecordsComeBackFromAnyOffset(Codec codec) throws IOException {
        for (int i = 0; i < 20; i++) {
            long seed = new Random().nextLong();
            try {
                checkRandomSegment(codec, new Random(seed));
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed, t);
            }
        }
    }

    private void checkRandomSegment(Codec codec, Random random) throws IOException {
        // given
        long start = random.nextInt(3) * 1_000_000_007L;
        OffsetRange coverage = new OffsetRange(start, start + 1 + random.nextInt(300));
        List<ConsumerRecord<byte[], byte[]>> records = Segments.random(random, coverage);

        // when
        SegmentFile file =
                Segments.write(archive, coverage, codec, 1 + random.nextInt(4_000), records);

        // then
        Segments.assertEqual(Segments.read(file, start), records);
        for (long offset = start; offset < coverage.end(); offset += 1 + random.nextInt(40)) {
            long from = offset;
            Segments.assertEqual(
                    Segments.read(file, from),
                    records.stream().filter(r -> r.offset() >= from).collect(Collectors.toList()));
        }
        try (SegmentReader reader = SegmentReader.open(file)) {
            reader.verify();
            assertThat(reader.recordCount()).isEqualTo(records.size());
            for (int i = 0; i < 10; i++) {
                long timestamp = 1_700_000_000_000L + random.nextInt(100_000);
                Optional<Long> expected =
                        records.stream()
                                .filter(r -> r.timestamp() >= timestamp)
                                .map(ConsumerRecord::offset)
                                .findFirst();
                assertThat(reader.findTimestamp(timestamp).map(OffsetAndTimestamp::offset))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void segmentCoversMoreThanItsRecords() throws IOException {
        // given transaction markers before, between and after the records
        OffsetRange coverage = new OffsetRange(100, 200);
        List<ConsumerRecord<byte[], byte[]>> records =
                List.of(
                        Segments.record(PARTITION, 110, 1_000, new byte[] {1}),
                        Segments.record(PARTITION, 150, 2_000, new byte[] {2}));

        // when
        SegmentFile file = Segments.write(archive, coverage, Codec.ZSTD, 1, records);

        // then
        Segments.assertEqual(Segments.read(file, 100), records);
        Segments.assertEqual(Segments.read(file, 111), records.subList(1, 2));
        assertThat(Segments.read(file, 151)).isEmpty();
    }

    @Test
    void segmentWithoutRecordsCoversOffsets() throws IOException {
        SegmentFile file = Segments.write(archive, new OffsetRange(7, 9), Codec.ZSTD, 1, List.of());

        assertThat(Segments.read(file, 7)).isEmpty();
        try (SegmentReader reader = SegmentReader.open(file)) {
            reader.verify();
            assertThat(reader.maxTimestamp()).isEqualTo(-1);
            assertThat(reader.findTimestamp(0)).isEmpty();
        }
    }

    @Test
    void blockLargerThanTheTrustedLengthComesBack() throws IOException {
        byte[] value = new byte[33 << 20];
        new Random(1).nextBytes(value);
        java.util.Arrays.fill(value, 1000, value.length / 2, (byte) 7);
        List<ConsumerRecord<byte[], byte[]>> records =
                List.of(Segments.record(PARTITION, 0, 0, value));
        for (Codec codec : Codec.values()) {
            SegmentFile file = Segments.write(archive, new OffsetRange(0, 1), codec, 1, records);

            assertThat(Segments.read(file, 0).get(0).value()).isEqualTo(value);
        }
    }

    @Test
    void codecsMakeSegmentsSmallerAndRandomBytesNoLarger() throws IOException {
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        OffsetRange coverage = new OffsetRange(0, 1);
        long plain =
                Segments.write(
                                archive,
                                coverage,
                                Codec.NONE,
                                1,
                                List.of(Segments.record(PARTITION, 0, 0, noise)))
                        .length();
        for (Codec codec : List.of(Codec.LZ4, Codec.ZSTD)) {
            assertThat(
                            Segments.write(
                                            archive,
                                            coverage,
                                            codec,
                                            1,
                                            List.of(Segments.record(PARTITION, 0, 0, noise)))
                                    .length())
                    .isEqualTo(plain);
            assertThat(
                            Segments.write(
                                            archive,
                                            coverage,
                                            codec,
                                            1,
                                            List.of(
                                                    Segments.record(
                                                            PARTITION, 0, 0, new byte[100_000])))
                                    .length())
                    .isLessThan(1_000);
        }
    }

    @Test
    void writerRefusesRecordsOutOfOrderOrOfOtherPartitions() throws IOException {
        SegmentWriter writer =
                new SegmentWriter(
                        new ByteArrayOutputStream(), PARTITION, TOPIC_ID, 10, Codec.NONE, 100);
        writer.add(Segments.record(PARTITION, 10, 0, null));

        assertThatThrownBy(() -> writer.add(Segments.record(PARTITION, 10, 0, null)))
                .hasMessageContaining("rides-3@10");
        assertThatThrownBy(() -> writer.add(Segments.record(PARTITION, 9, 0, null)))
                .hasMessageContaining("rides-3@9");
        assertThatThrownBy(
                        () ->
                                writer.add(
                                        Segments.record(
                                                new org.apache.kafka.common.TopicPartition(
                                                        "rides", 4),
                                                11,
                                                0,
                                                null)))
                .hasMessageContaining("rides-4@11");
        assertThatThrownBy(() -> writer.finish(10)).hasMessageContaining("cannot end at 10");
    }
}
