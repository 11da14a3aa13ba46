// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Reads one segment, block by block, from any offset on. Opening reads the end of the file (footer
 * and index) and the header; after that, blocks are read in one go forwards.
 *
 * <p>Whatever the file holds, reading ends with the records that were written or with a {@link
 * CorruptSegmentException}; memory is allocated by the length of the file and of real data only.
 *
 * <p>Not safe for use by several threads.
 */
public final class SegmentReader implements Closeable {

    /** What one read at the end of the file takes: the index of some 600 MB of blocks. */
    private static final int TAIL_LENGTH = 64 << 10;

    private final SegmentFile file;
    private final FSDataInputStream in;
    private long inPosition;

    private OffsetRange coverage;
    private long recordCount;
    private long minTimestamp;
    private long maxTimestamp;
    private long indexPosition;
    private long[] positions;
    private long[] firstOffsets;
    private long[] runningMaxTimestamps;

    private int nextBlock;
    private long nextOffset;

    private SegmentReader(SegmentFile file, FSDataInputStream in) {
        this.file = file;
        this.in = in;
    }

    /**
     * Opens a segment and places the reader at its start.
     *
     * @throws CorruptSegmentException if header, index or footer are damaged or do not agree with
     *     the name of the file
     */
    public static SegmentReader open(SegmentFile file) throws IOException {
        requireNonNull(file, "file");
        FSDataInputStream in = file.path().getFileSystem().open(file.path());
        SegmentReader reader = new SegmentReader(file, in);
        try {
            reader.readEnd();
            reader.readHeader();
        } catch (IOException | RuntimeException e) {
            try {
                in.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        reader.nextOffset = reader.coverage.start();
        return reader;
    }

    private void readEnd() throws IOException {
        if (file.length() < SegmentFormat.FOOTER_LENGTH) {
            throw corrupt(0, "it is too short to be a segment");
        }
        int tailLength = (int) Math.min(file.length(), TAIL_LENGTH);
        long tailPosition = file.length() - tailLength;
        byte[] tail = read(tailPosition, tailLength);
        long footerPosition = file.length() - SegmentFormat.FOOTER_LENGTH;
        ByteBuffer footer =
                ByteBuffer.wrap(
                        tail,
                        tailLength - SegmentFormat.FOOTER_LENGTH,
                        SegmentFormat.FOOTER_LENGTH);
        int footerStart = footer.position();
        if (footer.getLong(footerStart + SegmentFormat.FOOTER_LENGTH - 8)
                != SegmentFormat.END_MAGIC) {
            throw corrupt(
                    file.length() - 8, "the end mark is missing: it is truncated or no segment");
        }
        CRC32C crc = new CRC32C();
        crc.update(tail, footerStart, SegmentFormat.FOOTER_CRC_POSITION);
        if (footer.getInt(footerStart + SegmentFormat.FOOTER_CRC_POSITION)
                != (int) crc.getValue()) {
            throw corrupt(footerPosition, "the checksum of the footer is wrong");
        }
        long start = footer.getLong();
        long end = footer.getLong();
        recordCount = footer.getLong();
        minTimestamp = footer.getLong();
        maxTimestamp = footer.getLong();
        indexPosition = footer.getLong();
        int entries = footer.getInt();
        int indexCrc = footer.getInt();
        checkVersion(footerPosition, footer.getShort());
        if (start < 0 || start >= end || recordCount < 0) {
            throw corrupt(footerPosition, "its coverage is [" + start + ", " + end + ")");
        }
        coverage = new OffsetRange(start, end);
        checkName(footerPosition);
        if (entries < 0
                || indexPosition < 0
                || indexPosition + (long) entries * SegmentFormat.INDEX_ENTRY_LENGTH
                        != footerPosition) {
            throw corrupt(footerPosition, "the position or size of the index is wrong");
        }
        byte[] index =
                indexPosition >= tailPosition
                        ? Arrays.copyOfRange(
                                tail,
                                (int) (indexPosition - tailPosition),
                                (int) (footerPosition - tailPosition))
                        : read(
                                indexPosition,
                                Math.toIntExact((long) entries * SegmentFormat.INDEX_ENTRY_LENGTH));
        if (SegmentWriter.crc(index, index.length) != indexCrc) {
            throw corrupt(indexPosition, "the checksum of the index is wrong");
        }
        readIndex(ByteBuffer.wrap(index), entries);
    }

    private void readIndex(ByteBuffer index, int entries) throws IOException {
        positions = new long[entries + 1];
        firstOffsets = new long[entries + 1];
        runningMaxTimestamps = new long[entries];
        for (int i = 0; i < entries; i++) {
            long entryPosition = indexPosition + index.position();
            long position = index.getLong();
            int length = index.getInt();
            firstOffsets[i] = index.getLong();
            runningMaxTimestamps[i] = index.getLong();
            if ((i > 0 && position != positions[i])
                    || position < SegmentFormat.HEADER_PREFIX_LENGTH
                    || length <= SegmentFormat.BLOCK_HEADER_LENGTH
                    || length > SegmentFormat.MAX_BLOCK_LENGTH
                    || position > indexPosition - length
                    || !coverage.contains(firstOffsets[i])
                    || (i > 0 && firstOffsets[i] <= firstOffsets[i - 1])
                    || (i > 0 && runningMaxTimestamps[i] < runningMaxTimestamps[i - 1])) {
                throw corrupt(entryPosition, "entry " + i + " of the index contradicts the others");
            }
            positions[i] = position;
            positions[i + 1] = position + length;
        }
        if (entries == 0) {
            positions[0] = indexPosition;
        } else if (positions[entries] != indexPosition) {
            throw corrupt(indexPosition, "the index does not cover the blocks");
        }
        firstOffsets[entries] = coverage.end();
        if (entries == 0 ? recordCount != 0 : recordCount < entries) {
            throw corrupt(
                    indexPosition, recordCount + " records in " + entries + " blocks cannot be");
        }
        if (entries > 0 && runningMaxTimestamps[entries - 1] != maxTimestamp) {
            throw corrupt(indexPosition, "the max timestamps of index and footer differ");
        }
    }

    private void readHeader() throws IOException {
        long headerLength = positions[0];
        int prefix = SegmentFormat.HEADER_PREFIX_LENGTH;
        int topicLength = (int) (headerLength - prefix - SegmentFormat.HEADER_SUFFIX_LENGTH);
        if (headerLength
                        > prefix
                                + SegmentFormat.MAX_TOPIC_LENGTH
                                + SegmentFormat.HEADER_SUFFIX_LENGTH
                || topicLength < 1) {
            throw corrupt(0, "the header has " + headerLength + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(read(0, (int) headerLength));
        if (header.getLong() != SegmentFormat.MAGIC) {
            throw corrupt(0, "the start mark is missing: it is no segment");
        }
        checkVersion(8, header.getShort());
        if (header.getInt((int) headerLength - 4)
                != SegmentWriter.crc(header.array(), (int) headerLength - 4)) {
            throw corrupt(0, "the checksum of the header is wrong");
        }
        Uuid topicId = new Uuid(header.getLong(), header.getLong());
        if (header.getShort() != topicLength) {
            throw corrupt(prefix - 2, "the length of the topic name is wrong");
        }
        String topic = new String(header.array(), prefix, topicLength, StandardCharsets.UTF_8);
        header.position(prefix + topicLength);
        TopicPartition partition = new TopicPartition(topic, header.getInt());
        long start = header.getLong();
        if (!partition.equals(file.name().partition())
                || !topicId.equals(file.name().topicId())
                || start != coverage.start()) {
            throw corrupt(
                    0,
                    String.format(
                            "it holds %s of topic id %s from offset %d, and its path says %s of"
                                    + " topic id %s from offset %d (was it moved?)",
                            partition,
                            topicId,
                            start,
                            file.name().partition(),
                            file.name().topicId(),
                            coverage.start()));
        }
    }

    private void checkName(long footerPosition) throws CorruptSegmentException {
        if (!coverage.equals(file.coverage()) || maxTimestamp != file.name().maxTimestamp()) {
            throw corrupt(
                    footerPosition,
                    String.format(
                            "it covers %s up to timestamp %d, and its name says %s and %d (was it"
                                    + " renamed?)",
                            coverage, maxTimestamp, file.coverage(), file.name().maxTimestamp()));
        }
    }

    private void checkVersion(long position, short version) throws CorruptSegmentException {
        if (version < 1 || version > SegmentFormat.VERSION) {
            throw corrupt(
                    position,
                    "it has version "
                            + version
                            + " of the format, and this release reads up to "
                            + SegmentFormat.VERSION);
        }
    }

    /** Returns the offsets for which the segment speaks. */
    public OffsetRange coverage() {
        return coverage;
    }

    /** Returns the number of records. */
    public long recordCount() {
        return recordCount;
    }

    /** Returns the smallest timestamp of a record in milliseconds, -1 without records. */
    public long minTimestamp() {
        return minTimestamp;
    }

    /** Returns the largest timestamp of a record in milliseconds, -1 without records. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    /**
     * Places the reader: the next block is the one that holds the offset, and records below it are
     * left out.
     *
     * @throws IllegalArgumentException if the segment does not cover the offset
     */
    public void seek(long offset) {
        if (!coverage.contains(offset)) {
            throw new IllegalArgumentException(
                    "Offset " + offset + " is not in " + coverage + " of " + file);
        }
        int found = Arrays.binarySearch(firstOffsets, 0, firstOffsets.length - 1, offset);
        nextBlock = found >= 0 ? found : Math.max(0, -found - 2);
        nextOffset = offset;
    }

    /**
     * Returns the offset up to which all has been read: every record below it has been returned by
     * {@link #readBlock()}. At the end, this is the end of the coverage.
     */
    public long position() {
        return nextOffset;
    }

    /**
     * Reads the next block.
     *
     * @return its records in the order of their offsets, possibly none; {@code null} at the end of
     *     the segment
     * @throws CorruptSegmentException if the block is damaged
     */
    @Nullable
    public List<ConsumerRecord<byte[], byte[]>> readBlock() throws IOException {
        if (nextBlock == positions.length - 1) {
            nextOffset = coverage.end();
            return null;
        }
        List<ConsumerRecord<byte[], byte[]>> records = readBlock(nextBlock, nextOffset);
        nextBlock++;
        nextOffset = firstOffsets[nextBlock];
        return records;
    }

    private List<ConsumerRecord<byte[], byte[]>> readBlock(int block, long fromOffset)
            throws IOException {
        long position = positions[block];
        int length = (int) (positions[block + 1] - position);
        byte[] bytes = read(position, length);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int payloadLength = header.getInt();
        int rawLength = header.getInt();
        int count = header.getInt();
        long firstOffset = header.getLong();
        header.getLong(); // the max timestamp, for who reads without an index
        Codec codec = Codec.ofId(header.get());
        int storedCrc = header.getInt();
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, SegmentFormat.BLOCK_CRC_POSITION);
        crc.update(
                bytes,
                SegmentFormat.BLOCK_HEADER_LENGTH,
                length - SegmentFormat.BLOCK_HEADER_LENGTH);
        if (storedCrc != (int) crc.getValue()) {
            throw corrupt(position, "the checksum of block " + block + " is wrong");
        }
        if (payloadLength != length - SegmentFormat.BLOCK_HEADER_LENGTH
                || rawLength < SegmentFormat.MIN_RECORD_LENGTH
                || rawLength > SegmentFormat.MAX_RAW_BLOCK_LENGTH
                || firstOffset != firstOffsets[block]
                || codec == null) {
            throw corrupt(position, "the header of block " + block + " contradicts the index");
        }
        byte[] payload = Arrays.copyOfRange(bytes, SegmentFormat.BLOCK_HEADER_LENGTH, length);
        try {
            return new BlockDecoder(
                            file.name().partition(),
                            codec.decompress(payload, rawLength),
                            count,
                            firstOffset,
                            firstOffsets[block + 1])
                    .records(fromOffset);
        } catch (IOException e) {
            throw new CorruptSegmentException(
                    file.path(), position, "block " + block + " is damaged: " + e.getMessage(), e);
        }
    }

    /**
     * Finds the first record with a timestamp at or above the given one, by reading one block. The
     * position of this reader does not change.
     *
     * @param timestamp in milliseconds
     * @return empty if all records are older
     */
    public Optional<OffsetAndTimestamp> findTimestamp(long timestamp) throws IOException {
        // Timestamps need not rise; the running maximum does, and rises to the timestamp or above
        // it in the block with the first such record.
        int block = 0;
        int end = runningMaxTimestamps.length;
        while (block < end) {
            int middle = (block + end) >>> 1;
            if (runningMaxTimestamps[middle] < timestamp) {
                block = middle + 1;
            } else {
                end = middle;
            }
        }
        if (block == runningMaxTimestamps.length) {
            return Optional.empty();
        }
        for (ConsumerRecord<byte[], byte[]> record : readBlock(block, coverage.start())) {
            if (record.timestamp() >= timestamp) {
                return Optional.of(
                        new OffsetAndTimestamp(
                                record.offset(), record.timestamp(), record.leaderEpoch()));
            }
        }
        throw corrupt(
                positions[block],
                "block " + block + " has no record of the max timestamp that the index states");
    }

    /**
     * Reads the whole segment and compares it with what footer and index say.
     *
     * @throws CorruptSegmentException if anything is damaged
     */
    public void verify() throws IOException {
        long records = 0;
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int block = 0; block < positions.length - 1; block++) {
            for (ConsumerRecord<byte[], byte[]> record : readBlock(block, coverage.start())) {
                records++;
                min = Math.min(min, record.timestamp());
                max = Math.max(max, record.timestamp());
            }
            if (max != runningMaxTimestamps[block]) {
                throw corrupt(
                        positions[block],
                        "the max timestamp of block " + block + " contradicts the index");
            }
        }
        if (records != recordCount || (records > 0 && min != minTimestamp)) {
            throw corrupt(
                    indexPosition,
                    String.format(
                            "it has %d records from timestamp %d on, and states %d and %d",
                            records, min, recordCount, minTimestamp));
        }
    }

    private byte[] read(long position, int length) throws IOException {
        if (inPosition != position) {
            in.seek(position);
            inPosition = position;
        }
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < length) {
            int more = in.read(bytes, read, length - read);
            if (more < 0) {
                throw corrupt(
                        position + read,
                        "it ends there, and was listed with " + file.length() + " bytes");
            }
            read += more;
            inPosition += more;
        }
        return bytes;
    }

    private CorruptSegmentException corrupt(long position, String detail) {
        return new CorruptSegmentException(file.path(), position, detail);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
