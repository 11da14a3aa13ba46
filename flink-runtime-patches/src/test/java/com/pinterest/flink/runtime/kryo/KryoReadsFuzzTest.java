// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.serialization.kryo.ReadAheadInput;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Records fall to Kryo and come back as with upstream's classes: the same bytes, values and
 * exceptions, and the same place in the view afterwards.
 *
 * <p>{@code -Dfuzz.cases=10000} makes more of them, {@code -Dfuzz.seed=N} the same.
 */
class KryoReadsFuzzTest {

    private static final int CASES = Integer.getInteger("fuzz.cases", 150);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    @Test
    void readsAsUpstream() throws Exception {
        System.out.println("fuzz.seed=" + SEED + " fuzz.cases=" + CASES);
        compare(ReadScript.class, SEED, CASES);
    }

    @Test
    void failsAsUpstreamWhereverTheRecordIsCut() throws Exception {
        System.out.println("fuzz.seed=" + SEED);
        compare(CutScript.class, SEED, Math.max(1, CASES / 4));
    }

    private static void compare(Class<? extends Callable<String>> script, long seed, int cases)
            throws Exception {
        World ours = World.ours();
        World upstreams = World.upstreams();
        assertThat(ours.knows(ReadAheadInput.class)).isTrue();
        assertThat(upstreams.knows(ReadAheadInput.class)).isFalse();
        for (long one = seed; one < seed + cases; one++) {
            // seeds that follow each other would otherwise begin with nearly the same numbers
            long scattered = one * 0x9e3779b97f4a7c15L;
            assertSame(
                    "fuzz.seed=" + one + " fuzz.cases=1",
                    ours.run(script, scattered),
                    upstreams.run(script, scattered));
        }
    }

    /** Shows the first line that differs; a whole transcript is long. */
    private static void assertSame(String name, String ours, String upstreams) {
        if (ours.equals(upstreams)) {
            return;
        }
        List<String> lines = ours.lines().collect(Collectors.toList());
        List<String> expected = upstreams.lines().collect(Collectors.toList());
        int line = Arrays.mismatch(lines.toArray(), expected.toArray());
        assertThat(lines.subList(line, Math.min(line + 1, lines.size())))
                .as("%s, line %d, after %s", name, line, lines.subList(Math.max(0, line - 2), line))
                .isEqualTo(expected.subList(line, Math.min(line + 1, expected.size())));
    }

    /** Upstream never returns from this. */
    @Test
    void failsAtTheEndOfANetworkBuffer() throws Exception {
        KryoSerializer<Object> serializer =
                new KryoSerializer<>(Object.class, new SerializerConfigImpl());
        for (Object value : List.of("text of some length", new byte[] {1, 2, 3})) {
            DataOutputSerializer output = new DataOutputSerializer(64);
            serializer.serialize(value, output);
            byte[] cut = Arrays.copyOf(output.getCopyOfBuffer(), output.length() - 1);

            Assertions.assertTimeoutPreemptively(
                    Duration.ofMinutes(10),
                    () ->
                            assertThatThrownBy(
                                            () ->
                                                    Views.OFF_HEAP_BUFFER.read(
                                                            List.of(cut), serializer::deserialize))
                                    .hasMessageContaining("more bytes than the record had"));
        }
    }
}
