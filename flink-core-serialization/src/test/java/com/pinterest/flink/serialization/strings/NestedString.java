// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.types.StringValue;

/** A string that an input or output writes and reads while it serves another. */
final class NestedString {

    private static final String TEXT = "\u4e00 nested \u00e9\u00e9\u00e9 in another's call \u0416";

    private NestedString() {}

    static void roundTrip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringValue.writeString(TEXT, new DataOutputStream(bytes));
        String fromArray = StringValue.readString(new DataInputDeserializer(bytes.toByteArray()));
        String fromStream =
                StringValue.readString(
                        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        if (!TEXT.equals(fromArray) || !TEXT.equals(fromStream)) {
            throw new AssertionError(fromArray + ", " + fromStream);
        }
    }
}
