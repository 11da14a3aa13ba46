// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every release reads the segments of version 1 that are stored here, the test vectors of {@code
 * docs/archive-format.md}. They were written by the first release, and are never written anew.
 */
class StoredSegmentTest {

    private static final TopicPartition PARTITION = new TopicPartition("rides", 0);
    private static final Uuid TOPIC_ID = Uuid.fromString("AAAAAAAAAAEAAAAAAAAAAg");
    private static final OffsetRange COVERAGE = new OffsetRange(1_000, 1_010);

    @TempDir Path archive;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void readsVersionOne(Codec codec) throws IOException {
        // given
        SegmentFile file =
                Segments.store(
                        archive,
                        new SegmentName(
                                PARTITION, TOPIC_ID, COVERAGE, 1_700_000_000_500L, "vector"),
                        stored(codec));

        // then
        Segments.assertEqual(Segments.read(file, 1_000), records());
        try (SegmentReader reader = SegmentReader.open(file)) {
            reader.verify();
            assertThat(reader.findTimestamp(1_700_000_000_400L).orElseThrow().offset())
                    .isEqualTo(1_002);
        }
    }

    /**
     * Compressors may change their output from release to release; what is stored plainly may not.
     */
    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE")
    void writesVersionOne(Codec codec) throws IOException {
        SegmentFile file =
                Segments.write(
                        archive, PARTITION, TOPIC_ID, COVERAGE, "vector", codec, 90, records());

        assertThat(Segments.bytes(file)).isEqualTo(stored(codec));
    }

    private static byte[] stored(Codec codec) throws IOException {
        String name = "/archive/segment-v1-" + codec.name().toLowerCase(java.util.Locale.ROOT);
        try (InputStream in = StoredSegmentTest.class.getResourceAsStream(name + ".kseg")) {
            return in.readAllBytes();
        }
    }

    /** As in the table of the specification. */
    private static List<ConsumerRecord<byte[], byte[]>> records() {
        String ten = "0123456789";
        return List.of(
                record(1_001, 1_700_000_000_000L, 0, "k", "v1", Optional.of(5)),
                record(1_002, 1_700_000_000_500L, 0, null, "", Optional.of(5)),
                record(1_003, 1_699_999_999_000L, 1, "", null, Optional.of(6)),
                record(1_004, 1_700_000_000_400L, 0, "k", ten.repeat(12), Optional.empty()),
                record(1_007, -1, -1, "k", "v5", Optional.of(6)));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            long offset,
            long timestamp,
            int type,
            String key,
            String value,
            Optional<Integer> epoch) {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        byte[] valueBytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        RecordHeaders headers = new RecordHeaders();
        if (offset == 1_002) {
            headers.add(new RecordHeader("schlüssel", new byte[] {0, -1}));
            headers.add(new RecordHeader("", new byte[0]));
            headers.add(new RecordHeader("null", null));
        }
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                timestamp,
                List.of(TimestampType.values()).stream()
                        .filter(t -> t.id == type)
                        .findFirst()
                        .orElseThrow(),
                key == null ? -1 : keyBytes.length,
                value == null ? -1 : valueBytes.length,
                keyBytes,
                valueBytes,
                headers,
                epoch);
    }

    /** Wrote the vectors. */
    public static void main(String[] args) throws IOException {
        for (Codec codec : Codec.values()) {
            Path target = Path.of(args[0]);
            SegmentFile file =
                    Segments.write(
                            target, PARTITION, TOPIC_ID, COVERAGE, "vector", codec, 90, records());
            Files.write(
                    target.resolve(
                            "segment-v1-"
                                    + codec.name().toLowerCase(java.util.Locale.ROOT)
                                    + ".kseg"),
                    Segments.bytes(file));
        }
    }
}
