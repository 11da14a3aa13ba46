// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.Serializable;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.Path;

/**
 * Which tiers a source reads, where its archive is, and what to do about offsets that are missing.
 *
 * <p>Immutable.
 */
final class ArchiveSettings implements Serializable {

    private static final long serialVersionUID = 1L;

    private final SourceTier tier;
    @Nullable private final String path;
    private final GapPolicy gapPolicy;
    private final Duration gapWaitTimeout;

    /**
     * @param path {@code null} only if the source reads Kafka alone
     */
    ArchiveSettings(
            SourceTier tier, @Nullable Path path, GapPolicy gapPolicy, Duration gapWaitTimeout) {
        this.tier = tier;
        this.path = path == null ? null : path.toString();
        this.gapPolicy = gapPolicy;
        this.gapWaitTimeout = gapWaitTimeout;
    }

    SourceTier tier() {
        return tier;
    }

    /** Returns the catalogue of the archive; it has nothing if the source reads Kafka alone. */
    ArchiveCatalogue catalogue() {
        return tier == SourceTier.KAFKA
                ? ArchiveCatalogue.empty()
                : new ArchiveCatalogue(new Path(path));
    }

    GapPolicy gapPolicy() {
        return gapPolicy;
    }

    Duration gapWaitTimeout() {
        return gapWaitTimeout;
    }
}
