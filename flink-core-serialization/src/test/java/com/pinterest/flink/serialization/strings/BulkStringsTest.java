// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link BulkStrings} does itself and what it leaves to upstream's loops. */
class BulkStringsTest {

    private static final String TEXT = "long enough";

    private final DataOutputSerializer output = new DataOutputSerializer(64);

    @AfterEach
    void enable() {
        BulkStrings.setEnabled(true);
    }

    @Test
    void longStringsAreItsOwn() throws IOException {
        assertThat(BulkStrings.writeString(TEXT, TEXT.length(), output)).isTrue();

        DataInputDeserializer input = afterLength();
        assertThat(BulkStrings.readChars(TEXT.length(), input)).isEqualTo(TEXT);
        assertThat(input.available()).isZero();

        DataOutputSerializer copy = new DataOutputSerializer(64);
        assertThat(BulkStrings.copyChars(TEXT.length(), afterLength(), copy)).isZero();
        assertThat(copy.getCopyOfBuffer()).isEqualTo(TEXT.getBytes(StandardCharsets.US_ASCII));
    }

    /** Copies of other types go on where there is room, and fail where there is none. */
    @Test
    void copiesLetAnArrayGrowAsUpstreams() throws IOException {
        for (int length = 1; length < 300; length++) {
            assertThat(roomAfterCopying(length, true))
                    .as("%d chars", length)
                    .isEqualTo(roomAfterCopying(length, false));
        }
    }

    private static int roomAfterCopying(int length, boolean enabled) throws IOException {
        BulkStrings.setEnabled(enabled);
        DataOutputSerializer text = new DataOutputSerializer(64);
        StringValue.writeString("x".repeat(length), text);
        DataOutputSerializer copy = new DataOutputSerializer(8);
        StringValue.copyString(new DataInputDeserializer(text.getCopyOfBuffer()), copy);
        return copy.getSharedBuffer().length - copy.length();
    }

    @Test
    void nothingIsWhenOff() throws IOException {
        BulkStrings.setEnabled(false);
        assertThat(BulkStrings.isEnabled()).isFalse();

        assertThat(BulkStrings.writeString(TEXT, TEXT.length(), output)).isFalse();
        assertThat(output.length()).isZero();
        StringValue.writeString(TEXT, output);

        DataInputDeserializer input = afterLength();
        assertThat(BulkStrings.readChars(TEXT.length(), input)).isNull();
        assertThat(BulkStrings.copyChars(TEXT.length(), input, output)).isEqualTo(TEXT.length());
        assertThat(input.available()).isEqualTo(TEXT.length());
        assertThat(StringValue.readString(new DataInputDeserializer(output.getCopyOfBuffer())))
                .isEqualTo(TEXT);
    }

    @Test
    void shortStringsAreUpstreamsButForWritingToAnArray() throws IOException {
        DataOutputStream view = new DataOutputStream(new ByteArrayOutputStream());
        assertThat(BulkStrings.writeString("short", 5, view)).isFalse();
        assertThat(view.size()).isZero();
        assertThat(BulkStrings.writeString("short", 5, output)).isTrue();

        DataInputDeserializer input = afterLength();
        assertThat(BulkStrings.readChars(5, input)).isNull();
        assertThat(BulkStrings.copyChars(5, input, output)).isEqualTo(5);
        assertThat(input.available()).isEqualTo(5);
    }

    @Test
    @SuppressWarnings("UnnecessaryStringBuilder") // One that is not a String is what is tested.
    void whatIsNoStringIsUpstreams() throws IOException {
        StringBuilder text = new StringBuilder(TEXT);
        assertThat(BulkStrings.writeString(text, text.length(), output)).isFalse();
        assertThat(output.length()).isZero();

        // A length of 0 for null is one of -1 here.
        DataInputDeserializer input = new DataInputDeserializer(new byte[20]);
        assertThat(BulkStrings.readChars(-1, input)).isNull();
        assertThat(BulkStrings.copyChars(-1, input, output)).isEqualTo(-1);
        assertThat(input.available()).isEqualTo(20);
    }

    @Test
    void brokenInputIsUpstreams() throws IOException {
        DataInputDeserializer input = new DataInputDeserializer(new byte[20]);

        assertThat(BulkStrings.readChars(21, input)).isNull();
        assertThat(BulkStrings.readChars(Integer.MAX_VALUE, input)).isNull();
        assertThat(BulkStrings.copyChars(21, input, output)).isEqualTo(21);
        assertThat(input.available()).isEqualTo(20);
        assertThat(output.length()).isZero();
    }

    @Test
    void arrayOfAStringIsFoundOnThisJvm() {
        assertThat(StringInternals.latin1("caf\u00e9"))
                .isEqualTo("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(StringInternals.latin1("\u0142")).isNull();
    }

    /** The chars of what was written, all of one byte. */
    private DataInputDeserializer afterLength() throws IOException {
        DataInputDeserializer input = new DataInputDeserializer(output.getCopyOfBuffer());
        input.skipBytesToRead(1);
        return input;
    }
}
