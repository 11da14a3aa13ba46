// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * Tells the enumerator that a reader is about to end, and comes back as its consent. An event to a
 * task that has ended fails the job, and the enumerator tells all readers of changes at any time: a
 * reader that hears of them ends only when none can be on its way.
 */
final class ReaderEndEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
        return "ReaderEndEvent";
    }
}
