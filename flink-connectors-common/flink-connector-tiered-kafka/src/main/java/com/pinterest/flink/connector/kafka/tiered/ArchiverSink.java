// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink of an archiver: makes closed segments visible once the checkpoint that has their end is
 * complete. A segment is committed by the file system's recoverable writer, without a rename, and
 * committing it again changes nothing.
 *
 * <p>Immutable.
 */
final class ArchiverSink implements Sink<byte[]>, SupportsCommitter<ClosedSegment> {

    private static final long serialVersionUID = 1L;

    @Override
    public SinkWriter<byte[]> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<ClosedSegment> createCommitter(CommitterInitContext context) {
        return new SegmentCommitter();
    }

    @Override
    public SimpleVersionedSerializer<ClosedSegment> getCommittableSerializer() {
        return new ClosedSegmentSerializer();
    }

    /** Hands on what it gets: the files have been written by the source. */
    private static final class Writer implements CommittingSinkWriter<byte[], ClosedSegment> {

        private final ClosedSegmentSerializer serializer = new ClosedSegmentSerializer();
        private List<ClosedSegment> segments = new ArrayList<>();

        @Override
        public void write(byte[] segment, Context context) throws IOException {
            segments.add(serializer.deserialize(serializer.getVersion(), segment));
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing is held back.
        }

        @Override
        public Collection<ClosedSegment> prepareCommit() {
            List<ClosedSegment> closed = segments;
            segments = new ArrayList<>();
            return closed;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static final class SegmentCommitter implements Committer<ClosedSegment> {

        private static final Logger LOG = LoggerFactory.getLogger(SegmentCommitter.class);

        @Override
        public void commit(Collection<CommitRequest<ClosedSegment>> requests) throws IOException {
            for (CommitRequest<ClosedSegment> request : requests) {
                ClosedSegment segment = request.getCommittable();
                segment.commit();
                LOG.info("Committed segment {}", segment);
            }
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
