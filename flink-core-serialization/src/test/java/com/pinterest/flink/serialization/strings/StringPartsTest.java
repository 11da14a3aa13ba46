// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;

/** What strings are made of: what a comparison with upstream at random may not show. */
class StringPartsTest {

    @Test
    void anArrayIsWrittenToWhateverRoomItHas() throws Throwable {
        StringFormat vanilla = StringFormat.vanilla();
        for (String text : List.of("x".repeat(40), "\u00e9".repeat(40), "\u4e2d".repeat(40))) {
            DataOutputSerializer expected = new DataOutputSerializer(1000);
            vanilla.write(text, expected);
            for (int room = 1; room < 200; room++) {
                DataOutputSerializer out = new DataOutputSerializer(room);

                StringValue.writeString(text, out);

                assertThat(out.getCopyOfBuffer())
                        .as("%s with room for %d", text, room)
                        .isEqualTo(expected.getCopyOfBuffer());
            }
        }
    }

    @Test
    void aThreadKeepsItsScratch() {
        Scratch first = Scratch.take();
        assertThat(Scratch.take()).isNotSameAs(first);
        first.giveBack();

        Scratch second = Scratch.take();
        second.giveBack();

        assertThat(second).isSameAs(first);
    }

    @Test
    void theArrayInAStringIsFoundIfItHasAByteAChar() {
        String text = "caf\u00e9";

        assertThat(StringInternals.latin1(text))
                .isEqualTo(text.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(StringInternals.latin1("\u4e2d")).isNull();
    }
}
