// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random POJOs behave alike with upstream's serializer and with ours: bytes, values, exceptions,
 * shared objects, and what becomes of the data when the class changes.
 *
 * <p>{@code -Dfuzz.cases=100000} makes more of them, {@code -Dfuzz.seed=N} the same.
 */
class PojoCodecFuzzTest {

    private static final int CASES = Integer.getInteger("fuzz.cases", 600);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    /** So many are compiled at once. */
    private static final int BATCH = 250;

    private final World ours = World.ours();
    private final World upstreams = World.upstreams();

    @Test
    void behavesAsUpstream() throws Exception {
        System.out.println("fuzz.seed=" + SEED + " fuzz.cases=" + CASES);
        int codecs = 0;
        for (int done = 0; done < CASES; done += BATCH) {
            codecs += batch(SEED + done, Math.min(BATCH, CASES - done));
            System.out.printf("fuzz: %d of %d POJOs%n", Math.min(done + BATCH, CASES), CASES);
        }
        assertThat(codecs).as("cases with a codec, of " + CASES).isGreaterThan(CASES * 9 / 10);
    }

    private int batch(long seed, int size) throws Exception {
        List<PojoSources> cases = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        Map<String, String> sources = new HashMap<>();
        Map<String, String> evolved = new HashMap<>();
        for (int i = 0; i < size; i++) {
            // seeds that follow each other would otherwise begin with nearly the same numbers
            Random random = new Random((seed + i) * 0x9e3779b97f4a7c15L);
            values.add(random.nextLong());
            PojoSources one = new PojoSources(random, "fuzz.c" + i);
            cases.add(one);
            sources.putAll(one.sources());
            evolved.putAll(one.evolved());
        }
        CompiledClasses before = CompiledClasses.of(sources);
        CompiledClasses after = CompiledClasses.of(evolved);
        int codecs = 0;
        for (int i = 0; i < size; i++) {
            String root = cases.get(i).root();
            List<Object> mailbox = new ArrayList<>();
            List<Object> upstreamsMailbox = new ArrayList<>();
            String name = "fuzz.seed=" + (seed + i) + " fuzz.cases=1";

            assertSame(
                    name,
                    ours.run(PojoScript.class, before, root, values.get(i), mailbox),
                    upstreams.run(PojoScript.class, before, root, values.get(i), upstreamsMailbox));
            assertSame(
                    name,
                    ours.run(EvolutionScript.class, after, root, upstreamsMailbox),
                    upstreams.run(EvolutionScript.class, after, root, mailbox));
            assertThat(upstreamsMailbox.get(upstreamsMailbox.size() - 1)).isEqualTo(false);
            codecs += mailbox.get(mailbox.size() - 1).equals(true) ? 1 : 0;
        }
        return codecs;
    }

    /** Shows the first line that differs; a whole transcript is long. */
    private static void assertSame(String name, String ours, String upstreams) {
        if (ours.equals(upstreams)) {
            return;
        }
        List<String> lines = ours.lines().collect(Collectors.toList());
        List<String> expected = upstreams.lines().collect(Collectors.toList());
        int line = 0;
        while (line < Math.min(lines.size(), expected.size())
                && lines.get(line).equals(expected.get(line))) {
            line++;
        }
        assertThat(lines.subList(line, Math.min(line + 1, lines.size())))
                .as(
                        "%s, line %d, after%n%s",
                        name, line, lines.subList(Math.max(0, line - 3), line))
                .isEqualTo(expected.subList(line, Math.min(line + 1, expected.size())));
        assertThat(lines).as(name).hasSameSizeAs(expected);
    }
}
