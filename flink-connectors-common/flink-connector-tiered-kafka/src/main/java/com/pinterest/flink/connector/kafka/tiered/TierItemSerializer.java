// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Writes the items of a {@link TieredKafkaSink}, so that its state and that of {@code KafkaSink}
 * are interchangeable.
 *
 * <ul>
 *   <li>A sink that writes to Kafka writes items of Kafka as {@code KafkaSink}'s serializer does,
 *       under that serializer's version. An item of another tier, which it has only until what was
 *       pending is committed, follows 16 bytes of 0xFF: {@code KafkaSink} refuses them, as no
 *       string of it begins so.
 *   <li>Other sinks use version 1000: the tier, the version of the tier's serializer, and what that
 *       serializer wrote.
 * </ul>
 *
 * <p>Not safe for use by several threads.
 */
final class TierItemSerializer implements SimpleVersionedSerializer<TierItem> {

    /** The first version that no release of {@code KafkaSink} will use. */
    static final int FIRST_VERSION = 1000;

    private static final byte[] FOREIGN = new byte[16];

    static {
        Arrays.fill(FOREIGN, (byte) 0xFF);
    }

    private final SinkTier tier;
    private final Map<SinkTier, SimpleVersionedSerializer<?>> serializers =
            new EnumMap<>(SinkTier.class);

    /**
     * @param tier the one that the sink writes to
     */
    TierItemSerializer(SinkTier tier) {
        this.tier = tier;
    }

    /** Sets the serializer of a tier's items. */
    TierItemSerializer with(SinkTier ofTier, SimpleVersionedSerializer<?> serializer) {
        serializers.put(ofTier, serializer);
        return this;
    }

    @Override
    public int getVersion() {
        return tier == SinkTier.KAFKA ? serializer(SinkTier.KAFKA).getVersion() : FIRST_VERSION;
    }

    @Override
    public byte[] serialize(TierItem item) throws IOException {
        byte[] bytes = serializer(item.tier()).serialize(item.value());
        if (tier == SinkTier.KAFKA && item.tier() == SinkTier.KAFKA) {
            return bytes;
        }
        DataOutputSerializer out = new DataOutputSerializer(FOREIGN.length + 5 + bytes.length);
        if (tier == SinkTier.KAFKA) {
            out.write(FOREIGN);
        }
        out.writeByte(item.tier().ordinal());
        out.writeInt(serializer(item.tier()).getVersion());
        out.write(bytes);
        return out.getCopyOfBuffer();
    }

    @Override
    public TierItem deserialize(int version, byte[] serialized) throws IOException {
        if (version < FIRST_VERSION) {
            return startsForeign(serialized)
                    ? read(serialized, FOREIGN.length)
                    : new TierItem(
                            SinkTier.KAFKA,
                            serializer(SinkTier.KAFKA).deserialize(version, serialized));
        }
        if (version != FIRST_VERSION) {
            throw new IOException(
                    "The state of the sink has version "
                            + version
                            + ", and this release reads versions up to "
                            + FIRST_VERSION);
        }
        return read(serialized, 0);
    }

    private static boolean startsForeign(byte[] serialized) {
        return serialized.length > FOREIGN.length
                && Arrays.equals(serialized, 0, FOREIGN.length, FOREIGN, 0, FOREIGN.length);
    }

    private TierItem read(byte[] serialized, int start) throws IOException {
        DataInputDeserializer in =
                new DataInputDeserializer(serialized, start, serialized.length - start);
        int ordinal = in.readUnsignedByte();
        if (ordinal >= SinkTier.values().length) {
            throw new IOException("The state of the sink has an unknown tier, " + ordinal);
        }
        SinkTier ofTier = SinkTier.values()[ordinal];
        int version = in.readInt();
        byte[] bytes = new byte[in.available()];
        in.readFully(bytes);
        return new TierItem(ofTier, serializer(ofTier).deserialize(version, bytes));
    }

    @SuppressWarnings("unchecked")
    private SimpleVersionedSerializer<Object> serializer(SinkTier ofTier) {
        SimpleVersionedSerializer<?> found = serializers.get(ofTier);
        if (found == null) {
            throw new IllegalStateException(
                    "The state of the sink has something of tier "
                            + ofTier
                            + ", and the sink has no settings for it: keep those of the tier that"
                            + " the state was written with (Kafka: bootstrap servers and"
                            + " serializer; files: the directory)");
        }
        return (SimpleVersionedSerializer<Object>) found;
    }
}
