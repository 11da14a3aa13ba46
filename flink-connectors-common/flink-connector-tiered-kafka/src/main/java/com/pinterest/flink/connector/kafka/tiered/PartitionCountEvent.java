// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * How many partitions are read: by a reader, when it tells the enumerator, or by all of them, when
 * the enumerator tells a reader. Only sources with a {@link RateLimit} send it.
 */
final class PartitionCountEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    private final int count;

    PartitionCountEvent(int count) {
        this.count = count;
    }

    int count() {
        return count;
    }

    @Override
    public String toString() {
        return "PartitionCountEvent(" + count + ")";
    }
}
