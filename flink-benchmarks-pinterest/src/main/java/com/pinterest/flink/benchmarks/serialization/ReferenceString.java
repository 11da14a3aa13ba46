// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.ByteArrayOutputStream;

/**
 * The bytes of a string in upstream's format, in the plainest way: the length plus one and then
 * each char, as numbers of seven bits a byte, the lowest first, the top bit set but in the last.
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
