// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Reads what an earlier version of a POJO wrote, and writes it as the present one. */
public final class EvolutionScript implements Callable<String> {

    private final ClassLoader user;
    private final Class<Object> type;
    private final List<Object> mailbox;
    private final Transcript transcript = new Transcript();

    /**
     * @param mailbox what {@link PojoScript} left there
     */
    @SuppressWarnings("unchecked")
    public EvolutionScript(ClassLoader user, String root, List<Object> mailbox)
            throws ClassNotFoundException {
        this.user = user;
        this.type = (Class<Object>) Class.forName(root, true, user);
        this.mailbox = mailbox;
    }

    @Override
    public String call() throws Exception {
        TypeSerializerSnapshot<Object> snapshot =
                TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
                        new DataInputDeserializer((byte[]) mailbox.get(0)), user);
        TypeSerializer<Object> present =
                TypeExtractor.createTypeInfo(type).createSerializer(new SerializerConfigImpl());
        TypeSerializer<Object> restored = snapshot.restoreSerializer();
        TypeSerializerSchemaCompatibility<Object> compatibility =
                present.snapshotConfiguration().resolveSchemaCompatibility(snapshot);
        transcript.add(compatibility.toString().replaceAll("@[0-9a-f]+", ""));
        for (int round = 0; round < 2; round++) {
            for (Object element : mailbox.subList(1, mailbox.size())) {
                if (element instanceof byte[]) {
                    migrate(restored, present, (byte[]) element);
                }
            }
        }
        return transcript.toString();
    }

    private void migrate(
            TypeSerializer<Object> restored, TypeSerializer<Object> present, byte[] bytes) {
        Object[] read = new Object[1];
        transcript.attempt(
                () -> read[0] = restored.deserialize(new DataInputDeserializer(bytes)), null);
        transcript.attempt(
                () -> restored.deserialize(read[0], new DataInputDeserializer(bytes)), null);
        transcript.attempt(() -> restored.copy(read[0]), read[0]);
        for (TypeSerializer<Object> serializer : List.of(restored, present)) {
            DataOutputSerializer target = new DataOutputSerializer(16);
            transcript.attempt(
                    () -> {
                        serializer.serialize(read[0], target);
                        return null;
                    },
                    null);
            transcript.add("bytes", target.getCopyOfBuffer());
            transcript.attempt(
                    () ->
                            serializer.deserialize(
                                    new DataInputDeserializer(target.getCopyOfBuffer())),
                    read[0]);
        }
    }
}
