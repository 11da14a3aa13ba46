// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.io.IOException;
import org.apache.commons.codec.digest.MurmurHash3;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The 128-bit hash of a key: MurmurHash3 (x64) of the bytes that the key's serializer writes. Keys
 * that are equal must therefore be serialized alike. Not thread-safe.
 */
final class KeyHash<K> {

    /** Part of the format of the state: another seed makes all stored fingerprints worthless. */
    private static final int SEED = 0x5eed;

    private static final int INITIAL_BUFFER = 64;

    private final TypeSerializer<K> serializer;
    private final DataOutputSerializer buffer = new DataOutputSerializer(INITIAL_BUFFER);

    private long high;
    private long low;

    KeyHash(TypeSerializer<K> serializer) {
        this.serializer = serializer;
    }

    /** Computes the hash of a key, which the other methods return until the next call. */
    void compute(K key) throws IOException {
        buffer.clear();
        serializer.serialize(key, buffer);
        long[] hash = MurmurHash3.hash128x64(buffer.getSharedBuffer(), 0, buffer.length(), SEED);
        high = hash[0];
        low = hash[1];
    }

    /** The page of the key, from 0 to {@code pages - 1}. */
    int page(int pages) {
        return (int) (((high >>> Integer.SIZE) * pages) >>> Integer.SIZE);
    }

    /** The half of the hash that the page does not depend on. */
    long fingerprint() {
        return low;
    }

    /** The other half, which the page depends on. */
    long secondFingerprint() {
        return high;
    }
}
