// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

/** Why a bundle ends. */
public enum EndOfBundle {
    /** It has as many rows as it may have. */
    ROWS,
    /** It has as many bytes as it may have. */
    BYTES,
    /** Its first row has waited as long as it may. */
    LATENCY,
    /** A watermark has come. */
    WATERMARK,
    /** A checkpoint is to be taken. */
    CHECKPOINT,
    /** The input has ended. */
    END_OF_INPUT;

    /** The name of the counter of bundles that ended so. */
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
