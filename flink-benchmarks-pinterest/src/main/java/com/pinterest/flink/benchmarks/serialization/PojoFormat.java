// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * The format of upstream's PojoSerializer, as far as the hand-written serializers need it: a byte
 * with flags, then the fields by name, each after a byte that says whether it is null.
 */
final class PojoFormat {

    /** The flags of null. */
    static final int NULL = 1;

    /** The flags of an object of exactly this class, not of a subclass. */
    static final int EXACT_CLASS = 2;

    private PojoFormat() {}

    /** Reads the flags. */
    static boolean isNull(DataInputView source) throws IOException {
        byte flags = source.readByte();
        if (flags == NULL) {
            return true;
        }
        if (flags != EXACT_CLASS) {
            throw new IOException("flags of a subclass: " + flags);
        }
        return false;
    }

    /** Reads the byte before a primitive, which cannot be null. */
    static void requirePresent(DataInputView source) throws IOException {
        if (source.readBoolean()) {
            throw new IOException("null for a primitive");
        }
    }

    static void writeString(String value, DataOutputView target) throws IOException {
        target.writeBoolean(value == null);
        if (value != null) {
            StringValue.writeString(value, target);
        }
    }

    static String readString(DataInputView source) throws IOException {
        return source.readBoolean() ? null : StringValue.readString(source);
    }
}
