// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.IOException;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.RecoverableWriter;
import org.apache.kafka.common.TopicPartition;

/**
 * A segment that has been written whole, and that nobody can see before it is committed.
 *
 * <p>Immutable.
 */
final class ClosedSegment {

    private final TopicPartition partition;
    private final OffsetRange coverage;
    private final Path path;
    private final byte[] recoverable;
    private final int recoverableVersion;

    /**
     * @param path where the segment is to appear
     * @param recoverable what the file system needs to commit the file, as its serializer writes it
     * @param recoverableVersion the version of that serializer
     */
    ClosedSegment(
            TopicPartition partition,
            OffsetRange coverage,
            Path path,
            byte[] recoverable,
            int recoverableVersion) {
        this.partition = requireNonNull(partition, "partition");
        this.coverage = requireNonNull(coverage, "coverage");
        this.path = requireNonNull(path, "path");
        this.recoverable = recoverable.clone();
        this.recoverableVersion = recoverableVersion;
    }

    TopicPartition partition() {
        return partition;
    }

    OffsetRange coverage() {
        return coverage;
    }

    Path path() {
        return path;
    }

    byte[] recoverable() {
        return recoverable.clone();
    }

    int recoverableVersion() {
        return recoverableVersion;
    }

    /**
     * Makes the segment visible, without a rename. To do it again changes nothing.
     *
     * @throws IOException if the file system fails
     */
    void commit() throws IOException {
        RecoverableWriter writer = path.getFileSystem().createRecoverableWriter();
        writer.recoverForCommit(
                        writer.getCommitRecoverableSerializer()
                                .deserialize(recoverableVersion, recoverable))
                .commitAfterRecovery();
    }

    @Override
    public String toString() {
        return partition + " " + coverage + " at " + path;
    }
}
