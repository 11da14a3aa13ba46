// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;

/** What generated serializers are compared with does the same as upstream's. */
class HandWrittenSerializersTest {

    private static final int VALUES = 20_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TypeSerializer<Event> upstream = EventBenchmark.flinkSerializer();
    private final TypeSerializer<Event> handWritten = EventSerializer.INSTANCE;

    @Test
    void eventIsOneOfFifteenFieldsToUpstream() {
        assertThat(upstream).isInstanceOf(PojoSerializer.class);
        assertThat(Event.class.getDeclaredFields()).hasSize(15);
        assertThat(Address.class.getEnclosingClass()).isNull();
    }

    @Test
    void typicalEventTakes175Bytes() throws IOException {
        long bytes = 0;
        for (Event event : Events.typical(1000, seed)) {
            bytes += EventBenchmark.bytes(upstream, event).length;
        }

        assertThat(bytes / 1000).as("seed %d", seed).isBetween(170L, 180L);
    }

    @Test
    void bytesAreThoseOfUpstream() throws IOException {
        for (int value = 0; value < VALUES; value++) {
            Event event = Events.arbitrary(random);

            assertThat(EventBenchmark.bytes(handWritten, event))
                    .as("seed %d, event %d", seed, value)
                    .isEqualTo(EventBenchmark.bytes(upstream, event));
        }
    }

    @Test
    void nullHasTheBytesOfUpstream() throws IOException {
        byte[] bytes = EventBenchmark.bytes(upstream, null);

        assertThat(EventBenchmark.bytes(handWritten, null)).isEqualTo(bytes);
        assertThat(handWritten.deserialize(new DataInputDeserializer(bytes))).isNull();
        assertThat(handWritten.copy(null)).isNull();
    }

    @Test
    void whatUpstreamWroteIsRead() throws IOException {
        for (int value = 0; value < VALUES; value++) {
            Event event = Events.arbitrary(random);
            DataInputDeserializer input =
                    new DataInputDeserializer(EventBenchmark.bytes(upstream, event));

            assertThat(handWritten.deserialize(input))
                    .as("seed %d, event %d", seed, value)
                    .isEqualTo(event);
            assertThat(input.available()).isZero();
        }
    }

    @Test
    void copyIsEqualAndSharesNothingThatCanChange() {
        for (int value = 0; value < VALUES; value++) {
            Event event = Events.arbitrary(random);

            Event copy = handWritten.copy(event);

            assertThat(copy).as("seed %d, event %d", seed, value).isEqualTo(event);
            assertThat(copy).isNotSameAs(event);
            if (event.getAddress() != null) {
                assertThat(copy.getAddress()).isNotSameAs(event.getAddress());
            }
        }
    }

    @Test
    void serializedFormIsCopied() throws IOException {
        byte[] bytes = EventBenchmark.bytes(upstream, Events.arbitrary(random));
        DataOutputSerializer copy = new DataOutputSerializer(16);

        handWritten.copy(new DataInputDeserializer(bytes), copy);

        assertThat(copy.getCopyOfBuffer()).as("seed %d", seed).isEqualTo(bytes);
    }

    @Test
    void subclassAndNullPrimitiveAreRefused() throws IOException {
        byte[] subclass = {4, 0};
        assertThatThrownBy(() -> handWritten.deserialize(new DataInputDeserializer(subclass)))
                .hasMessageContaining("subclass");

        // No address, no agent, and then the amount.
        byte[] nullAmount = {2, 1, 1, 1};
        assertThatThrownBy(() -> handWritten.deserialize(new DataInputDeserializer(nullAmount)))
                .hasMessageContaining("null for a primitive");
    }

    @Test
    void referenceStringIsThatOfUpstream() throws IOException {
        for (TextKind kind : TextKind.values()) {
            for (int length : new int[] {0, 2, 126, 128, 16_382, 20_000}) {
                String text = kind.text(length, random);
                DataOutputSerializer output = new DataOutputSerializer(16);
                StringValue.writeString(text, output);

                assertThat(ReferenceString.bytes(text))
                        .as("seed %d, %s of %d", seed, kind, length)
                        .isEqualTo(output.getCopyOfBuffer());
            }
        }
    }

    @Test
    void kindsOfTextTakeTheBytesThatTheySay() {
        assertThat(bytesOfAChar(TextKind.ASCII)).isEqualTo(1);
        assertThat(bytesOfAChar(TextKind.LATIN1)).isBetween(1.2, 1.3);
        assertThat(bytesOfAChar(TextKind.CYRILLIC)).isEqualTo(2);
        assertThat(bytesOfAChar(TextKind.CHINESE)).isEqualTo(3);
        assertThat(bytesOfAChar(TextKind.EMOJI)).isEqualTo(3);
        assertThat(Arrays.stream(TextKind.values()).map(kind -> kind.text(4, random).length()))
                .containsOnly(4);
    }

    private double bytesOfAChar(TextKind kind) {
        int length = 16_000;
        return (ReferenceString.bytes(kind.text(length, random)).length - 2) / (double) length;
    }
}
