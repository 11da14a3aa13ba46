// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A value whose content is read by given methods of Kryo's input, one after the other; each has to
 * return what it returns where all of the content is in Kryo's own buffer.
 */
final class Reads {

    /** Writes content of some size, for one method. */
    private interface Writer {
        void write(Output output, int size, Random random);
    }

    /** Reads it, and nothing else. */
    private interface Reader {
        Object read(Input input, int size);
    }

    private static final class Way {
        private final Writer writer;
        private final Reader reader;

        private Way(Writer writer, Reader reader) {
            this.writer = writer;
            this.reader = reader;
        }
    }

    /** By the signature of the method, and a remark. */
    private static final Map<String, Way> WAYS = new LinkedHashMap<>();

    /** As many bytes as all that look ahead may look at. */
    private static final int LOOKED_AT = 9;

    private static void way(String name, Writer writer, Reader reader) {
        WAYS.put(name, new Way(writer, reader));
    }

    /** Bytes of any kind, but none that make a NaN, of which not all bits may survive. */
    private static Writer bytes(int unit) {
        return (output, size, random) -> {
            for (int i = 0; i < size * unit; i++) {
                output.writeByte(random.nextInt() & 0xbf);
            }
        };
    }

    private static Writer fixed(int count) {
        return (output, size, random) -> bytes(1).write(output, count, random);
    }

    private static int anInt(Random random) {
        return random.nextInt() >> random.nextInt(32);
    }

    private static long aLong(Random random) {
        return random.nextLong() >> random.nextInt(64);
    }

