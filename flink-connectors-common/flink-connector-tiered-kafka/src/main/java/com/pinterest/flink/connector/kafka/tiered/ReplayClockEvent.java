// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/** Tells a reader where the {@link ReplayClock} began, and how long ago. */
final class ReplayClockEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    private final long startTimestamp;
    private final long elapsedNanos;

    ReplayClockEvent(long startTimestamp, long elapsedNanos) {
        this.startTimestamp = startTimestamp;
        this.elapsedNanos = elapsedNanos;
    }

    long startTimestamp() {
        return startTimestamp;
    }

    long elapsedNanos() {
        return elapsedNanos;
    }

    @Override
    public String toString() {
        return "ReplayClockEvent(" + startTimestamp + ", " + elapsedNanos + ")";
    }
}
