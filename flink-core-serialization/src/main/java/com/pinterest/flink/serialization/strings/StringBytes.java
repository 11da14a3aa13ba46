// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The loops of {@link BulkStrings} over arrays. Eight ASCII bytes are processed at once. */
final class StringBytes {

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long SIGN_BITS = 0x8080808080808080L;

    static final int BLOCK = 4 * Long.BYTES;

    private StringBytes() {}

    /** Returns whether the eight bytes from an index on are ASCII. */
    static boolean areEightAscii(byte[] bytes, int index) {
        return ((long) EIGHT.get(bytes, index) & SIGN_BITS) == 0;
    }

    /** Returns whether the bytes of the block that starts at an index are ASCII. */
    static boolean isBlockAscii(byte[] bytes, int index) {
        long all =
                (long) EIGHT.get(bytes, index)
                        | (long) EIGHT.get(bytes, index + Long.BYTES)
                        | (long) EIGHT.get(bytes, index + 2 * Long.BYTES)
                        | (long) EIGHT.get(bytes, index + 3 * Long.BYTES);
        return (all & SIGN_BITS) == 0;
    }

    /** Returns whether all bytes, at least eight, are ASCII. */
    static boolean areAscii(byte[] bytes, int from, int end) {
        int index = from;
        while (index <= end - BLOCK && isBlockAscii(bytes, index)) {
            index += BLOCK;
        }
        while (index < end - Long.BYTES && areEightAscii(bytes, index)) {
            index += Long.BYTES;
        }
        return index >= end - Long.BYTES && areEightAscii(bytes, end - Long.BYTES);
    }

    /** Returns how many of the bytes are the last, or only, byte of a number. */
    static int countLastBytes(byte[] bytes, int from, int end) {
        int others = 0;
        int index = from;
        for (; index <= end - Long.BYTES; index += Long.BYTES) {
            others += Long.bitCount((long) EIGHT.get(bytes, index) & SIGN_BITS);
        }
        for (; index < end; index++) {
            others += bytes[index] >>> 31;
        }
        return end - from - others;
    }

    /** Encodes the length of a string; returns the end of the result. */
    static int encodeLength(int length, byte[] target, int start) {
        int position = start;
        int rest = length + 1;
        while (rest >= 0x80) {
            target[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[position++] = (byte) rest;
        return position;
    }

    /** Encodes chars of one byte each; returns the end of the result. */
    static int encodeLatin1(byte[] latin1, int from, int to, byte[] target, int start) {
        if (to - from >= Long.BYTES && areAscii(latin1, from, to)) {
            System.arraycopy(latin1, from, target, start, to - from);
            return start + to - from;
        }
        int position = start;
        for (int index = from; index < to - 1; index++) {
            int next = latin1[index];
            // Without a branch, because accented letters between others would make it hard to
            // predict.
            target[position] = (byte) next;
            target[position + 1] = 1;
            position += 1 + (next >>> 31);
        }
        // The bytes after the last char belong to others.
        return from < to ? encode(latin1[to - 1] & 0xff, target, position) : position;
    }

    /** Encodes the first chars of an array; returns the end of the result. */
    static int encode(char[] chars, int count, byte[] target, int start) {
        int position = start;
        for (int index = 0; index < count; index++) {
            position = encode(chars[index], target, position);
        }
        return position;
    }

    /** Encodes the first chars of a string; returns the end of the result. */
    static int encode(String text, int count, byte[] target, int start) {
        int position = start;
        for (int index = 0; index < count; index++) {
            position = encode(text.charAt(index), target, position);
        }
        return position;
    }

    private static int encode(int next, byte[] target, int position) {
        if (next < 0x80) {
            target[position] = (byte) next;
            return position + 1;
        }
        target[position] = (byte) (next | 0x80);
        if (next < 0x4000) {
            target[position + 1] = (byte) (next >>> 7);
            return position + 2;
        }
        target[position + 1] = (byte) (next >>> 7 | 0x80);
        target[position + 2] = (byte) (next >>> 14);
        return position + 3;
    }
}
