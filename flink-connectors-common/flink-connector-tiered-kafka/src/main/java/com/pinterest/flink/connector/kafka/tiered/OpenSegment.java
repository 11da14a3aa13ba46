// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.SegmentName;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.RecoverableFsDataOutputStream;
import org.apache.flink.core.fs.RecoverableWriter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * The segment of a partition that is being written: in a local file, as its name in the archive is
 * known only when it is closed, and as nothing of it has to survive a failure. The archiver then
 * reads again from the end of the last closed segment.
 *
 * <p>Not safe for use by several threads.
 */
final class OpenSegment {

    private final TopicPartition partition;
    private final Uuid topicId;
    private final ArchiverSettings settings;
    private final String writerId;
    private final Path spoolDirectory;
    private final long startOffset;
    private final long openedNanos = System.nanoTime();
    @Nullable private Path spool;
    @Nullable private OutputStream out;
    @Nullable private SegmentWriter writer;

    OpenSegment(
            TopicPartition partition,
            Uuid topicId,
            ArchiverSettings settings,
            String writerId,
            Path spoolDirectory,
            long startOffset) {
        this.partition = partition;
        this.topicId = topicId;
        this.settings = settings;
        this.writerId = writerId;
        this.spoolDirectory = spoolDirectory;
        this.startOffset = startOffset;
    }

    long startOffset() {
        return startOffset;
    }

    /** Returns about how long the segment is, in bytes. */
    long length() {
        return writer == null ? 0 : writer.length();
    }

    long ageNanos(long nowNanos) {
        return nowNanos - openedNanos;
    }

    void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        openSpool();
        writer.add(record);
    }

    private void openSpool() throws IOException {
        if (writer == null) {
            spool = Files.createTempFile(spoolDirectory, "segment-" + partition + "-", ".spool");
            out = new BufferedOutputStream(Files.newOutputStream(spool), 64 << 10);
            writer =
                    new SegmentWriter(
                            out,
                            partition,
                            topicId,
                            startOffset,
                            settings.codec(),
                            SegmentWriter.DEFAULT_BLOCK_BYTES);
        }
    }

    /**
     * Completes the segment and writes it to the archive's file system, where it stays invisible
     * until it is committed.
     *
     * @param endOffset where the coverage ends
     */
    ClosedSegment close(long endOffset) throws IOException {
        openSpool();
        SegmentWriter.Summary summary = writer.finish(endOffset);
        out.close();
        org.apache.flink.core.fs.Path path =
                new SegmentName(
                                partition,
                                topicId,
                                summary.coverage(),
                                summary.maxTimestamp(),
                                writerId)
                        .path(settings.archive());
        RecoverableWriter recoverableWriter = path.getFileSystem().createRecoverableWriter();
        RecoverableWriter.CommitRecoverable recoverable = copy(spool, recoverableWriter.open(path));
        SimpleVersionedSerializer<RecoverableWriter.CommitRecoverable> serializer =
                recoverableWriter.getCommitRecoverableSerializer();
        discard();
        return new ClosedSegment(
                partition,
                summary.coverage(),
                path,
                serializer.serialize(recoverable),
                serializer.getVersion());
    }

    private static RecoverableWriter.CommitRecoverable copy(
            Path spool, RecoverableFsDataOutputStream target) throws IOException {
        try {
            Files.copy(spool, target);
            // Not closed after that: some file systems would give up what is to be committed.
            return target.closeForCommit().getRecoverable();
        } catch (IOException | RuntimeException e) {
            try {
                target.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Deletes the local file. */
    void discard() throws IOException {
        if (spool != null) {
            out.close();
            Files.deleteIfExists(spool);
        }
    }
}
