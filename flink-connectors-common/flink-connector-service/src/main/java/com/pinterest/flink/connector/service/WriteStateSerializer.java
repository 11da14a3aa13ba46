// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * The state of a {@link ServiceSink}: the writes that are not done yet.
 *
 * <p>Version 1: the snapshot of the serializer of records, so that their type may evolve; the
 * number of records, four bytes; the records.
 */
final class WriteStateSerializer<T>
        implements SimpleVersionedSerializer<BufferedRequestState<Write<T>>> {

    private static final int VERSION = 1;

    private final TypeSerializer<T> records;

    WriteStateSerializer(TypeSerializer<T> records) {
        this.records = records;
    }

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(BufferedRequestState<Write<T>> state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputViewStreamWrapper out = new DataOutputViewStreamWrapper(bytes);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, records.snapshotConfiguration());
        out.writeInt(state.getBufferedRequestEntries().size());
        for (RequestEntryWrapper<Write<T>> entry : state.getBufferedRequestEntries()) {
            records.serialize(entry.getRequestEntry().record, out);
        }
        out.flush();
        return bytes.toByteArray();
    }

    @Override
    public BufferedRequestState<Write<T>> deserialize(int version, byte[] bytes)
            throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    String.format(
                            "The state of a service sink has version %d, which this version of the"
                                    + " connector cannot read: it knows %d",
                            version, VERSION));
        }
        DataInputViewStreamWrapper in =
                new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes));
        TypeSerializer<T> reader =
                reader(
                        TypeSerializerSnapshot.readVersionedSnapshot(
                                in, Thread.currentThread().getContextClassLoader()));
        int count = in.readInt();
        List<RequestEntryWrapper<Write<T>>> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(
                    new RequestEntryWrapper<>(
                            new Write<>(reader.deserialize(in)), ServiceSinkWriter.SIZE));
        }
        return new BufferedRequestState<>(entries);
    }

    /** The serializer that reads records as they were written. */
    private TypeSerializer<T> reader(TypeSerializerSnapshot<T> written) throws IOException {
        TypeSerializerSchemaCompatibility<T> compatibility =
                records.snapshotConfiguration().resolveSchemaCompatibility(written);
        if (compatibility.isIncompatible()) {
            throw new IOException(
                    "The records of a service sink have another type than those in its state, which"
                            + " cannot be converted: "
                            + written);
        }
        if (compatibility.isCompatibleWithReconfiguredSerializer()) {
            return compatibility.getReconfiguredSerializer();
        }
        return compatibility.isCompatibleAfterMigration() ? written.restoreSerializer() : records;
    }
}
