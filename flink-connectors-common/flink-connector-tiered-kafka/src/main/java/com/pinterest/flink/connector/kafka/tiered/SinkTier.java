// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

/**
 * Where a {@link TieredKafkaSink} writes. A job may change it between two runs, with its state:
 * what the tier before has prepared is still committed.
 */
public enum SinkTier {
    // The names are part of the state of sinks.

    /** A Kafka topic, as {@code KafkaSink} does. */
    KAFKA,

    /** Segments of an archive, for topics that do not live in Kafka. */
    ARCHIVE,

    /** Files of lines, or of any format of Flink, under a directory. */
    FILES,

    /** Nowhere: records are counted, and not even serialized. */
    DISCARD
}
