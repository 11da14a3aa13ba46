// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.Path;

/**
 * A segment of the archive that is damaged, or is no segment at all. The message names the file and
 * the position in it.
 */
public final class CorruptSegmentException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final long position;

    CorruptSegmentException(Path file, long position, String detail) {
        this(file, position, detail, null);
    }

    CorruptSegmentException(Path file, long position, String detail, @Nullable Throwable cause) {
        super(
                String.format(
                        "Segment %s is corrupt at byte %d: %s. Restore the file, or delete it and"
                                + " archive its offsets again while Kafka still has them.",
                        file, position, detail),
                cause);
        this.file = file.toString();
        this.position = position;
    }

    /** Returns the path of the damaged file. */
    public String file() {
        return file;
    }

    /** Returns the position in the file, in bytes, of the part that is damaged. */
    public long position() {
        return position;
    }
}
