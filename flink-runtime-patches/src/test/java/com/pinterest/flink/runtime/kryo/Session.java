// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.io.IOException;
import java.util.Base64;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.runtime.kryo.JavaSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** A serializer, and a transcript of what it did in words that do not depend on the world. */
final class Session {

    private static final byte MARK = 0x5a;

    private final KryoSerializer<Object> serializer;
    private final StringBuilder transcript = new StringBuilder();

    // Kryo makes the serializers that read them.
    @SuppressWarnings("StaticAssignmentInConstructor")
    Session() {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.registerTypeWithKryoSerializer(Inputs.Probe.class, Inputs.ProbeSerializer.class);
        config.registerTypeWithKryoSerializer(Inputs.Chunk.class, Inputs.ChunkSerializer.class);
        config.registerTypeWithKryoSerializer(Inputs.Nested.class, Inputs.NestedSerializer.class);
        config.registerTypeWithKryoSerializer(Inputs.Greedy.class, Inputs.GreedySerializer.class);
        config.registerTypeWithKryoSerializer(Graphs.JavaSerialized.class, JavaSerializer.class);
        serializer = new KryoSerializer<>(Object.class, config);
        Inputs.current = serializer;
        Inputs.other = new KryoSerializer<>(Object.class, config);
    }

    void forget() {
        transcript.setLength(0);
    }

    void note(Object what) {
        transcript.append(what).append('\n');
    }

    /** A record, and a mark behind it, which is noted. */
    byte[] write(Object value) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(128);
        serializer.serialize(value, output);
        output.writeByte(MARK);
        note(Base64.getEncoder().encodeToString(output.getCopyOfBuffer()));
        return output.getCopyOfBuffer();
    }

    /** Reads what {@link #write} wrote; what was read is described by its bytes. */
    void readOne(DataInputView view) throws IOException {
        Object value = serializer.deserialize(view);
        note("mark " + (view.readByte() == MARK));
        describe(value);
    }

    private void describe(Object value) throws IOException {
        note("seen " + Inputs.SEEN);
        Inputs.SEEN.setLength(0);
        DataOutputSerializer output = new DataOutputSerializer(128);
        serializer.serialize(value, output);
        note(Base64.getEncoder().encodeToString(output.getCopyOfBuffer()));
    }

    void attempt(DataInputView view) throws IOException {
        try {
            describe(serializer.deserialize(view));
        } catch (IOException | RuntimeException e) {
            note("seen " + Inputs.SEEN);
            Inputs.SEEN.setLength(0);
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                note(cause);
            }
        }
    }

    /** Notes what was thrown. What HotSpot itself throws loses its message with time. */
    private void note(Throwable thrown) {
        note(
                thrown.toString()
                        .replaceAll("(ClassCast|NullPointer|OutOfBounds)(Exception): .*", "$1$2"));
    }

    @Override
    public String toString() {
        return transcript.toString();
    }
}