    private static String text(int size, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size * size; i++) {
            text.append((char) (random.nextInt(size) == 0 ? random.nextInt(0xd800) : 'a' + i % 26));
        }
        return text.toString();
    }

    private static byte[] read(Input input, int size) {
        byte[] bytes = new byte[size + 2];
        for (int from = 0; from < size; ) {
            int read = input.read(bytes, from + 1, size - from);
            assertThat(read).isPositive();
            from += read;
        }
        return bytes;
    }

    /** Reads what was looked at. */
    private static Object afterLook(Input input, int size) {
        switch (size % 6) {
            case 0:
                return Arrays.toString(input.readBytes(LOOKED_AT));
            case 1:
                return input.readLong() + input.readByte();
            case 2:
                return Arrays.toString(input.readShorts(4)) + input.readByte();
            case 3:
                return Arrays.toString(read(input, LOOKED_AT));
            case 4:
                return input.readByte() + Arrays.toString(input.readFloats(2));
            default:
                input.skip(LOOKED_AT - 1);
                return input.read();
        }
    }

    private static Object isRefused(Input input, Runnable method) {
        if (input.getClass() != Input.class) {
            assertThatThrownBy(method::run).isInstanceOf(UnsupportedOperationException.class);
        }
        return null;
    }

    private static Object withFixedLength(Input input, Reader reader, int size) {
        input.setVariableLengthEncoding(false);
        try {
            return reader.read(input, size);
        } finally {
            input.setVariableLengthEncoding(true);
        }
    }

    static {
        way("read()", fixed(1), (in, size) -> in.read());
        way(
                "read(byte[])",
                bytes(1),
                (in, size) -> {
                    byte[] bytes = new byte[size];
                    int first = size == 0 ? 0 : in.read(bytes);
                    in.readBytes(bytes, first, size - first);
                    return bytes;
                });
        way("read(byte[],int,int)", bytes(1), Reads::read);
        way(
                "skip(int)",
                bytes(1),
                (in, size) -> {
                    in.skip(size);
                    return null;
                });
        way("skip(long)", bytes(1), (in, size) -> in.skip((long) size));
        way("readByte()", fixed(1), (in, size) -> in.readByte());
        way("readByteUnsigned()", fixed(1), (in, size) -> in.readByteUnsigned());
        way("readBytes(int)", bytes(1), Input::readBytes);
        way(
                "readBytes(byte[])",
                bytes(1),
                (in, size) -> {
                    byte[] bytes = new byte[size];
                    in.readBytes(bytes);
                    return bytes;
                });
        way(
                "readBytes(byte[],int,int)",
                bytes(1),
                (in, size) -> {
                    byte[] bytes = new byte[size + 2];
                    in.readBytes(bytes, 1, size);
                    return bytes;
                });
        for (int count = 1; count <= 8; count++) {
            int width = count;
            if (width <= 4) {
                way("readInt(int) " + width, fixed(width), (in, size) -> in.readInt(width));
            }
            way("readLong(int) " + width, fixed(width), (in, size) -> in.readLong(width));
        }
        way("readInt()", fixed(4), (in, size) -> in.readInt());
        way("readLong()", fixed(8), (in, size) -> in.readLong());
        way("readFloat()", fixed(4), (in, size) -> in.readFloat());
        way("readDouble()", fixed(8), (in, size) -> in.readDouble());
        way("readShort()", fixed(2), (in, size) -> in.readShort());
        way("readShortUnsigned()", fixed(2), (in, size) -> in.readShortUnsigned());
        way("readChar()", fixed(2), (in, size) -> in.readChar());
        way("readBoolean()", fixed(1), (in, size) -> in.readBoolean());

        Writer varInt = (out, size, random) -> out.writeVarInt(anInt(random), true);
        Writer varLong = (out, size, random) -> out.writeVarLong(aLong(random), false);
        way("readInt(boolean)", varInt, (in, size) -> in.readInt(true));
        way("readVarInt(boolean)", varInt, (in, size) -> in.readVarInt(true));
        way(
                "readVarIntFlag(boolean)",
                (out, size, random) ->
                        out.writeVarIntFlag(random.nextBoolean(), anInt(random), true),
                (in, size) -> in.readVarIntFlag() + " " + in.readVarIntFlag(true));
        way("readLong(boolean)", varLong, (in, size) -> in.readLong(false));
        way("readVarLong(boolean)", varLong, (in, size) -> in.readVarLong(false));
        way("readVarFloat(float,boolean)", varInt, (in, size) -> in.readVarFloat(3, true));
        way("readVarDouble(double,boolean)", varLong, (in, size) -> in.readVarDouble(3, false));

        Writer string =
                (out, size, random) -> out.writeString(size == 0 ? null : text(size, random));
        way("readString()", string, (in, size) -> in.readString());
        way("readStringBuilder()", string, (in, size) -> String.valueOf(in.readStringBuilder()));

        Writer booleans =
                (output, size, random) -> {
                    for (int i = 0; i < size; i++) {
                        output.writeBoolean(random.nextBoolean());
                    }
                };
        way("readBooleans(int)", booleans, Input::readBooleans);
        way("readShorts(int)", bytes(2), Input::readShorts);
        way("readChars(int)", bytes(2), Input::readChars);
        way("readInts(int)", bytes(4), Input::readInts);
        way("readFloats(int)", bytes(4), Input::readFloats);
        way("readLongs(int)", bytes(8), Input::readLongs);
        way("readDoubles(int)", bytes(8), Input::readDoubles);
        way(
                "readInts(int,boolean)",
                (out, size, random) ->
                        out.writeInts(random.ints(size).map(i -> i % 999).toArray(), 0, size, true),
                (in, size) -> in.readInts(size, true));
        way(
                "readInts(int,boolean) of fixed length",
                bytes(4),
                (in, size) -> withFixedLength(in, (i, s) -> i.readInts(s, true), size));
        way(
                "readLongs(int,boolean)",
                (out, size, random) -> out.writeLongs(random.longs(size).toArray(), 0, size, true),
                (in, size) -> in.readLongs(size, true));
        way(
                "readLongs(int,boolean) of fixed length",
                bytes(8),
                (in, size) -> withFixedLength(in, (i, s) -> i.readLongs(s, true), size));

        Writer none = (out, size, random) -> {};
        way("canReadInt()", none, (in, size) -> isRefused(in, in::canReadInt));
        way("canReadLong()", none, (in, size) -> isRefused(in, in::canReadLong));
        Writer looked = fixed(LOOKED_AT);
        way("end()", looked, (in, size) -> in.end() + " " + afterLook(in, size));
        way(
                "canReadVarInt()",
                looked,
                (in, size) -> in.canReadVarInt() + " " + afterLook(in, size));
        way(
                "canReadVarLong()",
                looked,
                (in, size) -> in.canReadVarLong() + " " + afterLook(in, size));
        way(
                "available()",
                none,
                (in, size) -> {
                    try {
                        in.available();
                        return null;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        way(
                "getInputStream()",
                none,
                (in, size) -> {
                    in.getInputStream();
                    return null;
                });
    }

    static List<String> ways() {
        return new ArrayList<>(WAYS.keySet());
    }

    private final long seed;
    private final List<String> ways;
    private final int[] sizes;

    /** A value of random content. */
    Reads(Random random, List<String> ways, int... sizes) {
        this.seed = random.nextLong();
        this.ways = ways;
        this.sizes = sizes;
    }

    private Reads(Reads original) {
        this.seed = original.seed;
        this.ways = original.ways;
        this.sizes = original.sizes;
    }

    private void write(Output output) {
        Random random = new Random(seed);
        for (int i = 0; i < sizes.length; i++) {
            WAYS.get(ways.get(i)).writer.write(output, sizes[i], random);
        }
    }

    private List<Object> read(Input input) {
        List<Object> read = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            read.add(WAYS.get(ways.get(i)).reader.read(input, sizes[i]));
        }
        return read;
    }

    private static String describe(List<Object> read) {
        return Arrays.deepToString(read.toArray());
    }

    @Override
    public String toString() {
        return ways + " of " + Arrays.toString(sizes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reads
                && seed == ((Reads) other).seed
                && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seed);
    }

    /** Writes the content alone: what is to be read is known from {@link #expected}. */
    public static final class ReadsSerializer extends Serializer<Reads> {

        /** The values that are read next. */
        static List<Reads> expected = new ArrayList<>();

        @Override
        public void write(Kryo kryo, Output output, Reads reads) {
            reads.write(output);
        }

        @Override
        public Reads read(Kryo kryo, Input input, Class<? extends Reads> type) {
            Reads reads = expected.remove(0);
            Output whole = new Output(64, -1);
            reads.write(whole);
            Input all = new Input(whole.toBytes());
            assertThat(describe(reads.read(input)))
                    .as("%s", reads)
                    .isEqualTo(describe(reads.read(all)));
            assertThat(all.position()).isEqualTo(all.limit());
            return new Reads(reads);
        }
    }
}
