// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_AS_BEFORE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_MASK;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_NONE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_STATED;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_HEADERS;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_KEY;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_VALUE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_CREATE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_LOG_APPEND;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_MASK;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_NONE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.UNUSED_ATTRIBUTES;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Reads the records of one block after decompression. Every length is checked against the bytes
 * that are there before anything is allocated by it.
 *
 * <p>Used once and by one thread.
 */
final class BlockDecoder {

    private final TopicPartition partition;
    private final byte[] bytes;
    private final int count;
    private final long firstOffset;
    private final long endOffset;
    private int position;
    private int epoch;
    private Optional<Integer> boxedEpoch = Optional.empty();

    /**
     * @param bytes the whole block
     * @param count how many records the block states
     * @param endOffset the offset below which the offsets of the block have to be
     */
    BlockDecoder(
            TopicPartition partition, byte[] bytes, int count, long firstOffset, long endOffset) {
        this.partition = partition;
        this.bytes = bytes;
        this.count = count;
        this.firstOffset = firstOffset;
        this.endOffset = endOffset;
    }

    /**
     * Returns the records from an offset on, in their order.
     *
     * @throws IOException if the block is damaged; the message is the end of a sentence about it
     */
    List<ConsumerRecord<byte[], byte[]>> records(long fromOffset) throws IOException {
        if (count < 1 || count > bytes.length / SegmentFormat.MIN_RECORD_LENGTH) {
            throw new IOException("it states " + count + " records in " + bytes.length + " bytes");
        }
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(count);
        long offset = firstOffset;
        long timestamp = 0;
        for (int i = 0; i < count; i++) {
            int attributes = readByte();
            long delta = readUnsigned();
            if (delta < 0 || (i == 0 ? delta != 0 : delta == 0) || delta >= endOffset - offset) {
                throw damaged("the offset of record " + i + " is out of order");
            }
            offset += delta;
            timestamp += readSigned();
            ConsumerRecord<byte[], byte[]> record = readRecord(attributes, offset, timestamp);
            if (offset >= fromOffset) {
                records.add(record);
            }
        }
        if (position != bytes.length) {
            throw damaged("bytes are left after the last record");
        }
        return records;
    }

    private ConsumerRecord<byte[], byte[]> readRecord(int attributes, long offset, long timestamp)
            throws IOException {
        if ((attributes & UNUSED_ATTRIBUTES) != 0) {
            throw damaged("attributes of record " + offset + " are unknown");
        }
        Optional<Integer> recordEpoch = readEpoch(attributes);
        byte[] key = (attributes & HAS_KEY) != 0 ? readField(readLength()) : null;
        byte[] value = (attributes & HAS_VALUE) != 0 ? readField(readLength()) : null;
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timestamp,
                timestampType(attributes),
                serializedSize(key),
                serializedSize(value),
                key,
                value,
                (attributes & HAS_HEADERS) != 0 ? readHeaders() : new RecordHeaders(),
                recordEpoch);
    }

    private static int serializedSize(@Nullable byte[] field) {
        return field == null ? ConsumerRecord.NULL_SIZE : field.length;
    }

    private TimestampType timestampType(int attributes) throws IOException {
        switch (attributes & TIMESTAMP_TYPE_MASK) {
            case TIMESTAMP_TYPE_NONE:
                return TimestampType.NO_TIMESTAMP_TYPE;
            case TIMESTAMP_TYPE_CREATE:
                return TimestampType.CREATE_TIME;
            case TIMESTAMP_TYPE_LOG_APPEND:
                return TimestampType.LOG_APPEND_TIME;
            default:
                throw damaged("the timestamp type is unknown");
        }
    }

    private Optional<Integer> readEpoch(int attributes) throws IOException {
        switch (attributes & EPOCH_MASK) {
            case EPOCH_NONE:
                return Optional.empty();
            case EPOCH_AS_BEFORE:
                if (boxedEpoch.isEmpty()) {
                    throw damaged("the leader epoch refers to a record before, and none has one");
                }
                return boxedEpoch;
            case EPOCH_STATED:
                long stated = readUnsigned();
                if (stated < 0 || stated > Integer.MAX_VALUE) {
                    throw damaged("the leader epoch is out of range");
                }
                epoch = (int) stated;
                boxedEpoch = Optional.of(epoch);
                return boxedEpoch;
            default:
                throw damaged("the kind of leader epoch is unknown");
        }
    }

    private Headers readHeaders() throws IOException {
        int headerCount = readLength();
        // A header has at least the lengths of its key and its value.
        if (headerCount < 1 || headerCount > (bytes.length - position) / 2) {
            throw damaged("it states " + headerCount + " headers");
        }
        RecordHeaders headers = new RecordHeaders();
        for (int i = 0; i < headerCount; i++) {
            int keyLength = readLength();
            String key = new String(bytes, position, keyLength, StandardCharsets.UTF_8);
            position += keyLength;
            long valueLength = readUnsigned();
            if (valueLength < 0 || valueLength - 1 > bytes.length - position) {
                throw damaged("a header is longer than the block");
            }
            byte[] value = valueLength == 0 ? null : readField((int) valueLength - 1);
            headers.add(new RecordHeader(key, value));
        }
        return headers;
    }

    /** Returns a length that the rest of the block can hold. */
    private int readLength() throws IOException {
        long length = readUnsigned();
        if (length < 0 || length > bytes.length - position) {
            throw damaged("a field is longer than the block");
        }
        return (int) length;
    }

    private byte[] readField(int length) {
        byte[] field = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return field;
    }

    private int readByte() throws IOException {
        if (position >= bytes.length) {
            throw damaged("it ends within a record");
        }
        return bytes[position++] & 0xFF;
    }

    private long readSigned() throws IOException {
        long value = readUnsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    private long readUnsigned() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                if (shift == 63 && next > 1) {
                    break;
                }
                return value;
            }
        }
        throw damaged("a number has more than 64 bits");
    }

    private IOException damaged(String detail) {
        return new IOException(detail + " (byte " + position + " of the uncompressed block)");
    }
}
