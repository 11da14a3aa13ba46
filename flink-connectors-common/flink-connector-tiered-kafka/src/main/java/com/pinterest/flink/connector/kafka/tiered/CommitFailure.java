// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

/**
 * What happens when a transaction of a completed checkpoint cannot be committed any more, for
 * example because the broker aborted it after {@code transaction.timeout.ms}. Its records are lost.
 */
public enum CommitFailure {

    /** The job fails, and so does every restart from that checkpoint. */
    FAIL,

    /** The loss is logged and counted ({@code failedCommittables}), and the job goes on. */
    LOG
}
