// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_AS_BEFORE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_NONE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.EPOCH_STATED;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_HEADERS;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_KEY;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.HAS_VALUE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_CREATE;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_LOG_APPEND;
import static com.pinterest.flink.connector.kafka.tiered.archive.SegmentFormat.TIMESTAMP_TYPE_NONE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * Writes the records of one block after another, before compression.
 *
 * <p>Not safe for use by several threads.
 */
final class BlockEncoder {

    private static final int NO_EPOCH = -1;

    private byte[] bytes = new byte[64 << 10];
    private int length;
    private int count;
    private long firstOffset;
    private long previousOffset;
    private long previousTimestamp;
    private long maxTimestamp;
    private int previousEpoch;

    BlockEncoder() {
        clear();
    }

    /** Makes this ready for the next block. */
    void clear() {
        length = 0;
        count = 0;
        firstOffset = -1;
        previousOffset = -1;
        previousTimestamp = 0;
        maxTimestamp = Long.MIN_VALUE;
        previousEpoch = NO_EPOCH;
    }

    /** The caller sees to it that offsets increase. */
    void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        int start = length;
        if (count == 0) {
            firstOffset = record.offset();
            previousOffset = record.offset();
        }
        Header[] headers = record.headers().toArray();
        Optional<Integer> epoch = record.leaderEpoch();
        writeByte(attributes(record, headers, epoch));
        writeUnsigned(record.offset() - previousOffset);
        writeSigned(record.timestamp() - previousTimestamp);
        if (epoch.isPresent() && epoch.get() != previousEpoch) {
            writeUnsigned(epoch.get());
        }
        writeIfPresent(record.key());
        writeIfPresent(record.value());
        if (headers.length > 0) {
            writeHeaders(headers);
        }
        if (length > SegmentFormat.MAX_RAW_BLOCK_LENGTH) {
            int recordLength = length - start;
            length = start;
            throw new IOException(
                    String.format(
                            "Record %s-%d@%d has %d bytes; the archive takes blocks of up to %d"
                                    + " bytes",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            recordLength,
                            SegmentFormat.MAX_RAW_BLOCK_LENGTH));
        }
        count++;
        previousOffset = record.offset();
        previousTimestamp = record.timestamp();
        previousEpoch = epoch.orElse(previousEpoch);
        maxTimestamp = Math.max(maxTimestamp, record.timestamp());
    }

    private int attributes(
            ConsumerRecord<byte[], byte[]> record, Header[] headers, Optional<Integer> epoch) {
        int attributes = timestampType(record.timestampType());
        if (record.key() != null) {
            attributes |= HAS_KEY;
        }
        if (record.value() != null) {
            attributes |= HAS_VALUE;
        }
        if (headers.length > 0) {
            attributes |= HAS_HEADERS;
        }
        if (epoch.isEmpty()) {
            return attributes | EPOCH_NONE;
        }
        return attributes | (epoch.get() == previousEpoch ? EPOCH_AS_BEFORE : EPOCH_STATED);
    }

    private static int timestampType(TimestampType type) {
        switch (type) {
            case CREATE_TIME:
                return TIMESTAMP_TYPE_CREATE;
            case LOG_APPEND_TIME:
                return TIMESTAMP_TYPE_LOG_APPEND;
            default:
                return TIMESTAMP_TYPE_NONE;
        }
    }

    private void writeHeaders(Header[] headers) {
        writeUnsigned(headers.length);
        for (Header header : headers) {
            byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
            byte[] value = header.value();
            writeUnsigned(key.length);
            write(key);
            writeUnsigned(value == null ? 0 : value.length + 1L);
            if (value != null) {
                write(value);
            }
        }
    }

    private void writeIfPresent(byte[] field) {
        if (field != null) {
            writeUnsigned(field.length);
            write(field);
        }
    }

    private void writeByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    private void write(byte[] field) {
        ensure(field.length);
        System.arraycopy(field, 0, bytes, length, field.length);
        length += field.length;
    }

    private void writeSigned(long value) {
        writeUnsigned((value << 1) ^ (value >> 63));
    }

    private void writeUnsigned(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int count() {
        return count;
    }

    long firstOffset() {
        return firstOffset;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }
}
