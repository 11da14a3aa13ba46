// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The settings that stored fingerprints depend on, as a checkpoint has them. A job whose settings
 * differ cannot use the fingerprints and must not start.
 */
final class StoredSettings {

    private static final int VERSION = 1;

    private StoredSettings() {}

    /**
     * Writes the settings.
     *
     * @param clock the processing time that the slices refer to, in milliseconds
     */
    static <K> byte[] write(Settings<?> settings, TypeSerializer<K> keySerializer, long clock)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeInt(VERSION);
        out.writeLong(settings.window);
        out.writeBoolean(settings.eventTime);
        out.writeInt(settings.pages);
        out.writeBoolean(settings.wide);
        out.writeLong(clock);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, keySerializer.snapshotConfiguration());
        return out.getCopyOfBuffer();
    }

    /**
     * Reads stored settings and compares them with those of the job.
     *
     * @return the clock
     * @throws IllegalStateException if the state cannot be used
     */
    static <K> long check(
            byte[] stored,
            Settings<?> settings,
            TypeSerializer<K> keySerializer,
            ClassLoader classLoader)
            throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(stored);
        int version = in.readInt();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "The state of the deduplication has version "
                            + version
                            + ", and this job can read version "
                            + VERSION
                            + ".");
        }
        compare("window", Duration.ofMillis(in.readLong()), Duration.ofMillis(settings.window));
        compare("time", time(in.readBoolean()), time(settings.eventTime));
        compare("number of pages", in.readInt(), settings.pages);
        compare("fingerprint", bits(in.readBoolean()), bits(settings.wide));
        long clock = in.readLong();
        TypeSerializerSnapshot<K> snapshot =
                TypeSerializerSnapshot.readVersionedSnapshot(in, classLoader);
        if (!keySerializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(snapshot)
                .isCompatibleAsIs()) {
            throw new IllegalStateException(
                    "The serializer of the key has changed since the state of the deduplication was"
                            + " written, so that keys have other fingerprints now: "
                            + snapshot.getClass().getName()
                            + ", now "
                            + keySerializer.getClass().getName()
                            + ". "
                            + advice());
        }
        return clock;
    }

    private static String time(boolean eventTime) {
        return eventTime ? "event time" : "processing time";
    }

    private static String bits(boolean wide) {
        return wide ? "128 bits" : "64 bits";
    }

    private static void compare(String name, Object stored, Object now) {
        if (!stored.equals(now)) {
            throw new IllegalStateException(
                    "The state of the deduplication was written with another "
                            + name
                            + ": "
                            + stored
                            + ", now "
                            + now
                            + ". "
                            + advice());
        }
    }

    private static String advice() {
        return "Take back the change, or give the operator another uid and start it without its"
                + " state (--allowNonRestoredState): duplicates of earlier records then pass.";
    }
}
