// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/** Tells the enumerator the timestamp of the first record that a reader has read of a partition. */
final class FirstRecordEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    private final long timestamp;

    FirstRecordEvent(long timestamp) {
        this.timestamp = timestamp;
    }

    long timestamp() {
        return timestamp;
    }

    @Override
    public String toString() {
        return "FirstRecordEvent(" + timestamp + ")";
    }
}
