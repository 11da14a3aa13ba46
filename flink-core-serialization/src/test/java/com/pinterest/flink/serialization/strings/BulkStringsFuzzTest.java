// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;

/**
 * Random strings and random bytes through ours and through upstream's class, over all kinds of
 * inputs and outputs. {@code -Dfuzz.cases} and {@code -Dfuzz.seed} choose how many and which.
 */
class BulkStringsFuzzTest {

    private static final int CASES = Integer.getInteger("fuzz.cases", 10_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    private static final int[] LENGTHS = {
        0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 126, 127, 128, 2047, 2048, 2049, 2730, 8191,
        8192, 8193, 16382, 16383, 16384
    };
    private static final int[] EDGES = {
        0, 0x7f, 0x80, 0xff, 0x100, 0x17f, 0x3fff, 0x4000, 0xd800, 0xdc00, 0xfffe, 0xffff
    };

    private final StringFormat vanilla = StringFormat.vanilla();
    private final StringFormat ours = StringFormat.ours();
    private final StringFormat oursWithoutInternals = StringFormat.oursWithoutInternals(vanilla);

    BulkStringsFuzzTest() throws ReflectiveOperationException {}

    @Test
    void sameAsUpstream() throws Throwable {
        System.out.printf("fuzz.seed=%d fuzz.cases=%d%n", SEED, CASES);
        for (int number = 0; number < CASES; number++) {
            long seed = SEED + number;
            try {
                check(new Random(seed * 0x9e3779b97f4a7c15L), number % 16 == 0);
            } catch (Throwable e) {
                throw new AssertionError("With -Dfuzz.cases=1 -Dfuzz.seed=" + seed, e);
            }
        }
    }

    private void check(Random random, boolean withFiles) throws Throwable {
        CharSequence text = text(random);
        Outputs outputs = pick(random, Outputs.values(), withFiles);
        Inputs inputs = pick(random, Inputs.values(), withFiles);

        // Writing
        List<Object> expected = write(vanilla, text, outputs);
        assertThat(write(ours, text, outputs)).isEqualTo(expected);
        assertThat(write(oursWithoutInternals, text, outputs)).isEqualTo(expected);

        // Reading and copying, of what was written or of something like it
        byte[] bytes = bytes(random, text);
        List<Object> expectedRead = read(vanilla, bytes, inputs);
        assertThat(read(ours, bytes, inputs)).isEqualTo(expectedRead);
        assertThat(copy(ours, bytes, inputs, outputs))
                // Where input and output both fail, the input may be the first to say so.
                .isIn(copy(vanilla, bytes, inputs, outputs), expectedRead);
    }

    private static <T extends Enum<T>> T pick(Random random, T[] kinds, boolean withFiles) {
        // Files are slow, and the last of the kinds.
        return kinds[random.nextInt(withFiles ? kinds.length : kinds.length - 1)];
    }

    private static List<Object> write(StringFormat format, CharSequence text, Outputs outputs) {
        try {
            return List.of(asList(outputs.write(out -> format.write(text, out))));
        } catch (Throwable e) {
            return failure(e);
        }
    }

    private static List<Object> read(StringFormat format, byte[] bytes, Inputs inputs) {
        List<Object> result = new ArrayList<>();
        try {
            inputs.read(
                    bytes,
                    in -> {
                        result.add(format.read(in));
                        result.add(Inputs.rest(in));
                    });
            return result;
        } catch (Throwable e) {
            return failure(e);
        }
    }

    private static List<Object> copy(
            StringFormat format, byte[] bytes, Inputs inputs, Outputs outputs) {
        List<Object> result = new ArrayList<>();
        try {
            inputs.read(
                    bytes,
                    in -> {
                        result.add(asList(outputs.write(out -> format.copy(in, out))));
                        result.add(Inputs.rest(in));
                    });
            return result;
        } catch (Throwable e) {
            return failure(e);
        }
    }

    private static List<Object> failure(Throwable e) {
        if (e instanceof AssertionError) {
            throw (AssertionError) e;
        }
        return List.of(e.getClass());
    }

    private static List<Byte> asList(byte[] bytes) {
        List<Byte> list = new ArrayList<>(bytes.length);
        for (byte next : bytes) {
            list.add(next);
        }
        return list;
    }

    @SuppressWarnings("UnnecessaryStringBuilder") // One that is not a String is what is tested.
    private static CharSequence text(Random random) {
        if (random.nextInt(50) == 0) {
            return null;
        }
        String text = string(random);
        switch (random.nextInt(8)) {
            case 0:
                return new StringBuilder(text);
            case 1:
                return new StringValue(text);
            default:
                return text;
        }
    }

    private static String string(Random random) {
        int length =
                random.nextInt(4) > 0
                        ? random.nextInt(40)
                        : LENGTHS[random.nextInt(random.nextInt(20) == 0 ? LENGTHS.length : 16)];
        int kind = random.nextInt(8);
        int oddOnesIn = 1 + random.nextInt(60);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(next(random, kind, oddOnesIn));
        }
        return text.toString();
    }

    private static char next(Random random, int kind, int oddOnesIn) {
        switch (kind) {
            case 0:
                return (char) random.nextInt(0x80);
            case 1:
                return (char) random.nextInt(0x100);
            case 2:
                return (char) (0x410 + random.nextInt(0x40));
            case 3:
                return (char) (0x4e00 + random.nextInt(0x5000));
            case 4:
                return (char) (0xd800 + random.nextInt(0x800));
            case 5:
                return (char) EDGES[random.nextInt(EDGES.length)];
            case 6:
                return (char) random.nextInt(0x10000);
            default:
                return (char)
                        (random.nextInt(oddOnesIn) > 0
                                ? 'a' + random.nextInt(26)
                                : EDGES[random.nextInt(EDGES.length)]);
        }
    }

    /** A string's bytes and others behind them; in one of four cases not as they are written. */
    private byte[] bytes(Random random, CharSequence text) throws Throwable {
        DataOutputSerializer out = new DataOutputSerializer(64);
        int kind = random.nextInt(12);
        if (kind == 0) {
            writeNumber(random.nextInt(200), random.nextInt(3), out);
            for (int left = random.nextInt(200); left > 0; left--) {
                out.write(random.nextInt());
            }
        } else if (kind == 1 && text != null) {
            writeNumber(text.length() + 1, random.nextInt(6), out);
            int longer = 1 + random.nextInt(20);
            for (int index = 0; index < text.length(); index++) {
                int more = random.nextInt(longer) == 0 ? random.nextInt(7) : 0;
                writeNumber(text.charAt(index) | (more > 4 ? 0x30000 : 0), more, out);
            }
        } else {
            vanilla.write(text, out);
        }
        if (kind == 2) {
            return Arrays.copyOf(out.getSharedBuffer(), random.nextInt(out.length()));
        }
        for (int left = random.nextInt(12); left > 0; left--) {
            out.write(random.nextInt());
        }
        return out.getCopyOfBuffer();
    }

    /** As strings have them, with more bytes than are needed. */
    private static void writeNumber(int number, int more, DataOutputSerializer out)
            throws Throwable {
        int rest = number;
        while (rest >= 0x80) {
            out.write(rest | 0x80);
            rest >>>= 7;
        }
        if (more > 0) {
            out.write(rest | 0x80);
            for (int left = more; left > 1; left--) {
                out.write(0x80);
            }
            rest = 0;
        }
        out.write(rest);
    }
}
