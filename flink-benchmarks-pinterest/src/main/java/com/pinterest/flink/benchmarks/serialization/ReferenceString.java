// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.ByteArrayOutputStream;

/**
 * A plain encoder of strings in upstream's format: the length plus one and then each char, as
 * numbers of seven bits per byte, the lowest first, with the top bit set in all bytes but the last.
 */
final class ReferenceString {

    private ReferenceString() {}

    static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writeNumber(text.length() + 1, bytes);
        text.chars().forEach(character -> writeNumber(character, bytes));
        return bytes.toByteArray();
    }

    private static void writeNumber(int number, ByteArrayOutputStream bytes) {
        int rest = number;
        while (rest >= 0x80) {
            bytes.write(rest | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }
}
