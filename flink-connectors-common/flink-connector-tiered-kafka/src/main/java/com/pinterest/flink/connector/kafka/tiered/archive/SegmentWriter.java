// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Writes one segment to a stream, from front to end. The stream stays open; the caller flushes and
 * closes it.
 *
 * <p>Not safe for use by several threads. After an exception, the segment cannot be continued.
 */
public final class SegmentWriter {

    /** The size of a block before compression, in bytes, when nothing else is asked for. */
    public static final int DEFAULT_BLOCK_BYTES = 256 << 10;

    private final OutputStream out;
    private final TopicPartition partition;
    private final Uuid topicId;
    private final long startOffset;
    private final Codec codec;
    private final int blockBytes;
    private final BlockEncoder block = new BlockEncoder();
    private final ByteArrayOutputStream index = new ByteArrayOutputStream();
    private long position;
    private int blocks;
    private long records;
    private long nextOffset;
    private long minTimestamp = Long.MAX_VALUE;
    private long maxTimestamp = Long.MIN_VALUE;

    /**
     * Writes the header.
     *
     * @param startOffset where the coverage begins: the position of the consumer before the first
     *     record, not the offset of that record
     * @param blockBytes the size from which on a block is closed, in bytes before compression; a
     *     reader that seeks reads one block in vain at most
     * @throws IllegalArgumentException if the offset is negative, or the size is not positive
     */
    public SegmentWriter(
            OutputStream out,
            TopicPartition partition,
            Uuid topicId,
            long startOffset,
            Codec codec,
            int blockBytes)
            throws IOException {
        if (startOffset < 0 || blockBytes < 1) {
            throw new IllegalArgumentException(
                    "No segment from offset " + startOffset + " in blocks of " + blockBytes);
        }
        this.out = requireNonNull(out, "out");
        this.partition = requireNonNull(partition, "partition");
        this.topicId = requireNonNull(topicId, "topicId");
        this.startOffset = startOffset;
        this.codec = requireNonNull(codec, "codec");
        this.blockBytes = blockBytes;
        this.nextOffset = startOffset;
        writeHeader();
    }

    private void writeHeader() throws IOException {
        byte[] topic = partition.topic().getBytes(StandardCharsets.UTF_8);
        ByteBuffer header =
                ByteBuffer.allocate(
                        SegmentFormat.HEADER_PREFIX_LENGTH
                                + topic.length
                                + SegmentFormat.HEADER_SUFFIX_LENGTH);
        header.putLong(SegmentFormat.MAGIC)
                .putShort(SegmentFormat.VERSION)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits())
                .putShort((short) topic.length)
                .put(topic)
                .putInt(partition.partition())
                .putLong(startOffset);
        header.putInt(crc(header.array(), header.position()));
        write(header.array());
    }

    /**
     * Adds a record.
     *
     * @throws IllegalArgumentException if the record is of another partition, or its offset is
     *     below the coverage or not above that of the record before
     * @throws IOException if writing fails, or the record is larger than the format allows
     */
    public void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.offset() < nextOffset
                || record.partition() != partition.partition()
                || !record.topic().equals(partition.topic())) {
            throw new IllegalArgumentException(
                    String.format(
                            "Record %s-%d@%d does not continue the segment of %s at offset %d",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            partition,
                            nextOffset));
        }
        block.add(record);
        records++;
        nextOffset = record.offset() + 1;
        minTimestamp = Math.min(minTimestamp, record.timestamp());
        if (block.length() >= blockBytes) {
            flushBlock();
        }
    }

    private void flushBlock() throws IOException {
        byte[] payload = codec.compress(block.bytes(), block.length());
        Codec used = codec;
        if (payload.length >= block.length() && codec != Codec.NONE) {
            used = Codec.NONE;
            payload = used.compress(block.bytes(), block.length());
        }
        ByteBuffer header = ByteBuffer.allocate(SegmentFormat.BLOCK_HEADER_LENGTH);
        header.putInt(payload.length)
                .putInt(block.length())
                .putInt(block.count())
                .putLong(block.firstOffset())
                .putLong(block.maxTimestamp())
                .put((byte) used.id());
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, SegmentFormat.BLOCK_CRC_POSITION);
        crc.update(payload, 0, payload.length);
        header.putInt((int) crc.getValue());

        maxTimestamp = Math.max(maxTimestamp, block.maxTimestamp());
        DataOutputStream entry = new DataOutputStream(index);
        entry.writeLong(position);
        entry.writeInt(header.capacity() + payload.length);
        entry.writeLong(block.firstOffset());
        entry.writeLong(maxTimestamp);
        blocks++;
        write(header.array());
        write(payload);
        block.clear();
    }

    /**
     * Writes what is left, the index and the footer.
     *
     * @param endOffset where the coverage ends: the position of the consumer after the last record
     * @return what the segment has become
     * @throws IllegalArgumentException if the coverage would be empty, or end below a record
     */
    public Summary finish(long endOffset) throws IOException {
        if (endOffset < nextOffset || endOffset == startOffset) {
            throw new IllegalArgumentException(
                    String.format(
                            "A segment of %s from offset %d with records below %d cannot end at %d",
                            partition, startOffset, nextOffset, endOffset));
        }
        if (block.count() > 0) {
            flushBlock();
        }
        if (records == 0) {
            minTimestamp = SegmentFormat.NO_TIMESTAMP;
            maxTimestamp = SegmentFormat.NO_TIMESTAMP;
        }
        byte[] entries = index.toByteArray();
        ByteBuffer footer = ByteBuffer.allocate(SegmentFormat.FOOTER_LENGTH);
        footer.putLong(startOffset)
                .putLong(endOffset)
                .putLong(records)
                .putLong(minTimestamp)
                .putLong(maxTimestamp)
                .putLong(position)
                .putInt(blocks)
                .putInt(crc(entries, entries.length))
                .putShort(SegmentFormat.VERSION);
        footer.putInt(crc(footer.array(), SegmentFormat.FOOTER_CRC_POSITION))
                .putLong(SegmentFormat.END_MAGIC);
        write(entries);
        write(footer.array());
        return new Summary(
                new OffsetRange(startOffset, endOffset), records, maxTimestamp, position);
    }

    /** Returns about how long the segment is, in bytes, its open block before compression. */
    public long length() {
        return position + block.length();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /**
     * A segment that is complete.
     *
     * <p>Immutable.
     */
    public static final class Summary {

        private final OffsetRange coverage;
        private final long records;
        private final long maxTimestamp;
        private final long length;

        private Summary(OffsetRange coverage, long records, long maxTimestamp, long length) {
            this.coverage = coverage;
            this.records = records;
            this.maxTimestamp = maxTimestamp;
            this.length = length;
        }

        public OffsetRange coverage() {
            return coverage;
        }

        /** Returns the number of records. */
        public long records() {
            return records;
        }

        /** Returns the largest timestamp in milliseconds, -1 without records. */
        public long maxTimestamp() {
            return maxTimestamp;
        }

        /** Returns the length of the segment in bytes. */
        public long length() {
            return length;
        }
    }
}
