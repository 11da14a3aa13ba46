// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.annotation.Nullable;

/** An entry of a database that a batch reads or writes. */
final class Slot {

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** An odd number of many bits, so that each bit of a word gets into many of the product. */
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    /** As in the database. */
    final byte[] key;

    /** What is there, or is to be; null if nothing is. */
    @Nullable private byte[] value;

    private boolean isKnown;
    private boolean isChanged;

    /** Whose state it is of, if that is of use; otherwise null. */
    @Nullable final BundleEntry<?> entry;

    Slot(byte[] key) {
        this(key, null);
    }

    Slot(byte[] key, @Nullable BundleEntry<?> entry) {
        this.key = key;
        this.entry = entry;
    }

    /** Whether the value is that of the database, or one that is to take its place. */
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

    /** Notes what the database has. */
    void read(@Nullable byte[] bytes) {
        value = bytes;
        isKnown = true;
        isChanged = false;
    }

    /**
     * Notes what the database is to have.
     *
     * @param bytes null if the entry is to go
     */
    void write(@Nullable byte[] bytes) {
        // What is not there need not be deleted.
        isChanged = isChanged || !isKnown || bytes != null || value != null;
        value = bytes;
        isKnown = true;
    }

    /** By the key. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Slot && Arrays.equals(((Slot) other).key, key);
    }

    /** By words of the key: byte by byte takes several times as long. */
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
