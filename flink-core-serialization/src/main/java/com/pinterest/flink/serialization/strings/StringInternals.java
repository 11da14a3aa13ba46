// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

// Imported because naming its type causes a warning that cannot be suppressed.
import static org.apache.flink.core.memory.MemoryUtils.UNSAFE;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.annotation.Nullable;

/**
 * Read access to the array inside a String.
 *
 * <p>No public method tells whether a String has one byte per char, or returns the bytes without
 * allocating. If the JVM has no such fields, forbids the access, or stores all Strings with two
 * bytes per char, there is no access, and callers use the public methods.
 */
final class StringInternals {

    private static final long VALUE;
    private static final long CODER;
    private static final boolean AVAILABLE;

    static {
        long value = -1;
        long coder = -1;
        boolean available = false;
        try {
            value = UNSAFE.objectFieldOffset(String.class.getDeclaredField("value"));
            coder = UNSAFE.objectFieldOffset(String.class.getDeclaredField("coder"));
            available = isAsExpected(value, coder);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError refused) {
            // An unknown JVM: callers use the public methods.
        }
        VALUE = value;
        CODER = coder;
        AVAILABLE = available;
    }

    private StringInternals() {}

    /**
     * Returns the chars of a string as one byte each, or null if a char does not fit into a byte or
     * the array is not accessible.
     */
    @Nullable
    static byte[] latin1(String text) {
        return AVAILABLE ? latin1(text, VALUE, CODER) : null;
    }

    @Nullable
    private static byte[] latin1(String text, long value, long coder) {
        return UNSAFE.getByte(text, coder) == 0 ? (byte[]) UNSAFE.getObject(text, value) : null;
    }

    private static boolean isAsExpected(long value, long coder) {
        String text = "one byte a char, \u00e9 too";
        byte[] bytes = latin1(text, value, coder);
        return Arrays.equals(bytes, text.getBytes(StandardCharsets.ISO_8859_1))
                && latin1("two bytes a char: \u0142", value, coder) == null;
    }
}
