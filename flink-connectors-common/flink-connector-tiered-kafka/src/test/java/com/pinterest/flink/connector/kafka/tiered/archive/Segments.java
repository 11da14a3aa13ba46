// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Segments and records for tests. */
public final class Segments {

    static final TopicPartition PARTITION = new TopicPartition("rides", 3);
    static final Uuid TOPIC_ID = Uuid.fromString("4SDVJMQkTHOdNPDcuTQQlQ");

    private static final List<TimestampType> TIMESTAMP_TYPES = List.of(TimestampType.values());

    private Segments() {}

    /** Writes a segment into an archive and returns what a listing would say of it. */
    static SegmentFile write(
            Path archive,
            OffsetRange coverage,
            Codec codec,
            int blockBytes,
            List<ConsumerRecord<byte[], byte[]>> records)
            throws IOException {
        return write(archive, PARTITION, TOPIC_ID, coverage, "test", codec, blockBytes, records);
    }

    /** Writes a segment into an archive and returns what a listing would say of it. */
    public static SegmentFile write(
            Path archive,
            TopicPartition partition,
            Uuid topicId,
            OffsetRange coverage,
            String writerId,
            Codec codec,
            int blockBytes,
            List<ConsumerRecord<byte[], byte[]>> records)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SegmentWriter writer =
                new SegmentWriter(out, partition, topicId, coverage.start(), codec, blockBytes);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            writer.add(record);
        }
        SegmentWriter.Summary summary = writer.finish(coverage.end());
        assertThat(summary.length()).isEqualTo(out.size());
        return store(
                archive,
                new SegmentName(
                        partition, topicId, summary.coverage(), summary.maxTimestamp(), writerId),
                out.toByteArray());
    }

    static SegmentFile store(Path archive, SegmentName name, byte[] bytes) throws IOException {
        org.apache.flink.core.fs.Path path =
                name.path(new org.apache.flink.core.fs.Path(archive.toUri()));
        Path local = Path.of(path.toUri().getPath());
        Files.createDirectories(local.getParent());
        // A job may be listing the directory: the segment appears as a whole, as by a commit.
        Path open = local.resolveSibling("." + local.getFileName() + ".inprogress");
        Files.write(open, bytes);
        Files.move(open, local, StandardCopyOption.ATOMIC_MOVE);
        return new SegmentFile(name, path, bytes.length);
    }

    static byte[] bytes(SegmentFile file) throws IOException {
        return Files.readAllBytes(Path.of(file.path().toUri().getPath()));
    }

    /** Reads all records of a segment from an offset on. */
    static List<ConsumerRecord<byte[], byte[]>> read(SegmentFile file, long offset)
            throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (SegmentReader reader = SegmentReader.open(file)) {
            reader.seek(offset);
            List<ConsumerRecord<byte[], byte[]>> block = reader.readBlock();
            while (block != null) {
                records.addAll(block);
                block = reader.readBlock();
            }
            assertThat(reader.position()).isEqualTo(file.coverage().end());
        }
        return records;
    }

    /** Returns records of every shape that Kafka knows, some of the offsets left out. */
    static List<ConsumerRecord<byte[], byte[]>> random(Random random, OffsetRange offsets) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long timestamp = 1_700_000_000_000L;
        for (long offset = offsets.start(); offset < offsets.end(); offset++) {
            timestamp += random.nextInt(2_000) - 500;
            if (random.nextInt(10) > 0) {
                records.add(random(random, offset, random.nextInt(50) == 0 ? -1 : timestamp));
            }
        }
        return records;
    }

    private static ConsumerRecord<byte[], byte[]> random(
            Random random, long offset, long timestamp) {
        RecordHeaders headers = new RecordHeaders();
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            String key = random.nextBoolean() ? "trace" : random.nextBoolean() ? "" : "schlüssel☃";
            headers.add(new RecordHeader(key, randomBytes(random)));
        }
        byte[] key = randomBytes(random);
        byte[] value = randomBytes(random);
        return record(
                PARTITION,
                offset,
                timestamp,
                TIMESTAMP_TYPES.get(random.nextInt(TIMESTAMP_TYPES.size())),
                key,
                value,
                headers,
                random.nextInt(3) == 0 ? Optional.empty() : Optional.of(random.nextInt(4) * 1000));
    }

    /** Returns a record of the usual kind. */
    public static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, long timestamp, byte[] value) {
        return record(
                partition,
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                null,
                value,
                new RecordHeaders(),
                Optional.of(0));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition,
            long offset,
            long timestamp,
            TimestampType type,
            byte[] key,
            byte[] value,
            RecordHeaders headers,
            Optional<Integer> epoch) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timestamp,
                type,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                epoch);
    }

    private static byte[] randomBytes(Random random) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return null;
        }
        byte[] bytes = new byte[kind == 1 ? 0 : kind == 2 ? random.nextInt(3_000) : kind];
        if (kind % 2 == 0) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /** Compares every field. */
    static void assertEqual(
            List<ConsumerRecord<byte[], byte[]>> actual,
            List<ConsumerRecord<byte[], byte[]>> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            ConsumerRecord<byte[], byte[]> left = actual.get(i);
            ConsumerRecord<byte[], byte[]> right = expected.get(i);
            assertThat(left.topic()).isEqualTo(right.topic());
            assertThat(left.partition()).isEqualTo(right.partition());
            assertThat(left.offset()).isEqualTo(right.offset());
            assertThat(left.timestamp()).isEqualTo(right.timestamp());
            assertThat(left.timestampType()).isEqualTo(right.timestampType());
            assertThat(left.leaderEpoch()).isEqualTo(right.leaderEpoch());
            assertThat(left.key()).isEqualTo(right.key());
            assertThat(left.value()).isEqualTo(right.value());
            assertThat(left.serializedKeySize()).isEqualTo(right.serializedKeySize());
            assertThat(left.serializedValueSize()).isEqualTo(right.serializedValueSize());
            assertThat(left.headers()).isEqualTo(right.headers());
        }
    }
}
