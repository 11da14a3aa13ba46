// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The 128-bit hash of a key: MurmurHash3_x64_128 of the bytes that the key's serializer writes.
 * Keys that are equal must therefore be serialized alike. Not thread-safe.
 *
 * <p>The hash is Austin Appleby's, in the public domain. It is computed here, as a library would
 * have to be relocated: job jars bring versions that have no 128 bits.
 */
final class KeyHash<K> {

    /** Part of the format of the state: another seed makes all stored fingerprints worthless. */
    static final int SEED = 0x5eed;

    private static final int INITIAL_BUFFER = 64;
    private static final int BLOCK = 16;

    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
        compute(buffer.getSharedBuffer(), buffer.length());
    }

    /** Computes the hash of the first bytes of an array. */
    void compute(byte[] bytes, int length) {
        long h1 = SEED;
        long h2 = SEED;
        int tail = length & -BLOCK;
        for (int i = 0; i < tail; i += BLOCK) {
            h1 ^= mixFirst((long) LONGS.get(bytes, i));
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= mixSecond((long) LONGS.get(bytes, i + Long.BYTES));
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        h2 ^= mixSecond(rest(bytes, tail + Long.BYTES, length));
        h1 ^= mixFirst(rest(bytes, tail, Math.min(length, tail + Long.BYTES)));
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = finish(h1);
        h2 = finish(h2);
        high = h1 + h2;
        low = h2 + high;
    }

    /** Fewer than eight bytes, or just as many, as a number; zero if there are none. */
    private static long rest(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = to - 1; i >= from; i--) {
            value = (value << Byte.SIZE) | (bytes[i] & 0xff);
        }
        return value;
    }

    private static long mixFirst(long block) {
        return Long.rotateLeft(block * C1, 31) * C2;
    }

    private static long mixSecond(long block) {
        return Long.rotateLeft(block * C2, 33) * C1;
    }

    private static long finish(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
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
