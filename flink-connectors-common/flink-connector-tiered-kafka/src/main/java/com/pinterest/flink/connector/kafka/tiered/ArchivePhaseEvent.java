// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.source.SourceEvent;

/** A reader tells the enumerator that it has begun, or ended, to read from the archive. */
final class ArchivePhaseEvent implements SourceEvent {

    private static final long serialVersionUID = 1L;

    private final boolean inArchive;

    ArchivePhaseEvent(boolean inArchive) {
        this.inArchive = inArchive;
    }

    boolean isInArchive() {
        return inArchive;
    }

    @Override
    public String toString() {
        return "ArchivePhaseEvent(" + inArchive + ")";
    }
}
