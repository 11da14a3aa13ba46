// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Keeps the state of sources of files and that of sources of Kafka apart: versions of the former
 * begin with 1000.
 *
 * <p>As safe for use by several threads as the serializer that it wraps.
 */
final class SourceStateSerializer<T> implements SimpleVersionedSerializer<T> {

    private static final int FIRST_VERSION_OF_FILES = 1000;

    private final SimpleVersionedSerializer<T> serializer;
    private final boolean files;

    private SourceStateSerializer(SimpleVersionedSerializer<T> serializer, boolean files) {
        this.serializer = serializer;
        this.files = files;
    }

    static <T> SourceStateSerializer<T> ofFiles(SimpleVersionedSerializer<T> serializer) {
        return new SourceStateSerializer<>(serializer, true);
    }

    static <T> SourceStateSerializer<T> ofKafka(SimpleVersionedSerializer<T> serializer) {
        return new SourceStateSerializer<>(serializer, false);
    }

    private int offset() {
        return files ? FIRST_VERSION_OF_FILES : 0;
    }

    @Override
    public int getVersion() {
        return offset() + serializer.getVersion();
    }

    @Override
    public byte[] serialize(T state) throws IOException {
        return serializer.serialize(state);
    }

    @Override
    public T deserialize(int version, byte[] serialized) throws IOException {
        if (files != version >= FIRST_VERSION_OF_FILES) {
            throw new IOException(
                    files
                            ? "The state of the source has positions in Kafka or in an archive, and"
                                    + " the source reads files now (scan.tier = files): no state"
                                    + " goes from one to the other. Start the job without that"
                                    + " state, or with the tier that it had."
                            : "The state of the source has positions in files (scan.tier = files),"
                                    + " and the source reads Kafka or an archive now: no state goes"
                                    + " from one to the other. Start the job without that state, or"
                                    + " with the tier that it had.");
        }
        return serializer.deserialize(version - offset(), serialized);
    }
}
