// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import java.io.Serializable;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.Path;

/**
 * How an archiver writes segments.
 *
 * <p>Immutable.
 */
final class ArchiverSettings implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String archive;
    private final Codec codec;
    private final long rollBytes;
    private final Duration rollInterval;
    private final boolean skipsDeleted;
    @Nullable private final String writerId;

    ArchiverSettings(
            Path archive,
            Codec codec,
            long rollBytes,
            Duration rollInterval,
            boolean skipsDeleted,
            @Nullable String writerId) {
        this.archive = archive.toString();
        this.codec = codec;
        this.rollBytes = rollBytes;
        this.rollInterval = rollInterval;
        this.skipsDeleted = skipsDeleted;
        this.writerId = writerId;
    }

    Path archive() {
        return new Path(archive);
    }

    Codec codec() {
        return codec;
    }

    /** Returns the size, in bytes, from which on a segment is closed. */
    long rollBytes() {
        return rollBytes;
    }

    /** Returns the age from which on a segment is closed. */
    Duration rollInterval() {
        return rollInterval;
    }

    /** Whether to go on, with a gap, when Kafka has deleted what was to be archived next. */
    boolean skipsDeleted() {
        return skipsDeleted;
    }

    /** Returns what was set to tell writers apart; {@code null} for the id of the job. */
    @Nullable
    String writerId() {
        return writerId;
    }
}
