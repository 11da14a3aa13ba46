// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/** The reason for the end of a bundle. */
public enum EndOfBundle {
    /** The bundle has reached its maximum number of rows. */
    ROWS,
    /** The bundle has reached its maximum memory. */
    BYTES,
    /** The first row of the bundle has waited for the allowed latency. */
    LATENCY,
    /** The watermark has advanced. */
    WATERMARK,
    /** A checkpoint is about to be taken. */
    CHECKPOINT,
    /** The input has ended. */
    END_OF_INPUT;

    /** Returns the name of the counter of bundles with this reason. */
    String metric() {
        switch (this) {
            case ROWS:
                return "bundlesEndedByRows";
            case BYTES:
                return "bundlesEndedByBytes";
            case LATENCY:
                return "bundlesEndedByLatency";
            case WATERMARK:
                return "bundlesEndedByWatermark";
            case CHECKPOINT:
                return "bundlesEndedByCheckpoint";
            case END_OF_INPUT:
                return "bundlesEndedByEndOfInput";
            default:
                throw new IllegalStateException(name());
        }
    }
}
