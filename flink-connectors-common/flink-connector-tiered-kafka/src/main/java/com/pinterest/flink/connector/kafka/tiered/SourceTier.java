// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

/**
 * Which of the tiers a source reads. A job may change it between two runs, with its state, but not
 * from or to {@link #FILES}.
 */
public enum SourceTier {

    /** The archive while a position lies there, then Kafka, partition by partition. */
    AUTO,

    /** Kafka only, without a look at the archive. Offsets that Kafka has deleted are a gap. */
    KAFKA,

    /**
     * The archive only: a fixed set of data, or the archive as the archiver extends it. The end of
     * a partition is that of its archive. Kafka is still asked for the topics and their ids; it
     * need not have those that a {@link TieredKafkaSink} has written.
     */
    ARCHIVE,

    /**
     * Files of any kind in a directory, without Kafka: of tables and of named sources, not of
     * {@link TieredKafkaSource}.
     */
    FILES
}
