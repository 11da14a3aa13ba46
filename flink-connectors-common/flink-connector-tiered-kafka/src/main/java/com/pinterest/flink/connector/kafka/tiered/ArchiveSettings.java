// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.core.fs.Path;

/**
 * Where the archive of a source is, and what to do about offsets that it lacks.
 *
 * <p>Immutable.
 */
final class ArchiveSettings implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final GapPolicy gapPolicy;
    private final Duration gapWaitTimeout;

    ArchiveSettings(Path path, GapPolicy gapPolicy, Duration gapWaitTimeout) {
        this.path = path.toString();
        this.gapPolicy = gapPolicy;
        this.gapWaitTimeout = gapWaitTimeout;
    }

    ArchiveCatalogue catalogue() {
        return new ArchiveCatalogue(new Path(path));
    }

    GapPolicy gapPolicy() {
        return gapPolicy;
    }

    Duration gapWaitTimeout() {
        return gapWaitTimeout;
    }
}
