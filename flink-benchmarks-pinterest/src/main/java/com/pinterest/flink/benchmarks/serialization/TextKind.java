// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Locale;
import java.util.Random;

/** The alphabet of strings. Alphabets differ in the number of bytes per character. */
public enum TextKind {
    /** Printable, one byte each. */
    ASCII(' ', '~'),
    /**
     * Latin-1 as in French or German: every fourth character is an accented letter with two bytes.
     */
    LATIN1('\u00c0', '\u00ff') {
        @Override
        int codePoint(Random random) {
            return random.nextInt(4) == 0 ? super.codePoint(random) : ASCII.codePoint(random);
        }
    },
    /** Two bytes each. */
    CYRILLIC('\u0410', '\u044f'),
    /** Three bytes each. */
    CHINESE('\u4e00', '\u9fa5'),
    /** Surrogate pairs; three bytes for each surrogate. */
    EMOJI(0x1f600, 0x1f64f);

    private final int first;
    private final int last;

    TextKind(int first, int last) {
        this.first = first;
        this.last = last;
    }

    int codePoint(Random random) {
        return first + random.nextInt(last - first + 1);
    }

    /**
     * Returns a random string.
     *
     * @param length the length in chars; must be even for emoji
     */
    public String text(int length, Random random) {
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.appendCodePoint(codePoint(random));
        }
        if (text.length() != length) {
            throw new IllegalArgumentException("no " + this + " text has " + length + " chars");
        }
        return text.toString();
    }

    /**
     * Returns a string of the kind and length in a name such as {@code ascii16}.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    static String textOf(String name, Random random) {
        for (TextKind kind : values()) {
            String prefix = kind.name().toLowerCase(Locale.ROOT);
            if (name.startsWith(prefix)) {
                return kind.text(Integer.parseInt(name.substring(prefix.length())), random);
            }
        }
        throw new IllegalArgumentException("no kind of text: " + name);
    }
}
