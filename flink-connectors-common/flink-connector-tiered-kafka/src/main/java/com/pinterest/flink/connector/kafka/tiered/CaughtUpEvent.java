// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/** A reader tells the enumerator that it has read all that there was in all of its partitions. */
final class CaughtUpEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
        return "CaughtUpEvent";
    }
}
