// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.annotation.Nullable;

/** An entry of a database that a batch reads or writes. Not thread-safe. */
final class Slot {

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /**
     * An odd number with many bits set, so that each bit of a word affects many bits of the
     * product.
     */
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    /** The key in the database. */
    final byte[] key;

    /** The current or new value; null for no entry. */
    @Nullable private byte[] value;

    private boolean isKnown;
    private boolean isChanged;

    /** The entry of the bundle that the state belongs to, if it is needed; otherwise null. */
    @Nullable final BundleEntry<?> entry;

    Slot(byte[] key) {
        this(key, null);
    }

    Slot(byte[] key, @Nullable BundleEntry<?> entry) {
        this.key = key;
        this.entry = entry;
    }

    /** Returns whether the value is known: that of the database, or a new one. */
    boolean isKnown() {
        return isKnown;
    }

    boolean isChanged() {
        return isChanged;
    }

    @Nullable
    byte[] value() {
        return value;
    }

    /** Records the value in the database. */
    void read(@Nullable byte[] bytes) {
        value = bytes;
        isKnown = true;
        isChanged = false;
    }

    /**
     * Records a new value.
     *
     * @param bytes the value; null to delete the entry
     */
    void write(@Nullable byte[] bytes) {
        // An entry that does not exist need not be deleted.
        isChanged = isChanged || !isKnown || bytes != null || value != null;
        value = bytes;
        isKnown = true;
    }

    /** Compares the keys. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Slot && Arrays.equals(((Slot) other).key, key);
    }

    /**
     * Computes the hash code from words of the key; from single bytes, it takes several times as
     * long.
     */
    @Override
    public int hashCode() {
        long hash = 0;
        int place = 0;
        for (; place <= key.length - Long.BYTES; place += Long.BYTES) {
            hash = (hash ^ (long) WORDS.get(key, place)) * MULTIPLIER;
            hash ^= hash >>> Integer.SIZE;
        }
        for (; place < key.length; place++) {
            hash = 31 * hash + key[place];
        }
        return Long.hashCode(hash);
    }
}
