// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static java.util.Objects.requireNonNull;

import org.apache.flink.core.fs.Path;

/**
 * A segment as a listing shows it: what its name says, where it is, how long it is.
 *
 * <p>Immutable.
 */
public final class SegmentFile {

    private final SegmentName name;
    private final Path path;
    private final long length;

    /**
     * @param length the length of the file in bytes
     */
    public SegmentFile(SegmentName name, Path path, long length) {
        this.name = requireNonNull(name, "name");
        this.path = requireNonNull(path, "path");
        this.length = length;
    }

    public SegmentName name() {
        return name;
    }

    public OffsetRange coverage() {
        return name.coverage();
    }

    public Path path() {
        return path;
    }

    /** Returns the length of the file in bytes. */
    public long length() {
        return length;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
