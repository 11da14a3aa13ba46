// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

/**
 * What a source does at offsets that neither the archive nor Kafka has (any more): retention has
 * removed them from Kafka before they were archived, or the archive has lost them.
 */
public enum GapPolicy {

    /** The job fails and names the partition and the missing offsets. */
    FAIL,

    /**
     * The source goes on at the next offset that there is, logs a warning, and counts the offsets
     * in the metric {@code skippedOffsets}.
     */
    SKIP,

    /**
     * The partition waits for the archive to get the offsets, while the others go on. The job fails
     * when the time that the builder was given is over.
     */
    WAIT
}
