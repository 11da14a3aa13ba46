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
 *       under that serializer's version. It has items of other tiers only until what was pending is
 *       committed.
 *   <li>Other items, and all items of other sinks, are 16 bytes of 0xFF, the name of the tier, the
 *       version of the tier's serializer, and what that serializer wrote. {@code KafkaSink} fails
 *       to read them, also where it does not look at versions, as it finds no string there.
 *   <li>The version of other sinks is 1000.
 * </ul>
 *
 * <p>Not safe for use by several threads.
 */
final class TierItemSerializer implements SimpleVersionedSerializer<TierItem> {

    /** The first version that no release of {@code KafkaSink} will use. */
    static final int FIRST_VERSION = 1000;

    private static final byte[] MARK = new byte[16];

    static {
        Arrays.fill(MARK, (byte) 0xFF);
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
        DataOutputSerializer out = new DataOutputSerializer(MARK.length + 16 + bytes.length);
        out.write(MARK);
        out.writeUTF(item.tier().name());
        out.writeInt(serializer(item.tier()).getVersion());
        out.write(bytes);
        return out.getCopyOfBuffer();
    }

    @Override
    public TierItem deserialize(int version, byte[] serialized) throws IOException {
        if (version < FIRST_VERSION) {
            return isMarked(serialized)
                    ? readMarked(serialized)
                    : new TierItem(
                            SinkTier.KAFKA,
                            serializer(SinkTier.KAFKA).deserialize(version, serialized));
        }
        if (version != FIRST_VERSION || !isMarked(serialized)) {
            throw new IOException(
                    "The state of the sink has version "
                            + version
                            + ", and this release reads versions up to "
                            + FIRST_VERSION);
        }
        return readMarked(serialized);
    }

    private static boolean isMarked(byte[] serialized) {
        return serialized.length > MARK.length
                && Arrays.equals(serialized, 0, MARK.length, MARK, 0, MARK.length);
    }

    private TierItem readMarked(byte[] serialized) throws IOException {
        DataInputDeserializer in =
                new DataInputDeserializer(serialized, MARK.length, serialized.length - MARK.length);
        SinkTier ofTier = tierOf(in.readUTF());
        int version = in.readInt();
        byte[] bytes = new byte[in.available()];
        in.readFully(bytes);
        return new TierItem(ofTier, serializer(ofTier).deserialize(version, bytes));
    }

    private static SinkTier tierOf(String name) throws IOException {
        try {
            return SinkTier.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("The state of the sink has an unknown tier, " + name, e);
        }
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
