// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

/**
 * The numbers of the segment format, version 1, as in {@code docs/archive-format.md}. Numbers in a
 * file are big-endian; lengths are in bytes.
 */
final class SegmentFormat {

    /** The newest version of the format; the one that is written. */
    static final short VERSION = 1;

    /** "\x89KSEG\r\n\x1a": a transfer as text or of 7 bits damages it visibly. */
    static final long MAGIC = 0x894B5345470D0A1AL;

    /** "KSEGEND\n". */
    static final long END_MAGIC = 0x4B534547454E440AL;

    /** Magic, version, topic id, length of the topic name. */
    static final int HEADER_PREFIX_LENGTH = 8 + 2 + 16 + 2;

    /** Partition, start of the coverage, CRC. */
    static final int HEADER_SUFFIX_LENGTH = 4 + 8 + 4;

    /** The longest name that Kafka allows a topic. */
    static final int MAX_TOPIC_LENGTH = 249;

    /** Payload and raw length, count, first offset, max timestamp, codec, CRC. */
    static final int BLOCK_HEADER_LENGTH = 4 + 4 + 4 + 8 + 8 + 1 + 4;

    /** Where the CRC stands in a block header: it covers what is before it, and the payload. */
    static final int BLOCK_CRC_POSITION = BLOCK_HEADER_LENGTH - 4;

    /** Position, length, first offset, running max timestamp. */
    static final int INDEX_ENTRY_LENGTH = 8 + 4 + 8 + 8;

    /**
     * Start and end of the coverage, record count, min and max timestamp, position of the index,
     * entries of the index, CRC of the index, version, CRC of the footer, end magic.
     */
    static final int FOOTER_LENGTH = 6 * 8 + 4 + 4 + 2 + 4 + 8;

    /** Where the CRC stands in the footer: it covers what is before it. */
    static final int FOOTER_CRC_POSITION = FOOTER_LENGTH - 8 - 4;

    /** The largest block before compression; no record can be larger. */
    static final int MAX_RAW_BLOCK_LENGTH = 256 << 20;

    /** A block that is larger after compression is stored without. */
    static final int MAX_BLOCK_LENGTH = BLOCK_HEADER_LENGTH + MAX_RAW_BLOCK_LENGTH;

    /** Attributes, offset delta and timestamp delta are at least one byte each. */
    static final int MIN_RECORD_LENGTH = 3;

    /** The timestamp bounds of a segment without records. */
    static final long NO_TIMESTAMP = -1;

    static final int TIMESTAMP_TYPE_MASK = 0b11;
    static final int TIMESTAMP_TYPE_NONE = 0;
    static final int TIMESTAMP_TYPE_CREATE = 1;
    static final int TIMESTAMP_TYPE_LOG_APPEND = 2;
    static final int HAS_KEY = 1 << 2;
    static final int HAS_VALUE = 1 << 3;
    static final int HAS_HEADERS = 1 << 4;
    static final int EPOCH_MASK = 0b11 << 5;
    static final int EPOCH_NONE = 0;
    static final int EPOCH_AS_BEFORE = 1 << 5;
    static final int EPOCH_STATED = 2 << 5;
    static final int UNUSED_ATTRIBUTES = 1 << 7;

    private SegmentFormat() {}
}
