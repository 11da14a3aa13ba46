// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static com.pinterest.flink.connector.kafka.tiered.archive.Segments.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.flink.core.fs.FileStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage is reported with file and position, and never costs more memory than the file has. */
class SegmentCorruptionTest {

    private static final OffsetRange COVERAGE = new OffsetRange(10, 40);

    @TempDir Path archive;
    private List<ConsumerRecord<byte[], byte[]>> records;

    @BeforeEach
    void setUp() {
        records = new ArrayList<>();
        for (int offset = 11; offset < 36; offset++) {
            records.add(
                    Segments.record(
                            PARTITION,
                            offset,
                            1_000 + offset,
                            ("value " + offset).getBytes(StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void everyFlippedByteIsDetected(Codec codec) throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, codec, 150, records);
        byte[] bytes = Segments.bytes(file);
        for (int i = 0; i < bytes.length; i++) {
            for (int mask : new int[] {1, 0xFF}) {
                byte[] flipped = bytes.clone();
                flipped[i] ^= (byte) mask;
                assertCorrupt(file, flipped, "byte " + i + " of " + bytes.length + " ^ " + mask);
            }
        }
    }

    @Test
    void everyTruncationIsDetected() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.ZSTD, 150, records);
        byte[] bytes = Segments.bytes(file);
        for (int length = 0; length < bytes.length; length++) {
            assertCorrupt(file, Arrays.copyOf(bytes, length), "length " + length);
        }
    }

    @Test
    void fileThatIsShorterThanItsListingIsReported() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.ZSTD, 150, records);
        byte[] bytes = Segments.bytes(file);
        Segments.store(archive, file.name(), Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> SegmentReader.open(file))
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining(file.path().getName())
                .hasMessageContaining("listed with " + bytes.length);
    }

    @Test
    void appendedBytesAreDetected() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.ZSTD, 150, records);
        byte[] bytes = Segments.bytes(file);

        assertCorrupt(file, Arrays.copyOf(bytes, bytes.length + 1), "a byte more");
    }

    @Test
    void renamedSegmentIsRefused() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.ZSTD, 150, records);
        SegmentName other =
                new SegmentName(
                        PARTITION, Segments.TOPIC_ID, new OffsetRange(10, 41), 1_035, "test");
        SegmentFile renamed = Segments.store(archive, other, Segments.bytes(file));

        assertThatThrownBy(() -> SegmentReader.open(renamed))
                .hasMessageContaining("was it renamed?")
                .hasMessageContaining("[10, 40)");
    }

    /** Checksums protect against accidents; these blocks have right ones over hostile content. */
    @Test
    void hostileRecordsEndInAnError() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int detected = 0;
        for (int i = 0; i < 50_000; i++) {
            List<ConsumerRecord<byte[], byte[]>> originals =
                    Segments.random(random, new OffsetRange(0, 1 + random.nextInt(4)));
            try {
                BlockEncoder block = new BlockEncoder();
                for (ConsumerRecord<byte[], byte[]> original : originals) {
                    block.add(original);
                }
                byte[] hostile = Arrays.copyOf(block.bytes(), block.length());
                for (int changes = random.nextInt(4);
                        changes > 0 && hostile.length > 0;
                        changes--) {
                    hostile[random.nextInt(hostile.length)] =
                            (byte) (random.nextBoolean() ? -1 : random.nextInt());
                }
                int count = random.nextInt(5) == 0 ? random.nextInt() : block.count();
                new BlockDecoder(PARTITION, hostile, count, block.firstOffset(), 1_000).records(0);
            } catch (IOException e) {
                detected++;
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ", case " + i, t);
            }
        }
        assertThat(detected).isBetween(1_000, 49_000);
    }

    @Test
    void hostileBlockHeadersEndInAnError() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.NONE, 150, records);
        byte[] bytes = Segments.bytes(file);
        int block = SegmentFormat.HEADER_PREFIX_LENGTH + 5 + SegmentFormat.HEADER_SUFFIX_LENGTH;
        int payload = ByteBuffer.wrap(bytes).getInt(block);
        for (int field : new int[] {0, 4, 8, 12, 28}) {
            for (int claim : new int[] {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                byte[] hostile = bytes.clone();
                ByteBuffer buffer = ByteBuffer.wrap(hostile);
                if (field == 28) {
                    buffer.put(
                            block + field,
                            (byte) (claim == 0 || claim == Integer.MIN_VALUE ? 3 : claim));
                } else {
                    buffer.putInt(block + field, field == 12 && claim == 0 ? 1 : claim);
                }
                CRC32C crc = new CRC32C();
                crc.update(hostile, block, SegmentFormat.BLOCK_CRC_POSITION);
                crc.update(hostile, block + SegmentFormat.BLOCK_HEADER_LENGTH, payload);
                buffer.putInt(block + SegmentFormat.BLOCK_CRC_POSITION, (int) crc.getValue());
                assertCorrupt(file, hostile, field + " = " + claim);
            }
        }
    }

    @Test
    void hostileFootersEndInAnError() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.NONE, 150, records);
        byte[] bytes = Segments.bytes(file);
        int footer = bytes.length - SegmentFormat.FOOTER_LENGTH;
        long[] claims = {-1, 0, 1, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
        for (int field = 0; field < 6; field++) {
            for (long claim : claims) {
                byte[] hostile = bytes.clone();
                ByteBuffer buffer = ByteBuffer.wrap(hostile);
                buffer.putLong(footer + 8 * field, claim);
                assertCorrupt(file, withFooterCrc(hostile), "field " + field + " = " + claim);
            }
        }
        for (int claim : new int[] {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            byte[] hostile = bytes.clone();
            ByteBuffer.wrap(hostile).putInt(footer + 6 * 8, claim);
            assertCorrupt(file, withFooterCrc(hostile), "entries = " + claim);
        }
    }

    @Test
    void hostileIndexesEndInAnError() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.NONE, 150, records);
        byte[] bytes = Segments.bytes(file);
        int footer = bytes.length - SegmentFormat.FOOTER_LENGTH;
        int index = (int) ByteBuffer.wrap(bytes).getLong(footer + 5 * 8);
        long[] claims = {-1, 0, 1, 30, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
        for (int entry = 0; entry < 2; entry++) {
            for (int field : new int[] {0, 8, 12, 20}) {
                for (long claim : claims) {
                    byte[] hostile = bytes.clone();
                    ByteBuffer buffer = ByteBuffer.wrap(hostile);
                    int at = index + entry * SegmentFormat.INDEX_ENTRY_LENGTH + field;
                    if (field == 8) {
                        buffer.putInt(at, (int) claim);
                    } else {
                        buffer.putLong(at, claim);
                    }
                    CRC32C crc = new CRC32C();
                    crc.update(hostile, index, footer - index);
                    buffer.putInt(footer + 6 * 8 + 4, (int) crc.getValue());
                    assertCorrupt(
                            file, withFooterCrc(hostile), entry + "." + field + " = " + claim);
                }
            }
        }
    }

    @Test
    void laterVersionOfTheFormatIsNamed() throws IOException {
        SegmentFile file = Segments.write(archive, COVERAGE, Codec.NONE, 150, records);
        byte[] bytes = Segments.bytes(file);
        ByteBuffer.wrap(bytes).putShort(bytes.length - 14, (short) 2);
        SegmentFile stored = Segments.store(archive, file.name(), withFooterCrc(bytes));

        assertThatThrownBy(() -> SegmentReader.open(stored))
                .hasMessageContaining("version 2 of the format");
    }

    @Test
    void decompressionStopsAtTheStatedLength() {
        byte[] bomb = Codec.ZSTD.compress(new byte[100 << 20], 100 << 20);

        assertThatThrownBy(() -> Codec.ZSTD.decompress(bomb, 1_000))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Codec.ZSTD.decompress(bomb, 20 << 20))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Codec.ZSTD.decompress(bomb, 200 << 20))
                .isInstanceOf(IOException.class);
        byte[] lz4 = Codec.LZ4.compress(new byte[10_000], 10_000);
        assertThatThrownBy(() -> Codec.LZ4.decompress(lz4, 200 << 20))
                .hasMessageContaining("cannot stand for");
    }

    private static byte[] withFooterCrc(byte[] bytes) {
        int footer = bytes.length - SegmentFormat.FOOTER_LENGTH;
        CRC32C crc = new CRC32C();
        crc.update(bytes, footer, SegmentFormat.FOOTER_CRC_POSITION);
        ByteBuffer.wrap(bytes)
                .putInt(footer + SegmentFormat.FOOTER_CRC_POSITION, (int) crc.getValue());
        return bytes;
    }

    private void assertCorrupt(SegmentFile file, byte[] bytes, String description)
            throws IOException {
        SegmentFile stored = Segments.store(archive, file.name(), bytes);
        FileStatus status = stored.path().getFileSystem().getFileStatus(stored.path());
        assertThat(status.getLen()).isEqualTo(bytes.length);
        assertThatThrownBy(
                        () -> {
                            try (SegmentReader reader = SegmentReader.open(stored)) {
                                reader.verify();
                            }
                        })
                .as(description)
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining(file.path().toString())
                .hasMessageContaining("at byte");
    }
}
